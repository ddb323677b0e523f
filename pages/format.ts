/** Numbers and hashes as people read them, on pages and on the command line. */

const numbers = new Intl.NumberFormat('en-NZ');

/** 12345 → "12,345". */
export function count(value: number): string {
  return numbers.format(value);
}

/** 1 → "1 class", 3 → "3 classes". */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** The part of a hash that is shown and accepted back. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
