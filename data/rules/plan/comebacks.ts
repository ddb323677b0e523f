/**
 * What we suspended or hid, and KN has again: it is active and shown again, never made anew. What somebody suspended
 * or hid in Moodle himself stays as it is.
 */
import type { Comeback, Withdrawn } from '../../model/removal.js';
import { eachEnrolment } from '../../model/managed-enrolments.js';
import type { Managed, Notice } from '../../model/plan.js';
import type { MoodleEnrolment } from '../../moodle/state.js';
import type { PlannedCourse } from './courses.js';
import { notice } from './notices.js';
import { sortedBy } from './order.js';
import type { PlanInput } from './plan-input.js';
import { MADE_BY_PLAN, type UserPlan } from './users.js';

type Draft<C extends Comeback> = Omit<C, 'seq'>;

/** Moodle ids of what is suspended or hidden by our doing. */
export function withdrawnIds(withdrawn: readonly Withdrawn[] = [], kind: Withdrawn['kind']): Set<number> {
  return new Set(withdrawn.flatMap((one) => (one.kind === kind ? [one.moodleId] : [])));
}

/** Logins as they are once the planned updates are applied. */
function loginsAfter({ changes }: UserPlan): Map<number, string> {
  const logins = new Map<number, string>();
  for (const change of changes)
    if (change.kind === 'user' && change.operation === 'update' && change.after.username !== undefined)
      logins.set(change.moodleId, change.after.username);
  return logins;
}

/** Accounts of persons whom KN has again. They follow the links and updates of the same plan. */
export function planReactivations(
  { moodle, withdrawn }: PlanInput,
  users: UserPlan,
): Draft<Extract<Comeback, { kind: 'user' }>>[] {
  const ours = withdrawnIds(withdrawn, 'user');
  if (ours.size === 0) return [];
  const logins = loginsAfter(users);
  const suspended = new Map(
    moodle.users.filter((user) => user.suspended && ours.has(user.id)).map((user) => [user.id, user]),
  );
  const back = [...users.accounts].flatMap(([externalId, id]) => {
    const user = id === MADE_BY_PLAN ? undefined : suspended.get(id);
    return user === undefined ? [] : [{ externalId, user }];
  });
  return sortedBy(back, ({ externalId }) => [externalId]).map(({ externalId, user }) => ({
    kind: 'user',
    operation: 'reactivate',
    externalId,
    moodleId: user.id,
    username: logins.get(user.id) ?? user.username,
  }));
}

export interface ShownCourses {
  readonly changes: readonly Draft<Extract<Comeback, { kind: 'course' }>>[];
  readonly notices: readonly Notice[];
}

/** Courses of classes that KN has again. In a hidden category a course cannot be seen. */
export function planShownCourses(
  { moodle, withdrawn }: PlanInput,
  courses: ReadonlyMap<string, PlannedCourse | null>,
): ShownCourses {
  const ours = withdrawnIds(withdrawn, 'course');
  if (ours.size === 0) return { changes: [], notices: [] };
  const hidden = new Map(
    moodle.courses.filter((course) => !course.visible && ours.has(course.id)).map((row) => [row.id, row]),
  );
  const visible = new Set(moodle.categories.filter((one) => one.visible).map((one) => one.id));
  const changes: Draft<Extract<Comeback, { kind: 'course' }>>[] = [];
  const notices: Notice[] = [];
  for (const [externalId, course] of sortedBy(courses, ([group]) => [group])) {
    const row = course === null || course.held ? undefined : hidden.get(course.id);
    if (row === undefined) continue;
    if (!visible.has(row.category)) notices.push(notice('category-hidden', 'course', externalId, [row.id]));
    else
      changes.push({
        kind: 'course',
        operation: 'show',
        externalId,
        moodleId: row.id,
        shortname: row.shortname,
      });
  }
  return { changes, notices };
}

/** Enrolments that we suspended and that are so still, by `courseid:userid`. */
export function suspendedByUs({
  moodle,
  managed,
  withdrawn,
}: Pick<PlanInput, 'moodle' | 'managed' | 'withdrawn'>): Map<string, MoodleEnrolment> {
  const found = new Map<string, MoodleEnrolment>();
  const ids = withdrawnIds(withdrawn, 'enrolment');
  if (ids.size === 0) return found;
  const ours = provenanceOf(managed, ids);
  for (const row of moodle.enrolments) {
    const known = ours.get(row.id);
    if (row.status === 0 || known?.enrolid !== row.enrolid || known.userid !== row.userid) continue;
    found.set(`${row.courseid}:${row.userid}`, row);
  }
  return found;
}

function provenanceOf({ enrolments }: Managed, ids: ReadonlySet<number>) {
  const known = new Map<number, { readonly enrolid: number; readonly userid: number }>();
  for (const one of eachEnrolment(enrolments)) if (ids.has(one.moodleId)) known.set(one.moodleId, one);
  return known;
}
