/** Comparison as the server does it. */
import type { Knex } from 'knex';
import { RolloverError } from '../../model/errors.js';
import { selectRows } from './statement.js';

/** Collations that compare trailing spaces; all others ignore them. */
const noPad = /_nopad|_0900_/;

/**
 * The weight of each string under a collation: equal weights, equal strings. One column per string.
 *
 * Where trailing spaces do not count, the weights of spaces are taken off the end: RTRIM would leave those that an
 * invisible character follows.
 */
export async function selectWeights(
  db: Knex,
  collation: string,
  values: readonly string[],
): Promise<string[]> {
  if (!/^\w+$/.test(collation))
    throw new RolloverError('MoodleUnsupported', "The collation of Moodle's idnumber is not known.");
  const charset = collation.split('_')[0] ?? '';
  const weight = `HEX(WEIGHT_STRING(CONVERT(? USING ${charset}) COLLATE ${collation}))`;
  const columns = [' ', ...values].map((_, index) => `${weight} AS w${index}`).join(', ');
  const [row] = await selectRows<Record<string, string>>(db, `SELECT ${columns}`, [' ', ...values]);
  const [space = '', ...weights] = [' ', ...values].map((_, index) => row?.[`w${index}`] ?? '');
  return noPad.test(collation) ? weights : weights.map((one) => withoutTail(one, space));
}

function withoutTail(weight: string, tail: string): string {
  let end = weight.length;
  while (tail !== '' && end % tail.length === 0 && end > 0 && weight.endsWith(tail, end)) end -= tail.length;
  return weight.slice(0, end);
}
