/** Around deleting for good: nobody loses grades or work but with what was to go. */
import { selectDeletion, selectDeletionItems, selectLatestDeletionId } from '../journal/deletions.js';
import { insertDeletionLook, selectDeletionLooks } from '../journal/plan-purpose.js';
import type { DeletionResult } from '../model/deletion.js';
import { RolloverError } from '../model/errors.js';
import type { School } from '../schools.js';
import { compareAfter, fingerprintEverybody, type Expected } from '../stages/grade-safety.js';

/** Before Moodle is first asked. Repeatable: the first look that was finished stands. */
export async function lookBeforeDeletion(
  school: School,
  deletionId: number,
  signal?: AbortSignal,
): Promise<void> {
  const list = await selectDeletion(school.journal, deletionId);
  const [known] = await selectDeletionLooks(school.journal, { runId: list.runId, deletionId });
  await fingerprintEverybody(school, known ?? (await insertDeletionLook(school.journal, list)), signal);
}

/** Accounts, courses, and enrolments as `user course`, that Moodle was asked for, or that somebody else deleted. */
export function goneWith(items: readonly DeletionResult[]): Expected {
  const went = items.filter(({ state }) => ['deleted', 'gone', 'in-flight'].includes(state));
  const ids = (kind: 'user' | 'course'): Set<number> =>
    new Set(went.flatMap((item) => (item.kind === kind ? [item.moodleId] : [])));
  const [users, courses] = [ids('user'), ids('course')];
  const pairs = new Set(
    went.flatMap(({ kind, userId, courseId }) => (kind === 'enrolment' ? [`${userId} ${courseId}`] : [])),
  );
  return ({ userId, courseId }) =>
    users.has(userId) || courses.has(courseId) || pairs.has(`${userId} ${courseId}`);
}

/**
 * After Moodle was last asked. Repeatable: what was compared once stands.
 *
 * @throws RolloverError GradeLoss when anybody or anything that was to stay has lost something
 */
export async function compareAfterDeletion(
  school: School,
  deletionId: number,
  signal?: AbortSignal,
): Promise<void> {
  const { runId } = await selectDeletion(school.journal, deletionId);
  const [planId] = await selectDeletionLooks(school.journal, { runId, deletionId });
  if (planId === undefined) return;
  const isExpected = goneWith(await selectDeletionItems(school.journal, deletionId));
  const losses = (await compareAfter(school, planId, { signal, isExpected }))?.after?.losses ?? 0;
  if (losses === 0) return;
  throw new RolloverError(
    'GradeLoss',
    `After deleting, grades or work of ${losses} people in courses that were to stay are gone.`,
    { deletion: deletionId, losses },
  );
}

/** After deleting was broken off: compares around the newest list, if that was looked around and not yet compared. */
export async function compareAfterBreak(school: School, signal?: AbortSignal): Promise<void> {
  const deletionId = await selectLatestDeletionId(school.journal);
  if (deletionId !== null) await compareAfterDeletion(school, deletionId, signal);
}
