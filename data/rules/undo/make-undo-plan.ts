/** (what a run did, Moodle as it is now) → the plan that takes it back. docs/undo.md says every rule. */
import type { Change, Plan, PlanCounts } from '../../model/plan.js';
import type { ChangeRef } from '../../model/undo.js';
import { orderNotices } from '../plan/notices.js';
import { sortedBy } from '../plan/order.js';
import { undoCategory } from './categories.js';
import { undoCourse } from './courses.js';
import { beginUndoing, type Drafted, type UndoDraft, type Undoing } from './draft.js';
import { undoEnrolment } from './enrolments.js';
import { isInScope } from './scope.js';
import type { Done, UndoInput } from './undo-input.js';
import { undoUser } from './users.js';

/**
 * What goes makes room, what comes back takes it, what is made again comes last. What is only active or visible again is
 * found by the names and codes that it has now, so it comes before those change.
 */
const order: readonly string[] = [
  'enrolment.remove',
  'enrolment.suspend',
  'course.remove',
  'course.hide',
  'user.remove',
  'user.suspend',
  'category.remove',
  'enrolment.reactivate',
  'course.show',
  'user.reactivate',
  'course.restore',
  'course.unlink',
  'user.restore',
  'user.unlink',
  'category.create',
  'user.create',
  'user.link',
  'course.create',
  'course.link',
  'enrolment.create',
];

function placeOf({ kind, operation }: UndoDraft): number {
  return order.indexOf(`${kind}.${operation}`);
}

function undoOne(undoing: Undoing, done: Done): void {
  const { change } = done;
  switch (change.kind) {
    case 'enrolment':
      return undoEnrolment(undoing, done, change);
    case 'course':
      return undoCourse(undoing, done, change);
    case 'user':
      return undoUser(undoing, done, change);
    case 'category':
      return undoCategory(undoing, done, change);
  }
}

function countUndo(plan: Omit<Plan, 'counts'>): PlanCounts {
  const counts = new Map<string, number>();
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { kind, operation } of plan.changes) add(`${kind}.${operation}`);
  for (const { level } of plan.notices) add(`notice.${level}`);
  return Object.fromEntries(sortedBy(counts, ([name]) => [name]));
}

/** The plan, and which changes each of its changes takes back. */
export interface UndoPlan {
  readonly plan: Plan;
  readonly of: readonly { readonly seq: number; readonly of: ChangeRef }[];
}

/**
 * Computes the plan of an undo. Pure. The run's changes are gone through from the last to the first, over Moodle as it
 * would be by then, so that each finds what it left.
 */
export function makeUndoPlan(input: UndoInput): UndoPlan {
  const undoing = beginUndoing(input);
  const wanted = input.done.filter(({ change }) => isInScope(change, input.scope));
  // what a course is made in again must be known before the course
  const isParent = ({ change }: Done): boolean => change.kind === 'category' && change.operation === 'remove';
  for (const done of wanted) if (isParent(done)) undoOne(undoing, done);
  for (const done of wanted) if (!isParent(done)) undoOne(undoing, done);
  const drafted: Drafted[] = sortedBy(
    [...undoing.drafted].map((one, at) => ({ ...one, at })),
    ({ draft, at }) => [placeOf(draft), at],
  );
  const plan: Omit<Plan, 'counts'> = {
    changes: drafted.map(({ draft }, at): Change => ({ ...draft, seq: at + 1 })),
    notices: orderNotices(undoing.notices),
    kept: [],
    proposals: [],
    reusedCodes: [],
    satisfied: 0,
  };
  return {
    plan: { ...plan, counts: countUndo(plan) },
    of: drafted.flatMap(({ of }, at) => of.map((one) => ({ seq: at + 1, of: one }))),
  };
}
