import { expect, test } from 'vitest';
import type { Plan, ProvisioningChange } from '../../../data/model/plan.js';
import type { Snapshot } from '../../../data/model/snapshot.js';
import { planHash } from '../../../data/rules/plan/hash.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import {
  accountOf,
  course,
  group,
  input,
  managed,
  managedCourse,
  managedUser,
  moodle,
  snapshot,
  student,
  teacher,
} from './school.js';

/** A school of a size; every person is in `each` classes. */
function schoolOf(persons: number, classes: number, each: number): Snapshot {
  const people = Array.from({ length: persons }, (_, at) =>
    at % 15 === 0 ? teacher(`T${at}`) : student(`S${at}`),
  );
  const groups = Array.from({ length: classes }, (_, at) => group(`C${at}`, { groupType: `Type ${at % 4}` }));
  const members = people.flatMap(({ externalId }, at) =>
    Array.from({ length: each }, (_, number) => ({
      group: `C${(at * 7 + number * 13) % classes}`,
      person: externalId,
    })),
  );
  return snapshot(people, groups, members);
}

/** The same school as last year's plan left it in Moodle: everybody and everything is ours. */
function appliedSchool(of: Snapshot): Pick<PlanInput, 'moodle' | 'managed'> {
  const { person, group: groups, membership } = of.records;
  const users = person.map((one, at) => accountOf(at + 10, one));
  const courses = groups.map(({ externalId }, at) => course(at + 10, externalId));
  const userIds = new Map(users.map(({ idnumber, id }) => [idnumber, id]));
  const courseIds = new Map(courses.map(({ idnumber, id }) => [idnumber, id]));
  const rows = membership.map((one, at) => {
    const [courseid, userid] = [courseIds.get(one.group)!, userIds.get(one.person)!];
    const enrolid = courseid * 10;
    const row = { id: at + 1, enrolid, courseid, userid, enrol: 'manual', status: 0, instanceStatus: 0 };
    const type = one.person.startsWith('T') ? ('teacher' as const) : ('student' as const);
    return { ...one, row, type };
  });
  const roles = Object.fromEntries(
    rows.map(({ row, type }) => [
      `${row.courseid}:${row.userid}`,
      type === 'teacher' ? 'editingteacher' : type,
    ]),
  );
  return {
    moodle: moodle({ users, courses, enrolments: rows.map(({ row }) => row), roles }),
    managed: managed(
      users.map((user, at) => managedUser(user, person[at]!)),
      courses.map((one) => managedCourse(one, one.idnumber)),
      rows,
    ),
  };
}

/** A cheap fold: the strict one of other tests would measure itself. */
function cheap(given: PlanInput): PlanInput {
  const folds = new Map<string, string>();
  const fold = (value: string): string => {
    const known = folds.get(value) ?? value.toLowerCase();
    folds.set(value, known);
    return known;
  };
  return { ...given, fold };
}

/** Processor seconds, which a busy machine does not lengthen much. */
function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Plans, and says how many processor seconds it took. */
function timed(given: PlanInput): { plan: Plan<ProvisioningChange>; took: number } {
  let plan: Plan<ProvisioningChange> | undefined;
  const took = seconds(() => {
    plan = makePlan(given);
  });
  return { plan: plan!, took };
}

// The bounds are several times what is needed (0.2 s; 2 to 4 s): a busy machine keeps them, a quadratic loop does not.
const patience = 180_000;

test('2,150 people in 400 classes are planned in an instant', () => {
  const given = cheap(input({ snapshot: schoolOf(2150, 400, 9) }));
  const { took, plan } = timed(given);
  expect(plan.counts['enrolment.create']).toBe(19_350);
  expect(took).toBeLessThan(2);
});

test(
  '50,000 people with 500,000 memberships are planned and hashed in seconds',
  { timeout: patience },
  () => {
    const { took, plan } = timed(cheap(input({ snapshot: schoolOf(50_000, 10_000, 10) })));
    expect(plan.counts['enrolment.create']).toBe(500_000);
    expect(took).toBeLessThan(15);
    expect(seconds(() => planHash(plan))).toBeLessThan(10);
  },
);

test(
  'a Moodle in which all is there, or every class is another one, takes no longer',
  { timeout: patience },
  () => {
    const before = schoolOf(20_000, 4000, 10);
    const given = cheap(input({ ...appliedSchool(before), previous: before, snapshot: before }));
    const same = timed(given);
    expect(same.plan).toMatchObject({ counts: {}, satisfied: 200_000 });
    const membership = before.records.membership.map(({ group: code, person }) => ({
      group: `C${(Number(code.slice(1)) + 1) % 4000}`,
      person,
    }));
    const next = timed({ ...given, snapshot: { ...before, records: { ...before.records, membership } } });
    expect(next.plan.counts).toMatchObject({
      reused: 4000,
      'kept.enrolment': 200_000,
      'held.enrolment': 200_000,
    });
    expect(same.took + next.took).toBeLessThan(20);
  },
);
