/** `course_format_options`. */
import type { Knex } from 'knex';
import { insertRows, selectIn, tableName, type TablePlace } from './statement.js';

export interface FormatOptionRow {
  readonly courseid: number;
  readonly format: string;
  readonly name: string;
  readonly value: string | null;
}

/** Options of whole courses, not of single sections. */
export async function selectFormatOptions(
  db: Knex,
  place: TablePlace,
  courseIds: readonly number[],
): Promise<FormatOptionRow[]> {
  return selectIn(
    db,
    courseIds,
    (marks) => `SELECT courseid, format, name, value FROM ${tableName(place, 'course_format_options')}
      WHERE sectionid = 0 AND courseid IN (${marks}) ORDER BY id`,
  );
}

export async function insertFormatOptions(
  db: Knex,
  place: TablePlace,
  rows: readonly FormatOptionRow[],
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'course_format_options'),
    ['courseid', 'format', 'sectionid', 'name', 'value'],
    rows.map((row) => [row.courseid, row.format, 0, row.name, row.value]),
  );
}
