/** Lets the database say which strings are the same to it, so that our equality is Moodle's (case, accents, spaces). */
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import type { MoodleSite } from './site.js';
import { selectWeights } from './sql/collation.js';
import type { CollationFold } from './state.js';

/** Strings of one SELECT: one column each, well below the server's limit of 4,096. */
const CHUNK = 1000;

/** Collations that compare trailing spaces; all others ignore them. */
const noPad = /_nopad|_0900_/;

/** Collations under which the weight of printable ASCII is that of its characters, one after the other. */
const byCharacter = /^utf8mb4_(bin|general_ci|unicode_ci|unicode_520_ci)$/;
const printableOnly = /^[ -~]*$/;
const printable = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));

async function readWeights(
  db: Knex,
  collation: string,
  values: readonly string[],
): Promise<Map<string, string>> {
  const weights = new Map<string, string>();
  for (let from = 0; from < values.length; from += CHUNK) {
    const chunk = values.slice(from, from + CHUNK);
    const found = await selectWeights(db, collation, chunk);
    chunk.forEach((value, index) => weights.set(value, found[index] ?? ''));
  }
  return weights;
}

/** RTRIM would leave the spaces that an invisible character follows: their weights are taken off instead. */
function withoutTail(weight: string, tail: string): string {
  let end = weight.length;
  while (tail !== '' && end % tail.length === 0 && end > 0 && weight.endsWith(tail, end)) end -= tail.length;
  return weight.slice(0, end);
}

/**
 * A fold over the given strings: two of them fold alike exactly when the site's collation calls them equal. Only
 * characters beyond ASCII are asked about string by string, where the collation allows that.
 *
 * The fold's results are opaque; a string that was not among `values` is a fault of the caller (`Internal`).
 */
export async function foldByCollation(
  db: Knex,
  { collation }: Pick<MoodleSite, 'collation'>,
  values: Iterable<string>,
): Promise<CollationFold> {
  const distinct = new Set(values);
  const asked = byCharacter.test(collation)
    ? [...printable, ...[...distinct].filter((value) => !printableOnly.test(value))]
    : [' ', ...distinct];
  const weights = await readWeights(db, collation, asked);
  const space = weights.get(' ') ?? '';
  const weightOf = (value: string): string =>
    weights.get(value) ?? Array.from(value, (character) => weights.get(character) ?? '').join('');
  // the first of equal strings stands for all of them: a weight is several times as long as its string
  const firsts = new Map([['', '']]);
  const representatives = new Map<string, string>();
  for (const value of distinct) {
    const weight = noPad.test(collation) ? weightOf(value) : withoutTail(weightOf(value), space);
    const first = firsts.get(weight) ?? value;
    firsts.set(weight, first);
    representatives.set(value, first);
  }
  return (value) => {
    const representative = representatives.get(value);
    if (representative === undefined)
      throw new RolloverError(
        'Internal',
        'A string is compared by collation that was not asked about before.',
      );
    return representative;
  };
}
