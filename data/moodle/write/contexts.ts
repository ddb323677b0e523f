/** Makes sure that users, categories, courses, modules and blocks have their place in the context tree. */
import { RolloverError } from '../../model/errors.js';
import {
  insertContexts,
  levels,
  selectContexts,
  updateBlockPaths,
  updatePathsUnderParent,
  updatePathsUnderSystem,
  updateTopCategoryPaths,
  type ContextLevel,
  type ContextRow,
} from '../sql/context.js';
import type { WriteContext } from './context.js';

/** Instance id → context, after making the missing ones. Parents must have theirs. */
export async function ensureContexts(
  ctx: WriteContext,
  level: ContextLevel,
  instanceIds: readonly number[],
): Promise<ReadonlyMap<number, ContextRow>> {
  const { db, site } = ctx;
  const wanted = [...new Set(instanceIds)].sort((a, b) => a - b);
  let rows = await selectContexts(db, site, level, wanted);
  const placed = new Set(rows.filter((row) => row.path !== null).map((row) => row.instanceid));
  const missing = wanted.filter((id) => !placed.has(id));
  if (missing.length > 0) {
    await insertContexts(db, site, level, missing);
    await placeContexts(ctx, level, missing);
    rows = await selectContexts(db, site, level, wanted);
  }
  const contexts = new Map(rows.map((row) => [row.instanceid, row]));
  if (wanted.some((id) => (contexts.get(id)?.path ?? null) === null))
    throw new RolloverError(
      'VerificationFailed',
      `A context of level ${level} cannot be placed: the one above it is missing in Moodle.`,
    );
  return contexts;
}

async function placeContexts(
  { db, site }: WriteContext,
  level: ContextLevel,
  instanceIds: readonly number[],
): Promise<void> {
  switch (level) {
    case levels.user:
      return updatePathsUnderSystem(db, site, site.systemContext.path, level, instanceIds);
    case levels.block:
      return updateBlockPaths(db, site, instanceIds);
    case levels.category:
      // Categories at the top have no parent category: what stays without a path is placed under the system.
      await updatePathsUnderParent(db, site, level, instanceIds);
      return updateTopCategoryPaths(db, site, site.systemContext.path, instanceIds);
    default:
      return updatePathsUnderParent(db, site, level, instanceIds);
  }
}
