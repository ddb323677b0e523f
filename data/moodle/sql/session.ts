/** `sessions`: who is signed in. Without a row a session ends at its next request (contract §1.3). */
import type { Knex } from 'knex';
import { placeholders, slices, MAX_IN, tableName, write, type TablePlace } from './statement.js';

export async function deleteSessions(db: Knex, place: TablePlace, userIds: readonly number[]): Promise<void> {
  for (const slice of slices(userIds, MAX_IN))
    await write(
      db,
      `DELETE FROM ${tableName(place, 'sessions')} WHERE userid IN (${placeholders(slice.length)})`,
      slice,
    );
}
