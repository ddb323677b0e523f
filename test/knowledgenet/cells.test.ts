import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalText,
  numberText,
  readFlag,
  readId,
  readProvisioning,
  readYearLevel,
} from '../../data/knowledgenet/cells.js';

describe('canonical text', () => {
  it.each([
    ['outer spaces', '  Aroha ', 'Aroha'],
    ['non-breaking spaces', '\u00a0Aroha\u202f', 'Aroha'],
    ['zero-width characters anywhere', '\u200bA\u200dro\u2060ha\ufeff', 'Aroha'],
    ['control characters', 'A\u0000ro\u0007ha', 'Aroha'],
    ['line ends and tabs become one space', 'Mary\r\n\tAnn', 'Mary Ann'],
    ['runs of spaces, which ODF cannot keep apart', 'Mary   Ann', 'Mary Ann'],
    ['letters and combining macrons are composed', 'Ma\u0304ia', 'Māia'],
    ['half a surrogate pair', 'A\ud800', 'A\ufffd'],
  ])('cleans %s', (_name, raw, clean) => {
    expect(canonicalText(raw)).toBe(clean);
  });

  // T49
  it.each(["O'Brien", 'Tūhoe', 'Ngā-Puhi (Sam)', 'D’Arcy', 'Smith/Jones', 'Lê', '张伟', 'Ann "Annie" [x]'])(
    'leaves the name %s as it is [T49]',
    (name) => {
      expect(canonicalText(name)).toBe(name);
    },
  );

  it('is idempotent, trimmed, composed and free of what cannot be seen', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 1 }),
        fc.constantFrom(' ', '\u00a0', '\u200b', '\u0304', 'a', '\ufeff', '\u0085'),
      ),
    });
    fc.assert(
      fc.property(text, (raw) => {
        const clean = canonicalText(raw);
        expect(canonicalText(clean)).toBe(clean);
        expect(clean.normalize('NFC')).toBe(clean);
        expect(clean).not.toMatch(
          /^\s|\s$| {2}|[\u0000-\u001f\u007f-\u009f\u200b-\u200f\ufeff\u00a0]|\p{Surrogate}/u,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('numbers', () => {
  it.each([
    [1234, '1234'],
    [120000, '120000'],
    [1.2e5, '120000'],
    [1e21, '1000000000000000000000'],
    [123456789012, '123456789012'],
    [-0, '0'],
    [1234.5, '1234.5'],
    [0.0000001, '0.0000001'],
    [Number.NaN, ''],
  ])('writes %d without exponent and without .0', (value, text) => {
    expect(numberText(value)).toBe(text);
  });
});

describe('ids', () => {
  it('says what had to be done to an id', () => {
    expect(readId('0012')).toEqual({ id: '0012', condition: 'clean' });
    expect(readId('\u00a00012\u200b')).toEqual({ id: '0012', condition: 'cleaned' });
    expect(readId({ kind: 'number', text: '12' })).toEqual({ id: '12', condition: 'number' });
    expect(readId({ kind: 'date', text: '2026-03-04' })).toEqual({ id: '2026-03-04', condition: 'date' });
    expect(readId('1.23457E+11')).toEqual({ id: '1.23457E+11', condition: 'number' });
    expect(readId({ kind: 'error', text: '#REF!' })).toEqual({ id: '', condition: 'clean' });
    expect(readId(undefined)).toEqual({ id: '', condition: 'clean' });
  });

  it('takes a class code that only looks like an exponent for what it is', () => {
    expect(readId('9E2').condition).toBe('clean');
    expect(readId('10E-1').condition).toBe('clean');
  });
});

describe('words', () => {
  it.each([
    ['Y', true],
    ['yes', true],
    [' n ', false],
    ['FALSE', false],
    ['', undefined],
    [' \u00a0', undefined],
    ['perhaps', null],
  ])('reads the flag %j as %j', (text, flag) => {
    expect(readFlag(text)).toBe(flag);
  });

  it.each([
    ['Year 9', '9'],
    ['Y9', '9'],
    ['yr 10', '10'],
    ['09', '9'],
    ['9', '9'],
    ['0', '0'],
    ['15', '15'],
    ['', ''],
    ['16', null],
    ['2026', null],
    ['9.5', null],
    ['NE', null],
    ['9/10', null],
  ])('reads the year level %j as %j', (text, level) => {
    expect(readYearLevel(text)).toBe(level);
  });

  it('reads a year level that is a number, not one that became a date', () => {
    expect(readYearLevel({ kind: 'number', text: '9' })).toBe('9');
    expect(readYearLevel({ kind: 'date', text: '2026-10-09' })).toBeNull();
    expect(readYearLevel({ kind: 'error', text: '#N/A' })).toBeNull();
  });

  it('reads the override of a class', () => {
    expect([' ENABLED', 'disabled', '', 'sometimes'].map((text) => readProvisioning(text))).toEqual([
      'enabled',
      'disabled',
      undefined,
      null,
    ]);
  });
});
