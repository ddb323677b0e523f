import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCodePoints } from '../../../data/model/code-points.js';
import { sortedBy } from '../../../data/rules/plan/order.js';

test('strings are ordered by code point, also beyond U+FFFF', () => {
  const ordered = ['', 'A', 'AB', 'B', 'a', 'ā', '\ud7ff', '\ue000', '\uffff', '😀', '😀a'];
  expect([...ordered].reverse().sort(compareCodePoints)).toEqual(ordered);
});

test('the order is that of UTF-8 bytes', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
      expect(Math.sign(compareCodePoints(a, b))).toBe(bytes);
    }),
  );
});

test('numbers among keys are ordered by size', () => {
  expect(sortedBy([10, 9, 100], (number) => ['x', number])).toEqual([9, 10, 100]);
});
