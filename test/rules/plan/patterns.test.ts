import { expect, test } from 'vitest';
import { categoryNames, fillPattern, fits } from '../../../data/rules/patterns.js';

const values = { name: 'Māori & Te Reo', code: '9MRI1', type: 'Class', year: 2027 };

test('fills every placeholder, also repeated ones', () => {
  expect(fillPattern('{name} ({code}) {type} {year}/{year}', values)).toBe(
    'Māori & Te Reo (9MRI1) Class 2027/2027',
  );
});

test('does not fill what a class name itself contains', () => {
  expect(fillPattern('{name} {year}', { ...values, name: 'Set {code} $& $1' })).toBe('Set {code} $& $1 2027');
});

test('leaves no outer space behind an empty value', () => {
  expect(fillPattern('{type} {name}', { ...values, type: '' })).toBe('Māori & Te Reo');
});

test('a "/" in a group type is part of a name, not a level', () => {
  expect(categoryNames('{year} / {type}', { type: 'Sport/Teams', year: 2027 })).toEqual([
    '2027',
    'Sport/Teams',
  ]);
});

test('a class without a type has no category of that name', () => {
  expect(categoryNames('{year}/{type}', { type: '', year: 2027 })).toEqual(['2027']);
});

test('length is counted in characters, and nothing fits that is empty', () => {
  expect(fits('😀'.repeat(255), 255)).toBe(true);
  expect(fits('x'.repeat(256), 255)).toBe(false);
  expect(fits('', 255)).toBe(false);
});
