/** What Moodle calls courses. */
import type { Knex } from 'knex';
import { selectIn, tableName, type TablePlace } from '../sql/statement.js';

/** Short names by id; a course that is gone is missing. */
export async function readCourseNames(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const rows = await selectIn<{ id: number; shortname: string }>(
    db,
    ids,
    (marks) => `SELECT id, shortname FROM ${tableName(place, 'course')} WHERE id IN (${marks})`,
  );
  return new Map(rows.map(({ id, shortname }) => [id, shortname]));
}
