/** `course`. */
import type { Knex } from 'knex';
import {
  insertRowsForIds,
  placeholders,
  selectIn,
  selectRows,
  slices,
  MAX_IN,
  tableName,
  updateById,
  write,
  type RowUpdate,
  type TablePlace,
  type Value,
} from './statement.js';

export interface CourseRow {
  readonly id: number;
  readonly category: number;
  readonly shortname: string;
  readonly fullname: string;
  readonly idnumber: string;
  readonly format: string;
  readonly visible: number;
  readonly newsitems: number;
  readonly timecreated: number;
}

const columns = 'id, category, shortname, fullname, idnumber, format, visible, newsitems, timecreated';

/** Courses without the site's own, one page by primary key. */
export async function selectCoursePage(
  db: Knex,
  place: TablePlace,
  after: number,
  limit: number,
): Promise<CourseRow[]> {
  return selectRows(
    db,
    `SELECT ${columns} FROM ${tableName(place, 'course')}
      WHERE id > ? AND category <> 0 ORDER BY id LIMIT ${limit}`,
    [after],
  );
}

export async function selectCoursesById(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
  lock: boolean,
): Promise<CourseRow[]> {
  return selectIn(
    db,
    [...new Set(ids)].sort((a, b) => a - b),
    (marks) =>
      `SELECT ${columns} FROM ${tableName(place, 'course')} WHERE id IN (${marks}) ORDER BY id${lock ? ' FOR UPDATE' : ''}`,
  );
}

/** By short name as the collation compares. */
export async function selectCoursesByShortname(
  db: Knex,
  place: TablePlace,
  shortnames: readonly string[],
): Promise<CourseRow[]> {
  return selectIn(
    db,
    shortnames,
    (marks) => `SELECT ${columns} FROM ${tableName(place, 'course')} WHERE shortname IN (${marks})`,
  );
}

/** By idnumber as the collation compares. */
export async function selectCoursesByIdnumber(
  db: Knex,
  place: TablePlace,
  idnumbers: readonly string[],
): Promise<CourseRow[]> {
  return selectIn(
    db,
    idnumbers,
    (marks) => `SELECT ${columns} FROM ${tableName(place, 'course')} WHERE idnumber IN (${marks})`,
  );
}

/** All rows have the columns of the first one. Returns the ids in the order of the rows. */
export async function insertCourses(
  db: Knex,
  place: TablePlace,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<number[]> {
  const names = Object.keys(rows[0] ?? {});
  return insertRowsForIds(
    db,
    tableName(place, 'course'),
    names,
    rows.map((row) => names.map((name) => row[name] ?? null)),
  );
}

/** New values, `timemodified`, and a `cacherev` that strictly increases (contract §4). */
export async function updateCourseRows(
  db: Knex,
  place: TablePlace,
  updates: readonly RowUpdate[],
  now: number,
): Promise<void> {
  await updateById(db, tableName(place, 'course'), updates, [
    { sql: 'timemodified = ?', bindings: [now] },
    {
      sql: 'cacherev = CASE WHEN cacherev < ? OR cacherev > ? THEN ? ELSE cacherev + 1 END',
      bindings: [now, now + 3600, now],
    },
  ]);
}

/**
 * Renumbers the courses of whole categories: the category's sortorder + 1 … + n, in the order they have, newer ones
 * first where two have the same place. A new course is inserted at the category's own number and so comes first.
 */
export async function renumberCourses(
  db: Knex,
  place: TablePlace,
  categoryIds: readonly number[],
): Promise<void> {
  const course = tableName(place, 'course');
  for (const slice of slices(categoryIds, MAX_IN))
    await write(
      db,
      `UPDATE ${course} c
         JOIN (SELECT r.id, cc.sortorder
                      + ROW_NUMBER() OVER (PARTITION BY r.category ORDER BY r.sortorder, r.id DESC) AS place
                 FROM ${course} r JOIN ${tableName(place, 'course_categories')} cc ON cc.id = r.category
                WHERE r.category IN (${placeholders(slice.length)})) numbered ON numbered.id = c.id
          SET c.sortorder = numbered.place
        WHERE c.sortorder <> numbered.place`,
      slice,
    );
}

/** The site's own course stands before all categories; a fresh site has it at 0. */
export async function updateSiteCourseSortorder(db: Knex, place: TablePlace): Promise<void> {
  await write(
    db,
    `UPDATE ${tableName(place, 'course')} SET sortorder = 1 WHERE category = 0 AND sortorder <> 1`,
    [],
  );
}
