/** Categories that a run made go again when nothing is left in them. */
import { giveUp } from '../../journal/managed-history.js';
import type { NoticeCode } from '../../model/notice-codes.js';
import type { CategoryRemove } from '../../model/undo.js';
import { KEY_SEPARATOR } from '../../model/snapshot.js';
import { lockAllCategories } from '../../moodle/sql/category.js';
import { levels, selectContexts } from '../../moodle/sql/context.js';
import { lookAtCategories } from '../../moodle/use/categories.js';
import { removeCategories as writeRemovals } from '../../moodle/write/remove.js';
import type { BatchContext, BatchOutcome } from '../batch.js';
import { pathKey } from '../categories.js';
import { refuseFilled, refuseReferred } from './look-again.js';
import { referencesOf } from './references.js';
import { toResult } from '../result.js';

/** The name of the last category of a path. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(KEY_SEPARATOR) + 1);
}

/** Deletes categories, children before their parents, of which it is proved once more that they are empty. */
export async function removeCategories(
  context: BatchContext,
  changes: readonly CategoryRemove[],
): Promise<BatchOutcome> {
  const { journal, write } = context;
  const references = await referencesOf(context);
  await lockAllCategories(write.db, write.site);
  const wanted = changes.map(({ moodleId: id, path }) => ({ id, name: nameOf(path) }));
  const looked = await lookAtCategories(write.db, write.site, references, wanted);
  const going = new Set<number>();
  const refused = new Map<CategoryRemove, NoticeCode>();
  for (const change of changes) {
    const found = looked.get(change.moodleId);
    const empty = found?.courses.length === 0 && found.children.every((id) => going.has(id));
    if (empty && found.use === 'unused') going.add(change.moodleId);
    else refused.set(change, 'category-in-use');
  }
  const contexts = await selectContexts(write.db, write.site, levels.category, [...going]);
  await writeRemovals(write, [...going]);
  const keys = changes
    .filter((change) => !refused.has(change))
    .map(({ path }) => ({ kind: 'category' as const, externalId: pathKey(path), secondId: '' }));
  await giveUp(journal, keys, 'undone', 'undo');
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed: () => undefined,
    async confirm() {
      await refuseFilled(context, [...going]);
      await refuseReferred(context, { context: contexts.map((row) => row.id) });
    },
  };
}
