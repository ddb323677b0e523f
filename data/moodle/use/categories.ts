/** Is there anything in a category that a run made, or was it changed? */
import type { Knex } from 'knex';
import type { UndoCategory } from '../../rules/undo/undo-input.js';
import { groupBy } from '../grouping.js';
import type { MoodleSite } from '../site.js';
import { levels, selectContexts } from '../sql/context.js';
import { selectRolesBy, selectWhole, selectWithinCategories } from '../sql/inserted.js';
import { differs } from './compare.js';
import { findReferred, type References } from './references.js';

export interface WantedCategory {
  readonly id: number;
  readonly name: string;
}

/** Columns that have their values from where the category stands, or from renumbering. */
const aside: ReadonlySet<string> = new Set([
  'id',
  'name',
  'parent',
  'sortorder',
  'coursecount',
  'visible',
  'visibleold',
  'timemodified',
  'depth',
  'path',
]);

/**
 * Looks at categories. Unused is one with its name and without description, idnumber, roles, files or blocks; what
 * stands in it is listed.
 *
 * @returns by id; one without an entry is gone.
 */
export async function lookAtCategories(
  db: Knex,
  site: MoodleSite,
  references: References,
  wanted: readonly WantedCategory[],
): Promise<ReadonlyMap<number, UndoCategory>> {
  if (wanted.length === 0) return new Map();
  const ids = wanted.map((one) => one.id);
  const rows = await selectWhole(db, site, 'course_categories', ids, false);
  const contexts = await selectContexts(db, site, levels.category, ids);
  const categoryOf = new Map(contexts.map((row) => [row.id, row.instanceid]));
  const referred = await findReferred(db, site, references, { context: [...categoryOf.keys()] });
  const used = new Set([...referred.context].map((id) => categoryOf.get(id)));
  for (const role of await selectRolesBy(db, site, 'contextid', [...categoryOf.keys()]))
    used.add(categoryOf.get(role.contextid));
  const within = groupBy(await selectWithinCategories(db, site, ids), (row) => row.parent);
  const names = new Map(wanted.map((one) => [one.id, one.name]));
  return new Map(
    rows.map((row) => {
      const its = within.get(row.id) ?? [];
      const columns = Object.keys(row).filter((name) => !aside.has(name));
      const changed = row['name'] !== names.get(row.id) || differs(row, {}, columns);
      return [
        row.id,
        {
          id: row.id,
          use: used.has(row.id) ? 'used' : changed ? 'changed' : 'unused',
          children: its.filter((one) => one.kind === 'category').map((one) => one.id),
          courses: its.filter((one) => one.kind === 'course').map((one) => one.id),
        },
      ];
    }),
  );
}
