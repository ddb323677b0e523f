/** `course_sections` and `course_modules`. */
import type { Knex } from 'knex';
import {
  insertRows,
  MAX_IN,
  placeholders,
  selectIn,
  slices,
  tableName,
  write,
  type TablePlace,
} from './statement.js';

export interface SectionRow {
  readonly id: number;
  readonly course: number;
  readonly section: number;
}

export async function insertSections(
  db: Knex,
  place: TablePlace,
  rows: readonly { readonly course: number; readonly section: number }[],
  now: number,
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'course_sections'),
    ['course', 'section', 'summary', 'summaryformat', 'sequence', 'visible', 'timemodified'],
    rows.map((row) => [row.course, row.section, '', 1, '', 1, now]),
  );
}

export async function selectSections(
  db: Knex,
  place: TablePlace,
  courseIds: readonly number[],
): Promise<SectionRow[]> {
  return selectIn(
    db,
    courseIds,
    (marks) => `SELECT id, course, section FROM ${tableName(place, 'course_sections')}
      WHERE course IN (${marks}) ORDER BY course, section`,
  );
}

export async function insertModules(
  db: Knex,
  place: TablePlace,
  moduleId: number,
  rows: readonly { readonly course: number; readonly instance: number; readonly section: number }[],
  now: number,
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'course_modules'),
    ['course', 'module', 'instance', 'section', 'added'],
    rows.map((row) => [row.course, moduleId, row.instance, row.section, now]),
  );
}

/** Lists the one module of section 0 of new courses in the section's sequence. */
export async function updateFirstSequences(
  db: Knex,
  place: TablePlace,
  courseIds: readonly number[],
): Promise<void> {
  for (const slice of slices(courseIds, MAX_IN))
    await write(
      db,
      `UPDATE ${tableName(place, 'course_sections')} s
         JOIN ${tableName(place, 'course_modules')} cm ON cm.course = s.course AND cm.section = s.id
          SET s.sequence = cm.id
        WHERE s.section = 0 AND s.course IN (${placeholders(slice.length)})`,
      slice,
    );
}
