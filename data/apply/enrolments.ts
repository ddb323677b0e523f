/** Enrolments, through the course's own manual method. One that somebody made meanwhile is satisfied, not ours. */
import { giveUp, type ManagedKey } from '../journal/managed-history.js';
import { putManaged, type ManagedRow } from '../journal/managed.js';
import type { ChangeResult } from '../journal/plans.js';
import type { NoticeCode } from '../model/notice-codes.js';
import type { EnrolmentCreate } from '../model/plan.js';
import type { EnrolmentDraft } from '../moodle/drafts.js';
import {
  enrolmentKey,
  selectCoursesByIds,
  selectEnrolments,
  selectManualInstances,
  selectUsersByIds,
} from '../moodle/reread.js';
import { enrolUsers } from '../moodle/write/enrolments.js';
import type { BatchContext, BatchOutcome } from './batch.js';

/** A change with the Moodle rows it is about. */
interface Resolved {
  readonly change: EnrolmentCreate;
  readonly courseid: number;
  readonly userid: number;
  readonly enrolid: number;
}

/** What to do with a change: write it, or its result at once. */
type Judged = { readonly write: Resolved } | { readonly result: ChangeResult };

function conflict(change: EnrolmentCreate, reason: NoticeCode): Judged {
  return { result: { seq: change.seq, state: 'conflict', reason } };
}

/** Re-reads everything that the changes stand on, in bulk, and judges each. */
async function judge(context: BatchContext, changes: readonly EnrolmentCreate[]): Promise<Judged[]> {
  const { session, write } = context;
  const { db, site } = write;
  const courseOf = (change: EnrolmentCreate): number =>
    change.courseId ?? session.managedCourses.get(change.group)?.moodleId ?? 0;
  const userOf = (change: EnrolmentCreate): number =>
    change.userId ?? session.managedUsers.get(change.person)?.moodleId ?? 0;
  const courses = await selectCoursesByIds(db, site, changes.map(courseOf));
  const users = await selectUsersByIds(db, site, changes.map(userOf));
  const instances = await selectManualInstances(db, site, [...courses.keys()]);
  const pairs = changes.flatMap((change) => {
    const [instance] = instances.get(courseOf(change)) ?? [];
    return instance === undefined ? [] : [{ enrolid: instance.id, userid: userOf(change) }];
  });
  const existing = await selectEnrolments(db, site, pairs);
  return changes.map((change): Judged => {
    const [course, user] = [courses.get(courseOf(change)), users.get(userOf(change))];
    if (course === undefined) return conflict(change, 'course-missing');
    if (course.idnumber !== change.group) return conflict(change, 'link-broken');
    if (user === undefined || user.deleted) return conflict(change, 'person-missing');
    if (user.idnumber !== change.person) return conflict(change, 'link-broken');
    const [instance, another] = instances.get(course.id) ?? [];
    if (instance === undefined || another !== undefined || instance.status !== 0)
      return conflict(change, 'no-manual-enrolment');
    const there = existing.get(enrolmentKey(instance.id, user.id));
    if (there?.status === 1) return conflict(change, 'enrolment-suspended');
    if (there !== undefined) return { result: { seq: change.seq, state: 'satisfied', moodleId: there.id } };
    return { write: { change, courseid: course.id, userid: user.id, enrolid: instance.id } };
  });
}

function keyOf({ kind, externalId, secondId = '' }: ManagedRow): ManagedKey {
  return { kind, externalId, secondId };
}

/** Enrols people; roles follow. */
export async function applyEnrolments(
  context: BatchContext,
  changes: readonly EnrolmentCreate[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const judged = await judge(context, changes);
  const resolved = judged.flatMap((one) => ('write' in one ? [one.write] : []));
  const drafts = resolved.map(({ change, courseid, userid, enrolid }): EnrolmentDraft => {
    const roleid = write.site.roles[change.role];
    return { courseid, enrolid, userid, roleid, timestart: 0, timeend: 0 };
  });
  // what exists was judged: none of these does
  const ids = await enrolUsers(write, drafts, []);
  const idOf = (one: Resolved): number => ids.get(`${one.enrolid}:${one.userid}`) ?? 0;
  const rows = resolved.map((one): ManagedRow => ({
    kind: 'enrolment',
    externalId: one.change.group,
    secondId: one.change.person,
    moodleId: idOf(one),
    origin: 'created',
    naturalKey: one.change.role,
    naturalNumber: one.userid,
    parentId: one.enrolid,
    planId: session.planId,
    seq: one.change.seq,
  }));
  const replaced = rows.filter((_, index) => resolved[index]?.change.insteadOf !== undefined);
  await giveUp(journal, replaced.map(keyOf), 'merged', 'apply');
  await putManaged(journal, rows);
  return {
    results: judged.map((one) =>
      'result' in one
        ? one.result
        : { seq: one.write.change.seq, state: 'applied', moodleId: idOf(one.write) },
    ),
    committed: () => undefined,
  };
}
