/** Deletes rows that a run of ours inserted, and nothing else: callers have proved that nobody has used them. */
import type { Knex } from 'knex';
import type { MoodleTable } from '../schema-facts.js';
import { placeholders, slices, MAX_IN, tableName, write, type TablePlace } from './statement.js';

const keys = {
  id: 'id',
  userid: 'userid',
  course: 'course',
  courseid: 'courseid',
} as const;

/** Rows of a table by one column. */
export async function deleteRows(
  db: Knex,
  place: TablePlace,
  table: MoodleTable,
  key: keyof typeof keys,
  ids: readonly number[],
): Promise<void> {
  for (const slice of slices(
    [...new Set(ids)].sort((a, b) => a - b),
    MAX_IN,
  ))
    await write(
      db,
      `DELETE FROM ${tableName(place, table)} WHERE ${keys[key]} IN (${placeholders(slice.length)})`,
      slice,
    );
}

/** Sets `coursecount` of categories to 0 where no course is left; others are counted by `updateCourseCounts`. */
export async function clearCourseCounts(db: Knex, place: TablePlace, ids: readonly number[]): Promise<void> {
  for (const slice of slices(ids, MAX_IN))
    await write(
      db,
      `UPDATE ${tableName(place, 'course_categories')} cc SET cc.coursecount = 0 WHERE cc.id IN (${placeholders(slice.length)})
        AND NOT EXISTS (SELECT 1 FROM ${tableName(place, 'course')} c WHERE c.category = cc.id)`,
      slice,
    );
}
