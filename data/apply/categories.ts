/** Categories: found by name under their parent, under lock, or made. They are never moved or hidden. */
import { createHash } from 'node:crypto';
import { deleteManagedCategories, insertManaged, type ManagedRow } from '../journal/managed.js';
import type { ChangeResult } from '../journal/plans.js';
import type { CategoryCreate } from '../model/plan.js';
import { KEY_SEPARATOR } from '../model/snapshot.js';
import { foldByCollation } from '../moodle/fold.js';
import { lockAllCategories, type CategoryRow } from '../moodle/sql/category.js';
import { createCategories } from '../moodle/write/categories.js';
import type { BatchContext, BatchOutcome } from './batch.js';

/** Paths are longer than a key column. */
export function pathKey(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}

function split(path: string): { readonly parent: string; readonly name: string } {
  const at = path.lastIndexOf(KEY_SEPARATOR);
  return at === -1 ? { parent: '', name: path } : { parent: path.slice(0, at), name: path.slice(at + 1) };
}

/** Groups changes by depth, because a parent's id must be known before its children are written. */
function byDepth(changes: readonly CategoryCreate[]): CategoryCreate[][] {
  const levels: CategoryCreate[][] = [];
  for (const change of changes) (levels[change.path.split(KEY_SEPARATOR).length - 1] ??= []).push(change);
  return levels.filter((level) => level !== undefined);
}

/** Makes the missing levels of category paths; one that somebody made meanwhile is used, not doubled. */
export async function applyCategories(
  context: BatchContext,
  changes: readonly CategoryCreate[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const existing = await lockAllCategories(write.db, write.site);
  const fold = await foldByCollation(write.db, write.site, [
    ...existing.map((category) => category.name),
    ...changes.map((change) => split(change.path).name),
  ]);
  const known = new Map(session.categoryIds);
  const find = (parent: number, name: string): CategoryRow | undefined =>
    existing.find((category) => category.parent === parent && fold(category.name) === fold(name));
  const made: ManagedRow[] = [];
  const gone = new Set<number>();
  const isThere = (id: number): boolean =>
    existing.some((category) => category.id === id) || made.some((row) => row.moodleId === id);
  for (const level of byDepth(changes)) {
    const drafts: { change: CategoryCreate; name: string; parent: number }[] = [];
    for (const change of level) {
      const { parent: parentPath, name } = split(change.path);
      const parent = change.parentId ?? (parentPath === '' ? 0 : known.get(parentPath));
      if (parent === undefined || (parent !== 0 && !isThere(parent))) {
        gone.add(change.seq);
        continue;
      }
      const found = find(parent, name);
      if (found === undefined) drafts.push({ change, name, parent });
      else known.set(change.path, found.id);
    }
    const ids = await createCategories(
      write,
      drafts.map(({ name, parent }) => ({ name, parent })),
    );
    for (const [index, { change, name }] of drafts.entries()) {
      const moodleId = ids[index] ?? 0;
      known.set(change.path, moodleId);
      made.push({
        kind: 'category',
        externalId: pathKey(change.path),
        moodleId,
        origin: 'created',
        naturalKey: name.slice(0, 255),
        naturalNumber: write.now,
        planId: session.planId,
        seq: change.seq,
      });
    }
  }
  // A category that we made and a person deleted since may be made again: its provenance is replaced.
  await deleteManagedCategories(
    journal,
    made.map((row) => row.externalId),
  );
  await insertManaged(journal, made);
  const madeSeqs = new Set(made.map((row) => row.seq));
  return {
    results: changes.map((change): ChangeResult => {
      if (gone.has(change.seq)) return { seq: change.seq, state: 'conflict', reason: 'category-gone' };
      const state = madeSeqs.has(change.seq) ? 'applied' : 'satisfied';
      return { seq: change.seq, state, moodleId: known.get(change.path) ?? 0 };
    }),
    committed: () => known.forEach((id, path) => session.categoryIds.set(path, id)),
  };
}
