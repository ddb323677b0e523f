/** What utf8mb4_unicode_ci calls equal, as far as tests need it: case, accents and trailing spaces do not count. */
import type { CollationFold } from '../../../data/moodle/state.js';

export function foldLikeMoodle(value: string): string {
  return value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/ +$/, '');
}

/** Knows only the strings that it was asked about, as the database's answer does. */
export function foldOver(strings: ReadonlySet<string>): CollationFold {
  return (value) => {
    if (!strings.has(value)) throw new Error(`"${value}" was not announced for folding`);
    return foldLikeMoodle(value);
  };
}
