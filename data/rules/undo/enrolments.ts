/** Taking back what a run did to enrolments. Pure. */
import type { Change, EnrolmentCreate } from '../../model/plan.js';
import { isWithdrawn, note, plan, planRemoval, rowKey, useNotices, type Undoing } from './draft.js';
import type { Done, UndoEnrolment } from './undo-input.js';

/** Under which keys it is ours now: a course may have been renamed since. */
interface Keys {
  readonly group: string;
  readonly person: string;
}

type EnrolmentChange = Extract<Change, { kind: 'enrolment' }>;
type Of<O extends EnrolmentChange['operation']> = Extract<EnrolmentChange, { operation: O }>;

function idsOf({ id: moodleId, enrolid, userid: userId, courseid: courseId }: UndoEnrolment): {
  moodleId: number;
  enrolid: number;
  userId: number;
  courseId: number;
} {
  return { moodleId, enrolid, userId, courseId };
}

function suspend(undoing: Undoing, done: Done, row: UndoEnrolment, { group, person }: Keys): void {
  plan(undoing, done, {
    kind: 'enrolment',
    operation: 'suspend',
    group,
    person,
    cause: 'undone',
    ...idsOf(row),
  });
  undoing.enrolments.set(row.id, { ...row, suspended: true });
}

function undoCreate(
  undoing: Undoing,
  done: Done,
  row: UndoEnrolment,
  keys: Keys,
  { role }: EnrolmentCreate,
): void {
  if (row.suspended && !isWithdrawn(undoing, 'enrolment', row.id))
    return note(undoing, done, 'enrolment-suspended');
  const use = undoing.input.state.inserted.enrolments.get(row.id)?.use ?? 'used';
  if (use !== 'unused') {
    note(undoing, done, useNotices[use]);
    if (!row.suspended) suspend(undoing, done, row, keys);
    return;
  }
  const { group, person } = keys;
  planRemoval(undoing, done, { kind: 'enrolment', operation: 'remove', group, person, role, ...idsOf(row) });
  undoing.enrolments.delete(row.id);
}

function undoStanding(
  undoing: Undoing,
  done: Done,
  row: UndoEnrolment,
  { group, person }: Keys,
  change: Of<'suspend'> | Of<'reactivate'>,
): void {
  if (change.operation === 'reactivate') {
    if (row.suspended) return note(undoing, done, 'value-changed-in-moodle');
    return suspend(undoing, done, row, { group, person });
  }
  if (!row.suspended || !isWithdrawn(undoing, 'enrolment', row.id))
    return note(undoing, done, 'withdrawal-undone');
  plan(undoing, done, { kind: 'enrolment', operation: 'reactivate', group, person, ...idsOf(row) });
  undoing.enrolments.set(row.id, { ...row, suspended: false });
}

/** An enrolment that an undo removed is made again; its account and course are found when it is written. */
function redo(undoing: Undoing, done: Done, change: Of<'remove'>): void {
  const { group, person, role, userId, courseId } = change;
  const { users, courses } = undoing;
  plan(undoing, done, {
    kind: 'enrolment',
    operation: 'create',
    group,
    person,
    role,
    ...(users.has(userId) ? { userId } : {}),
    ...(courses.has(courseId) ? { courseId } : {}),
  });
}

export function undoEnrolment(undoing: Undoing, done: Done, change: EnrolmentChange): void {
  if (change.operation === 'remove') return redo(undoing, done, change);
  if (undoing.input.deleted.has(rowKey('enrolment', done.moodleId)))
    return note(undoing, done, 'undo-deleted');
  const row = undoing.enrolments.get(done.moodleId);
  if (row === undefined) return note(undoing, done, 'enrolment-removed');
  const ours = (undoing.input.ours.enrolments.get(row.id) ?? []).find(
    (one) => one.enrolid === row.enrolid && one.userid === row.userid,
  );
  if (ours === undefined) return note(undoing, done, 'link-broken');
  const keys: Keys = ours;
  switch (change.operation) {
    case 'create':
      return undoCreate(undoing, done, row, keys, change);
    case 'suspend':
    case 'reactivate':
      return undoStanding(undoing, done, row, keys, change);
  }
}
