/** After deleting: what was deleted is gone, and nothing else that was listed is. */
import { selectDeletionItems } from '../journal/deletions.js';
import type { TablePlace } from '../moodle/sql/statement.js';
import type { School } from '../schools.js';
import { lookAt } from './look.js';

export interface DeletionVerification {
  /** Said to be deleted, and there. */
  readonly left: number;
  /** Said to be kept, refused or pending, and gone. */
  readonly lost: number;
}

/** Compares every item with Moodle. */
export async function verifyDeletion(
  school: School,
  place: TablePlace,
  deletionId: number,
): Promise<DeletionVerification> {
  const items = await selectDeletionItems(school.journal, deletionId);
  const seen = await lookAt(school.db, place, items);
  const isGone = ({ seq }: { readonly seq: number }): boolean => seen.get(seq) === 'gone';
  const removed = new Set(
    items
      .filter(({ kind, state }) => kind !== 'enrolment' && state === 'deleted')
      .map((one) => `${one.kind} ${one.moodleId}`),
  );
  // an enrolment goes with its account or course
  const wentAlong = ({ userId, courseId }: (typeof items)[number]): boolean =>
    removed.has(`user ${userId}`) || removed.has(`course ${courseId}`);
  return {
    left: items.filter((item) => item.state === 'deleted' && !isGone(item)).length,
    lost: items.filter(
      (item) => item.state !== 'deleted' && item.state !== 'gone' && isGone(item) && !wentAlong(item),
    ).length,
  };
}
