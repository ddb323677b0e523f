/** Creates course categories as Moodle's own API does (contract §2). */
import { RolloverError } from '../../model/errors.js';
import type { CategoryDraft } from '../drafts.js';
import { categoryCreated } from '../events.js';
import {
  insertCategories,
  lockAllCategories,
  updateCategoryPaths,
  updateCategorySortorders,
  type CategoryRow,
} from '../sql/category.js';
import { levels } from '../sql/context.js';
import { renumberCourses, updateSiteCourseSortorder } from '../sql/course.js';
import type { WriteContext } from './context.js';
import { ensureContexts } from './contexts.js';
import { writeLog } from './log.js';

/**
 * Creates categories, each last among its siblings, hidden where the parent is hidden. All categories are locked, and
 * renumbered once.
 *
 * @returns ids in the order of the drafts.
 * @throws RolloverError `VerificationFailed` when a parent is gone.
 */
export async function createCategories(
  ctx: WriteContext,
  drafts: readonly CategoryDraft[],
): Promise<number[]> {
  if (drafts.length === 0) return [];
  const { db, site } = ctx;
  const existing = await lockAllCategories(db, site);
  const visible = new Map(existing.map((row) => [row.id, row.visible]));
  if (drafts.some((draft) => draft.parent !== 0 && !visible.has(draft.parent)))
    throw new RolloverError('VerificationFailed', 'A category that new ones belong under is gone.');
  // Moodle, too, gives a new category a number beyond all others before it renumbers.
  const last = Math.max(0, ...existing.map((row) => row.sortorder)) + 1;
  const rows = drafts.map((draft, index) => ({
    name: draft.name,
    idnumber: draft.idnumber ?? null,
    parent: draft.parent,
    sortorder: last + index,
    visible: visible.get(draft.parent) ?? 1,
  }));
  const ids = await insertCategories(db, site, rows, ctx.now);
  await updateCategoryPaths(db, site, ids);
  await renumberCategories(ctx, [
    ...existing,
    ...rows.map((row, index) => ({ ...row, id: ids[index] ?? 0 })),
  ]);
  const contexts = await ensureContexts(ctx, levels.category, ids);
  await writeLog(ctx, () =>
    ids.flatMap((id) => {
      const context = contexts.get(id);
      return context === undefined ? [] : [categoryCreated(id, context)];
    }),
  );
  return ids;
}

type Numbered = Pick<CategoryRow, 'id' | 'parent' | 'sortorder'>;

/** All categories: they stand whole steps apart in depth-first order; courses move along with theirs. */
export async function renumberCategories(
  { db, site }: WriteContext,
  categories: readonly Numbered[],
): Promise<void> {
  const wanted = depthFirstSortorders(categories, site.sortorderStep);
  const moved = categories.filter((row) => wanted.get(row.id) !== row.sortorder);
  await updateCategorySortorders(
    db,
    site,
    new Map(moved.map((row) => [row.id, wanted.get(row.id) ?? row.sortorder])),
  );
  await renumberCourses(
    db,
    site,
    moved.map((row) => row.id),
  );
  await updateSiteCourseSortorder(db, site);
}

/** Category id → sortorder. A category whose parent is gone keeps its place at the top, as in Moodle. */
function depthFirstSortorders(categories: readonly Numbered[], step: number): Map<number, number> {
  const ids = new Set(categories.map((row) => row.id));
  const children = new Map<number, Numbered[]>();
  for (const row of [...categories].sort((a, b) => a.sortorder - b.sortorder || a.id - b.id)) {
    const parent = ids.has(row.parent) ? row.parent : 0;
    const siblings = children.get(parent) ?? [];
    siblings.push(row);
    children.set(parent, siblings);
  }
  const sortorders = new Map<number, number>();
  const stack = [...(children.get(0) ?? [])].reverse();
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    sortorders.set(row.id, (sortorders.size + 1) * step);
    stack.push(...[...(children.get(row.id) ?? [])].reverse());
  }
  return sortorders;
}
