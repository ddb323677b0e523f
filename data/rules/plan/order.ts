/** The order of everything in a plan: by code point, so that equal inputs are equal plans on every machine. */
import { compareCodePoints } from '../../model/code-points.js';

/** Compares by the first key that differs; numbers by size, strings by code point. */
export function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    const order =
      typeof left === 'number' ? left - Number(right) : compareCodePoints(left, String(right ?? ''));
    if (order !== 0) return order;
  }
  return 0;
}

/** A sorted copy; the keys of a row are made once. */
export function sortedBy<R>(rows: Iterable<R>, keys: (row: R) => readonly (string | number)[]): R[] {
  return Array.from(rows, (row) => ({ row, keys: keys(row) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ row }) => row);
}
