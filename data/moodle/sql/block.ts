/** `block_instances`. */
import type { Knex } from 'knex';
import { insertRows, selectIn, tableName, type TablePlace } from './statement.js';

/** Blocks at the side of course pages. */
export async function insertCourseBlocks(
  db: Knex,
  place: TablePlace,
  rows: readonly { readonly blockname: string; readonly contextid: number; readonly weight: number }[],
  now: number,
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'block_instances'),
    [
      'blockname',
      'parentcontextid',
      'showinsubcontexts',
      'pagetypepattern',
      'defaultregion',
      'defaultweight',
      'configdata',
      'timecreated',
      'timemodified',
    ],
    rows.map((row) => [
      row.blockname,
      row.contextid,
      0,
      'course-view-*',
      'side-post',
      row.weight,
      '',
      now,
      now,
    ]),
  );
}

export async function selectBlockIds(
  db: Knex,
  place: TablePlace,
  contextIds: readonly number[],
): Promise<number[]> {
  const rows = await selectIn<{ id: number }>(
    db,
    contextIds,
    (marks) =>
      `SELECT id FROM ${tableName(place, 'block_instances')} WHERE parentcontextid IN (${marks}) ORDER BY id`,
  );
  return rows.map((row) => row.id);
}
