/** `cache_flags`: signals that running sessions look at (contract §8). */
import type { Knex } from 'knex';
import {
  insertRows,
  placeholders,
  selectIn,
  slices,
  MAX_IN,
  tableName,
  write,
  type TablePlace,
} from './statement.js';

export async function selectFlagNames(
  db: Knex,
  place: TablePlace,
  flagtype: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await selectIn<{ name: string }>(
    db,
    names,
    (marks) =>
      `SELECT DISTINCT name FROM ${tableName(place, 'cache_flags')} WHERE flagtype = ? AND name IN (${marks})`,
    [flagtype],
  );
  return rows.map((row) => row.name);
}

export async function updateFlags(
  db: Knex,
  place: TablePlace,
  flagtype: string,
  names: readonly string[],
  now: number,
  expiry: number,
): Promise<void> {
  for (const slice of slices(names, MAX_IN))
    await write(
      db,
      `UPDATE ${tableName(place, 'cache_flags')} SET timemodified = ?, value = '1', expiry = ?
        WHERE flagtype = ? AND name IN (${placeholders(slice.length)})`,
      [now, expiry, flagtype, ...slice],
    );
}

export async function insertFlags(
  db: Knex,
  place: TablePlace,
  flagtype: string,
  names: readonly string[],
  now: number,
  expiry: number,
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'cache_flags'),
    ['flagtype', 'name', 'timemodified', 'value', 'expiry'],
    names.map((name) => [flagtype, name, now, '1', expiry]),
  );
}
