/** A plan of removals applied to what Moodle and the journal hold; refuses every row that is not ours. */
import { findEnrolment } from '../../../data/model/managed-enrolments.js';
import type { Plan } from '../../../data/model/plan.js';
import type { Withdrawal, Withdrawn } from '../../../data/model/removal.js';
import type { MoodleState } from '../../../data/moodle/state.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';

type School = Pick<PlanInput, 'moodle' | 'managed' | 'withdrawn'>;

/** Whether provenance names the very row of a change, by id and natural key. */
export function isOurs({ moodle, managed }: School, change: Withdrawal): boolean {
  switch (change.kind) {
    case 'user': {
      const known = managed.users.get(change.externalId);
      const row = moodle.users.find((one) => one.id === change.moodleId);
      return (
        row !== undefined &&
        known?.moodleId === row.id &&
        known.timecreated === row.timecreated &&
        row.idnumber === change.externalId &&
        row.username === known.username &&
        !row.siteAccount &&
        row.local
      );
    }
    case 'course': {
      const known = managed.courses.get(change.externalId);
      const row = moodle.courses.find((one) => one.id === change.moodleId);
      return (
        row !== undefined &&
        known?.moodleId === row.id &&
        known.timecreated === row.timecreated &&
        row.idnumber === change.externalId
      );
    }
    case 'enrolment': {
      const row = moodle.enrolments.find((one) => one.id === change.moodleId);
      const ours = findEnrolment(managed.enrolments, change.group, change.person);
      return (
        ours !== undefined &&
        ours.moodleId === row?.id &&
        ours.enrolid === row.enrolid &&
        ours.userid === row.userid
      );
    }
  }
}

function toWithdrawn(change: Withdrawal): Withdrawn {
  const enrolment = change.kind === 'enrolment';
  return {
    kind: change.kind,
    externalId: enrolment ? change.group : change.externalId,
    secondId: enrolment ? change.person : '',
    moodleId: change.moodleId,
    planId: 1,
    since: '2027-02-01T00:00:00.000Z',
  };
}

/** What Moodle and the journal hold afterwards. */
export function withdraw<S extends School>(plan: Plan<Withdrawal>, school: S): S {
  for (const change of plan.changes)
    if (!isOurs(school, change)) throw new Error(`not ours: ${JSON.stringify(change)}`);
  const ids = (kind: Withdrawal['kind']): Set<number> =>
    new Set(plan.changes.filter((one) => one.kind === kind).map((one) => one.moodleId));
  const [users, courses, enrolments] = [ids('user'), ids('course'), ids('enrolment')];
  const { moodle } = school;
  const after: MoodleState = {
    ...moodle,
    users: moodle.users.map((row) => (users.has(row.id) ? { ...row, suspended: true } : row)),
    courses: moodle.courses.map((row) => (courses.has(row.id) ? { ...row, visible: false } : row)),
    enrolments: moodle.enrolments.map((row) => (enrolments.has(row.id) ? { ...row, status: 1 } : row)),
  };
  return {
    ...school,
    moodle: after,
    withdrawn: [...(school.withdrawn ?? []), ...plan.changes.map(toWithdrawn)],
  };
}
