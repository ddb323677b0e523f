/** The order of everything in a plan: by code point, so that equal inputs are equal plans on every machine. */

/** UTF-16 units in the order of the characters they belong to: surrogates stand for what lies above U+FFFF. */
function rankOfUnit(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}

/** Compares by code point. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rankOfUnit(left) - rankOfUnit(right);
  }
  return a.length - b.length;
}

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
