/** Comparison as the server does it. */
import type { Knex } from 'knex';
import { RolloverError } from '../../model/errors.js';
import { selectRows } from './statement.js';

/** The weight of each string under a collation, in hexadecimal. One column per string. */
export async function selectWeights(
  db: Knex,
  collation: string,
  values: readonly string[],
): Promise<string[]> {
  if (!/^\w+$/.test(collation))
    throw new RolloverError('MoodleUnsupported', "The collation of Moodle's idnumber is not known.");
  const charset = collation.split('_')[0] ?? '';
  const weight = `HEX(WEIGHT_STRING(CONVERT(? USING ${charset}) COLLATE ${collation}))`;
  const columns = values.map((_, index) => `${weight} AS w${index}`).join(', ');
  const [row] = await selectRows<Record<string, string>>(db, `SELECT ${columns}`, values);
  return values.map((_, index) => row?.[`w${index}`] ?? '');
}
