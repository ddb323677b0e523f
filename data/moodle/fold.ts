/** Lets the database say which strings are the same to it, so that our equality is Moodle's (case, accents, spaces). */
import type { Knex } from 'knex';
import { RolloverError } from '../model/errors.js';
import type { MoodleSite } from './site.js';
import { selectWeights } from './sql/collation.js';
import type { CollationFold } from './state.js';

/** Strings of one SELECT: one column each, well below the server's limit of 4,096. */
const CHUNK = 1000;

/**
 * A fold over the given strings: two of them fold alike exactly when the site's collation calls them equal.
 *
 * The fold's results are opaque; a string that was not among `values` is a fault of the caller (`Internal`).
 */
export async function foldByCollation(
  db: Knex,
  site: MoodleSite,
  values: Iterable<string>,
): Promise<CollationFold> {
  const representatives = new Map<string, string>();
  const distinct = [...new Set(values)];
  for (let from = 0; from < distinct.length; from += CHUNK) {
    const chunk = distinct.slice(from, from + CHUNK);
    const weights = await selectWeights(db, site.collation, chunk);
    chunk.forEach((value, index) => representatives.set(value, weights[index] ?? ''));
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
