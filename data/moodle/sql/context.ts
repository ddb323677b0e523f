/** `context`: the tree that roles and logs hang on. */
import type { Knex } from 'knex';
import {
  insertRows,
  placeholders,
  MAX_IN,
  selectIn,
  selectRows,
  slices,
  tableName,
  write,
  type TablePlace,
} from './statement.js';

/** Context levels (contract §0). */
export const levels = { user: 30, category: 40, course: 50, module: 70, block: 80 } as const;
export type ContextLevel = (typeof levels)[keyof typeof levels];

export interface ContextRow {
  readonly id: number;
  readonly instanceid: number;
  readonly path: string | null;
}

export async function selectContexts(
  db: Knex,
  place: TablePlace,
  level: ContextLevel,
  instanceIds: readonly number[],
): Promise<ContextRow[]> {
  return selectIn(
    db,
    instanceIds,
    (marks) => `SELECT id, instanceid, path FROM ${tableName(place, 'context')}
      WHERE contextlevel = ? AND instanceid IN (${marks})`,
    [level],
  );
}

/** Contexts of one level, one page by primary key. */
export async function selectContextPage(
  db: Knex,
  place: TablePlace,
  level: ContextLevel,
  after: number,
  limit: number,
): Promise<ContextRow[]> {
  return selectRows(
    db,
    `SELECT id, instanceid, path FROM ${tableName(place, 'context')}
      WHERE contextlevel = ? AND id > ? ORDER BY id LIMIT ${limit}`,
    [level, after],
  );
}

/** Rows without a place in the tree yet. One that a page of Moodle made meanwhile stays as it is. */
export async function insertContexts(
  db: Knex,
  place: TablePlace,
  level: ContextLevel,
  instanceIds: readonly number[],
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'context'),
    ['contextlevel', 'instanceid'],
    instanceIds.map((id) => [level, id]),
    ' ON DUPLICATE KEY UPDATE locked = locked',
  );
}

/** Puts contexts directly under the system's. */
export async function updatePathsUnderSystem(
  db: Knex,
  place: TablePlace,
  systemPath: string,
  level: ContextLevel,
  instanceIds: readonly number[],
): Promise<void> {
  for (const slice of slices(instanceIds, MAX_IN))
    await write(
      db,
      `UPDATE ${tableName(place, 'context')} SET path = CONCAT(?, '/', id), depth = 2
        WHERE contextlevel = ? AND path IS NULL AND instanceid IN (${placeholders(slice.length)})`,
      [systemPath, level, ...slice],
    );
}

/** How each level finds its parent: joins `o` (the owner) to a context `c`, and names the parent's level and owner. */
const parents = {
  [levels.category]: { owner: 'course_categories', parentLevel: levels.category, parent: 'o.parent' },
  [levels.course]: { owner: 'course', parentLevel: levels.category, parent: 'o.category' },
  [levels.module]: { owner: 'course_modules', parentLevel: levels.course, parent: 'o.course' },
} as const;

/** Puts contexts under the context of their parent category or course. */
export async function updatePathsUnderParent(
  db: Knex,
  place: TablePlace,
  level: keyof typeof parents,
  instanceIds: readonly number[],
): Promise<void> {
  const { owner, parentLevel, parent } = parents[level];
  const context = tableName(place, 'context');
  for (const slice of slices(instanceIds, MAX_IN))
    await write(
      db,
      `UPDATE ${context} c
         JOIN ${tableName(place, owner)} o ON o.id = c.instanceid
         JOIN ${context} p ON p.contextlevel = ? AND p.instanceid = ${parent}
          SET c.path = CONCAT(p.path, '/', c.id), c.depth = p.depth + 1
        WHERE c.contextlevel = ? AND c.path IS NULL AND c.instanceid IN (${placeholders(slice.length)})`,
      [parentLevel, level, ...slice],
    );
}

/** Puts blocks' contexts under the context that they stand in. */
export async function updateBlockPaths(
  db: Knex,
  place: TablePlace,
  blockIds: readonly number[],
): Promise<void> {
  const context = tableName(place, 'context');
  for (const slice of slices(blockIds, MAX_IN))
    await write(
      db,
      `UPDATE ${context} c
         JOIN ${tableName(place, 'block_instances')} o ON o.id = c.instanceid
         JOIN ${context} p ON p.id = o.parentcontextid
          SET c.path = CONCAT(p.path, '/', c.id), c.depth = p.depth + 1
        WHERE c.contextlevel = ? AND c.path IS NULL AND c.instanceid IN (${placeholders(slice.length)})`,
      [levels.block, ...slice],
    );
}

/** Puts the contexts of categories at the top directly under the system's. */
export async function updateTopCategoryPaths(
  db: Knex,
  place: TablePlace,
  systemPath: string,
  categoryIds: readonly number[],
): Promise<void> {
  for (const slice of slices(categoryIds, MAX_IN))
    await write(
      db,
      `UPDATE ${tableName(place, 'context')} c
         JOIN ${tableName(place, 'course_categories')} o ON o.id = c.instanceid AND o.parent = 0
          SET c.path = CONCAT(?, '/', c.id), c.depth = 2
        WHERE c.contextlevel = ? AND c.path IS NULL AND c.instanceid IN (${placeholders(slice.length)})`,
      [systemPath, levels.category, ...slice],
    );
}
