/** Enrolments are suspended, and activated again when the membership is back in KN. */
import { selectOwnEnrolments } from '../journal/managed-enrolments.js';
import { putManaged, type ManagedRow } from '../journal/managed.js';
import type { EnrolmentReactivate, EnrolmentSuspend } from '../model/removal.js';
import { lockEnrolments, type LockedEnrolment } from '../moodle/sql/enrolment-status.js';
import { setEnrolmentsSuspended } from '../moodle/write/standing.js';
import type { BatchContext, BatchOutcome } from './batch.js';
import { takeBack, withdraw, type Look, type Looked } from './standing.js';

interface Reread {
  readonly rows: ReadonlyMap<number, LockedEnrolment>;
  /** The enrolments that are ours, by id. */
  readonly ours: ReadonlyMap<
    number,
    { readonly enrolid: number; readonly userid: number; readonly role: string }
  >;
}

async function reread(
  { journal, write }: BatchContext,
  changes: readonly (EnrolmentSuspend | EnrolmentReactivate)[],
): Promise<Reread> {
  const ids = changes.map((change) => change.moodleId);
  const rows = new Map((await lockEnrolments(write.db, write.site, ids)).map((row) => [row.id, row]));
  return { rows, ours: await selectOwnEnrolments(journal, ids) };
}

function look<C extends EnrolmentSuspend | EnrolmentReactivate>(
  { rows, ours }: Reread,
  changes: readonly C[],
  suspended: boolean,
): Looked<C>[] {
  const judge = ({ moodleId, enrolid, userId, courseId }: C): Look => {
    const row = rows.get(moodleId);
    if (row === undefined) return 'enrolment-removed';
    const known = ours.get(moodleId);
    const isPlanned = row.enrolid === enrolid && row.userid === userId && row.courseid === courseId;
    const isOurs = known?.enrolid === enrolid && known.userid === userId && row.enrol === 'manual';
    if (!isPlanned || !isOurs) return 'link-broken';
    return (row.status !== 0) === suspended ? 'so-already' : 'to-do';
  };
  return changes.map((change) => ({ change, look: judge(change) }));
}

function setSuspended(
  { write }: BatchContext,
  { rows }: Reread,
  changes: readonly (EnrolmentSuspend | EnrolmentReactivate)[],
  suspended: boolean,
): Promise<void> {
  const known = changes.flatMap(({ moodleId }) => rows.get(moodleId) ?? []);
  return setEnrolmentsSuspended(write, known, suspended);
}

/** Suspends enrolments that are ours. */
export async function suspendEnrolments(
  context: BatchContext,
  changes: readonly EnrolmentSuspend[],
): Promise<BatchOutcome> {
  const read = await reread(context, changes);
  return withdraw(context, look(read, changes, true), (free) => setSuspended(context, read, free, true));
}

/** Activates enrolments that we suspended; who came back under a new External ID has them under that from now on. */
export async function reactivateEnrolments(
  context: BatchContext,
  changes: readonly EnrolmentReactivate[],
): Promise<BatchOutcome> {
  const read = await reread(context, changes);
  return takeBack(context, look(read, changes, false), async (free) => {
    await setSuspended(context, read, free, false);
    await putManaged(
      context.journal,
      free.map(({ group, person, moodleId, enrolid, userId, seq }): ManagedRow => ({
        kind: 'enrolment',
        externalId: group,
        secondId: person,
        moodleId,
        origin: 'created',
        naturalKey: read.ours.get(moodleId)?.role ?? 'student',
        naturalNumber: userId,
        parentId: enrolid,
        planId: context.session.planId,
        seq,
      })),
    );
  });
}
