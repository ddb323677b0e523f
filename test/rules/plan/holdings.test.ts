import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Holdings, type Wish } from '../../../data/rules/plan/holdings.js';

function holdings(...held: [number, string][]): Holdings {
  const made = new Holdings();
  for (const [row, value] of held) made.add(row, value);
  return made;
}

function fulfilled(given: Holdings, ...wishes: Wish[]): Record<number, number> {
  return Object.fromEntries([...given.fulfil(wishes)].map(([{ row }, round]) => [row, round]));
}

test('a free value is given at once, a taken one not at all', () => {
  const given = holdings([1, 'a'], [2, 'b']);
  expect(fulfilled(given, { row: 1, from: 'a', to: 'c' }, { row: 3, from: null, to: 'b' })).toEqual({ 1: 0 });
});

test('a value that is given up goes to the next, one round later', () => {
  const given = holdings([1, 'a'], [2, 'b'], [3, 'c']);
  const chain = [
    { row: 3, from: 'c', to: 'b' },
    { row: 2, from: 'b', to: 'a' },
    { row: 1, from: 'a', to: 'free' },
  ];
  expect(fulfilled(given, ...chain)).toEqual({ 1: 0, 2: 1, 3: 2 });
});

test('a value that two want is given to neither, and a circle stays as it is', () => {
  expect(fulfilled(holdings(), { row: 1, from: null, to: 'x' }, { row: 2, from: null, to: 'x' })).toEqual({});
  const given = holdings([1, 'a'], [2, 'b']);
  expect(fulfilled(given, { row: 1, from: 'a', to: 'b' }, { row: 2, from: 'b', to: 'a' })).toEqual({});
});

test('a row may change how its own value is written', () => {
  expect(fulfilled(holdings([1, 'a']), { row: 1, from: 'a', to: 'a' })).toEqual({ 1: 0 });
});

test('no value ever has more holders than before', () => {
  const values = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  fc.assert(
    fc.property(
      fc.uniqueArray(values, { maxLength: 5 }),
      fc.array(values, { maxLength: 8 }),
      (held, wanted) => {
        const given = holdings(...held.map((value, row): [number, string] => [row, value]));
        given.fulfil(wanted.map((to, row) => ({ row, from: held[row] ?? null, to })));
        for (const value of ['a', 'b', 'c', 'd', 'e'])
          expect(given.holders(value).size).toBeLessThanOrEqual(1);
      },
    ),
  );
});
