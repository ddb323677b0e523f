/** Enrolments that a run made go again. */
import { selectOwnEnrolments } from '../../journal/managed-enrolments.js';
import { giveUp, restoreMerged } from '../../journal/managed-history.js';
import { deleteWithdrawn } from '../../journal/withdrawn.js';
import type { NoticeCode } from '../../model/notice-codes.js';
import type { EnrolmentRemove } from '../../model/undo.js';
import { lockEnrolments } from '../../moodle/sql/enrolment-status.js';
import { lookAtEnrolments } from '../../moodle/use/enrolments.js';
import { removeEnrolments as writeRemovals } from '../../moodle/write/remove.js';
import type { BatchContext, BatchOutcome } from '../batch.js';
import { refusePairs } from './look-again.js';
import { referencesOf } from './references.js';
import { toResult } from '../result.js';
import { reasonToKeep } from './reason-to-keep.js';

/** Deletes enrolments of which it is proved once more, under lock, that nobody has used them. */
export async function removeEnrolments(
  context: BatchContext,
  changes: readonly EnrolmentRemove[],
): Promise<BatchOutcome> {
  const { journal, write } = context;
  const references = await referencesOf(context);
  const ids = changes.map((change) => change.moodleId);
  await lockEnrolments(write.db, write.site, ids);
  const ours = await selectOwnEnrolments(journal, ids);
  const wanted = changes.map(({ moodleId: id, role }) => ({ id, role }));
  const looked = await lookAtEnrolments(write.db, write.site, references, wanted);
  const objection = ({ moodleId, enrolid, userId }: EnrolmentRemove): NoticeCode | null => {
    const found = looked.get(moodleId);
    if (found === undefined) return 'enrolment-removed';
    const known = ours.get(moodleId);
    const isOurs = known?.enrolid === enrolid && known.userid === userId;
    if (!isOurs || found.row.enrolid !== enrolid || found.row.userid !== userId) return 'link-broken';
    return reasonToKeep(found.use, []);
  };
  const refused = new Map(changes.map((change) => [change, objection(change)]));
  const free = changes.filter((change) => refused.get(change) === null);
  const going = free.flatMap((change) => looked.get(change.moodleId) ?? []);
  await writeRemovals(write, going);
  const keys = free.map(({ group, person }) => ({
    kind: 'enrolment' as const,
    externalId: group,
    secondId: person,
  }));
  await giveUp(journal, keys, 'undone', 'undo');
  await restoreMerged(journal, keys);
  await deleteWithdrawn(
    journal,
    'enrolment',
    free.map((change) => change.moodleId),
  );
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed: () => undefined,
    confirm: () => refusePairs(context, going),
  };
}
