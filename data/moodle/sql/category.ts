/** `course_categories`. */
import type { Knex } from 'knex';
import {
  insertRowsForIds,
  placeholders,
  selectRows,
  slices,
  MAX_IN,
  tableName,
  updateById,
  write,
  type TablePlace,
} from './statement.js';

export async function selectCategorySortorders(db: Knex, place: TablePlace): Promise<number[]> {
  const rows = await selectRows<{ sortorder: number }>(
    db,
    `SELECT sortorder FROM ${tableName(place, 'course_categories')}`,
  );
  return rows.map((row) => row.sortorder);
}

export interface CategoryRow {
  readonly id: number;
  readonly parent: number;
  readonly name: string;
  readonly idnumber: string | null;
  readonly path: string;
  readonly visible: number;
  readonly sortorder: number;
  readonly coursecount: number;
}

const columns = 'id, parent, name, idnumber, path, visible, sortorder, coursecount';

export async function selectCategories(db: Knex, place: TablePlace): Promise<CategoryRow[]> {
  return selectRows(db, `SELECT ${columns} FROM ${tableName(place, 'course_categories')} ORDER BY id`);
}

/** All categories, locked: renumbering may touch any of them. */
export async function lockAllCategories(db: Knex, place: TablePlace): Promise<CategoryRow[]> {
  return selectRows(
    db,
    `SELECT ${columns} FROM ${tableName(place, 'course_categories')} ORDER BY id FOR UPDATE`,
  );
}

/** The named categories, locked in the order of their ids. */
export async function lockCategories(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<CategoryRow[]> {
  const rows: CategoryRow[] = [];
  for (const slice of slices(
    [...new Set(ids)].sort((a, b) => a - b),
    MAX_IN,
  ))
    rows.push(
      ...(await selectRows<CategoryRow>(
        db,
        `SELECT ${columns} FROM ${tableName(place, 'course_categories')}
          WHERE id IN (${placeholders(slice.length)}) ORDER BY id FOR UPDATE`,
        slice,
      )),
    );
  return rows;
}

export interface NewCategory {
  readonly name: string;
  readonly idnumber: string | null;
  readonly parent: number;
  readonly sortorder: number;
  readonly visible: number;
}

/** Returns the ids in the order of the rows; path and depth follow by `updateCategoryPaths`. */
export async function insertCategories(
  db: Knex,
  place: TablePlace,
  rows: readonly NewCategory[],
  now: number,
): Promise<number[]> {
  return insertRowsForIds(
    db,
    tableName(place, 'course_categories'),
    ['name', 'idnumber', 'description', 'parent', 'sortorder', 'visible', 'timemodified'],
    rows.map((row) => [row.name, row.idnumber, '', row.parent, row.sortorder, row.visible, now]),
  );
}

/** Path and depth of categories whose parents have theirs. */
export async function updateCategoryPaths(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<void> {
  const categories = tableName(place, 'course_categories');
  for (const slice of slices(ids, MAX_IN))
    await write(
      db,
      `UPDATE ${categories} c LEFT JOIN ${categories} p ON p.id = c.parent
          SET c.path = CONCAT(COALESCE(p.path, ''), '/', c.id), c.depth = COALESCE(p.depth, 0) + 1
        WHERE c.id IN (${placeholders(slice.length)})`,
      slice,
    );
}

export async function updateCategorySortorders(
  db: Knex,
  place: TablePlace,
  sortorders: ReadonlyMap<number, number>,
): Promise<void> {
  await updateById(
    db,
    tableName(place, 'course_categories'),
    [...sortorders].map(([id, sortorder]) => ({ id, set: { sortorder } })),
  );
}

/** Sets `coursecount` to the number of courses directly in each category. */
export async function updateCourseCounts(db: Knex, place: TablePlace, ids: readonly number[]): Promise<void> {
  for (const slice of slices(ids, MAX_IN)) {
    const marks = placeholders(slice.length);
    await write(
      db,
      `UPDATE ${tableName(place, 'course_categories')} cc
         JOIN (SELECT category, COUNT(*) AS courses FROM ${tableName(place, 'course')}
                WHERE category IN (${marks}) GROUP BY category) counted ON counted.category = cc.id
          SET cc.coursecount = counted.courses
        WHERE cc.id IN (${marks})`,
      [...slice, ...slice],
    );
  }
}
