/** Comparison as the server does it. */
import type { Knex } from 'knex';
import { RolloverError } from '../../model/errors.js';
import { selectRows } from './statement.js';

/** Collations that compare trailing spaces; all others ignore them. */
const noPad = /_nopad|_0900_/;

/** The weight of each string under a collation: equal weights, equal strings. One column per string. */
export async function selectWeights(
  db: Knex,
  collation: string,
  values: readonly string[],
): Promise<string[]> {
  if (!/^\w+$/.test(collation))
    throw new RolloverError('MoodleUnsupported', "The collation of Moodle's idnumber is not known.");
  const charset = collation.split('_')[0] ?? '';
  const text = noPad.test(collation) ? '?' : 'RTRIM(?)';
  const one = `HEX(WEIGHT_STRING(CONVERT(${text} USING ${charset}) COLLATE ${collation}))`;
  const columns = values.map((_, index) => `${one} AS w${index}`).join(', ');
  const [row] = await selectRows<Record<string, string>>(db, `SELECT ${columns}`, values);
  return values.map((_, index) => row?.[`w${index}`] ?? '');
}
