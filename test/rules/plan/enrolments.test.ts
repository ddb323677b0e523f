import { describe, expect, test } from 'vitest';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { groupCauses } from '../../../data/rules/plan/causes.js';
import { doings } from './doings.js';
import { planFor, reasons, steps } from './look.js';
import {
  accountOf,
  course,
  enrolled,
  group,
  managed,
  managedCourse,
  managedUser,
  memberships,
  moodle,
  site,
  snapshot,
  student,
  teacher,
} from './school.js';

const pupil = student('S1');
const head = teacher('T1');
const people = [accountOf(5, pupil), accountOf(6, head)];
const math = course(20, '9MAT');
const reading = snapshot([pupil, head], [group('9MAT')], memberships('9MAT: S1 T1'));
const ours = managed(
  [managedUser(people[0]!, pupil), managedUser(people[1]!, head)],
  [managedCourse(math, '9MAT')],
);

function plan(state: Parameters<typeof moodle>[0] = {}, more: Partial<PlanInput> = {}) {
  return planFor({
    snapshot: reading,
    moodle: moodle({ users: people, courses: [math], ...state }),
    managed: ours,
    ...more,
  });
}

describe('a membership', () => {
  test('becomes an enrolment: students as student, teachers as editingteacher', () => {
    expect(plan().changes).toEqual([
      {
        seq: 1,
        kind: 'enrolment',
        operation: 'create',
        group: '9MAT',
        person: 'S1',
        role: 'student',
        userId: 5,
        courseId: 20,
      },
      {
        seq: 2,
        kind: 'enrolment',
        operation: 'create',
        group: '9MAT',
        person: 'T1',
        role: 'editingteacher',
        userId: 6,
        courseId: 20,
      },
    ]);
  });

  test('of a class that is not provisioned is ignored', () => {
    const off = snapshot(
      [pupil, head],
      [group('9MAT', { provisioning: 'disabled' })],
      memberships('9MAT: S1 T1'),
    );
    expect(doings(plan({}, { snapshot: off }))).toEqual({});
  });

  test('twice in the reading is one enrolment', () => {
    const twice = snapshot([pupil], [group('9MAT')], memberships('9MAT: S1 S1', '9MAT: S1'));
    expect(steps(plan({}, { snapshot: twice }))).toEqual(['enrolment.create 9MAT S1 student']);
  });

  test('is satisfied by any active enrolment with the role, whoever made it', () => {
    const byHand = enrolled(20, [5], { enrol: 'self', enrolid: 299 });
    const made = plan({
      enrolments: [...byHand, ...enrolled(20, [6])],
      roles: { '20:5': 'student', '20:6': 'editingteacher' },
    });
    expect(doings(made)).toEqual({});
    expect(made.satisfied).toBe(2);
  });

  test('that somebody suspended stays suspended', () => {
    const made = plan({ enrolments: enrolled(20, [5], { status: 1 }), roles: { '20:5': 'student' } });
    expect(steps(made)).toEqual(['enrolment.create 9MAT T1 editingteacher']);
    expect(reasons(made)).toEqual(['drift enrolment enrolment-suspended 9MAT S1 5 20']);
  });

  test('suspended by one method and active by another is satisfied', () => {
    const suspended = enrolled(20, [5], { status: 1 });
    const active = enrolled(20, [5], { id: 99, enrolid: 299, enrol: 'cohort' });
    expect(plan({ enrolments: [...active, ...suspended], roles: { '20:5': 'student' } }).satisfied).toBe(1);
    expect(plan({ enrolments: [...suspended, ...active], roles: { '20:5': 'student' } }).satisfied).toBe(1);
  });

  test('with another role keeps it', () => {
    const made = plan({
      enrolments: enrolled(20, [5, 6]),
      roles: { '20:5': 'editingteacher', '20:6': 'editingteacher' },
    });
    expect(steps(made)).toEqual([]);
    expect(reasons(made)).toEqual(['drift enrolment enrolment-other-role 9MAT S1 5 20']);
  });

  test('whose only method is disabled is enrolled by the manual one', () => {
    const idle = enrolled(20, [5], { enrol: 'self', enrolid: 299, instanceStatus: 1 });
    expect(steps(plan({ enrolments: idle }))).toContain('enrolment.create 9MAT S1 student');
  });

  test('that we enrolled and somebody took out in Moodle stays out', () => {
    const [row] = enrolled(20, [5]);
    const mine = managed(
      [...ours.users.values()],
      [...ours.courses.values()],
      [{ row: row!, group: '9MAT', person: 'S1' }],
    );
    const made = plan({}, { managed: mine });
    expect(steps(made)).toEqual(['enrolment.create 9MAT T1 editingteacher']);
    expect(reasons(made)).toEqual(['drift enrolment enrolment-removed 9MAT S1 5 20']);
    // A method that was deleted with everybody in it is no decision about a person.
    const newMethod = plan({ manualInstances: [{ id: 777, courseid: 20, status: 0 }] }, { managed: mine });
    expect(steps(newMethod)).toContain('enrolment.create 9MAT S1 student');
  });

  test('of a disabled person waits without being counted against anybody', () => {
    const off = snapshot([{ ...pupil, disabled: true }, head], [group('9MAT')], memberships('9MAT: S1 T1'));
    const made = plan({}, { snapshot: off });
    expect(steps(made)).toEqual(['enrolment.create 9MAT T1 editingteacher']);
    expect(reasons(made)).toEqual(['drift user person-disabled S1 5 (1)']);
  });
});

describe('the manual method', () => {
  test.each([
    ['missing', []],
    ['disabled', [{ id: 200, courseid: 20, status: 1 }]],
    ['there twice', [200, 201].map((id) => ({ id, courseid: 20, status: 0 }))],
  ])('%s holds the course’s enrolments, with one notice', (_, manualInstances) => {
    const made = plan({ manualInstances });
    expect(steps(made)).toEqual([]);
    expect(reasons(made)).toEqual(['held course no-manual-enrolment 9MAT 20 (2)']);
    expect(doings(made)).toEqual({ 'held.enrolment': 2, 'notice.held': 1 });
  });

  test('is of no concern where everybody is enrolled already', () => {
    const all = { enrolments: enrolled(20, [5, 6]), roles: { '20:5': 'student', '20:6': 'editingteacher' } };
    expect(doings(plan({ ...all, manualInstances: [] }))).toEqual({});
  });

  test('that new courses do not get holds their enrolments too', () => {
    const made = planFor({ snapshot: reading, site: { ...site, manualInNewCourses: false } });
    expect(steps(made)).toEqual([
      'category.create 2027',
      'category.create 2027/Class',
      'user.create S1',
      'user.create T1',
      'course.create 9MAT',
    ]);
    expect(reasons(made)).toEqual(['held course no-manual-enrolment 9MAT (2)']);
  });
});

test('thousands of enrolments that wait for one thing are one cause [T42]', () => {
  const pupils = Array.from({ length: 899 }, (_, at) => student(`S${at}`));
  const classes = Array.from({ length: 10 }, (_, at) => group(`C${at}`));
  const members = classes.flatMap(({ externalId }) =>
    [...pupils, head].map((one) => ({ group: externalId, person: one.externalId })),
  );
  const whole = snapshot([...pupils, head], classes, members);
  const courses = classes.map(({ externalId }, at) => course(100 + at, externalId));
  // All pupils' logins are taken by accounts with other idnumbers; the teacher is known.
  const taken = pupils.map((one, at) => accountOf(1000 + at, one, { idnumber: `OLD${at}` }));
  const given: Partial<PlanInput> = {
    snapshot: whole,
    moodle: moodle({ users: [...taken, people[1]!], courses }),
    managed: managed(
      [managedUser(people[1]!, head)],
      courses.map((one) => managedCourse(one, one.idnumber)),
    ),
  };
  const made = planFor(given);
  expect(made.counts).toMatchObject({ 'enrolment.create': 10, 'held.enrolment': 8990 });
  expect(groupCauses(made.notices)).toMatchObject([
    { code: 'person-missing', notices: 899, enrolments: 8990 },
    { code: 'username-taken', notices: 899, enrolments: 0 },
  ]);
  // Mended in Moodle, the same reading is enough.
  const mended = planFor({
    ...given,
    moodle: moodle({
      users: [...taken.map((one, at) => ({ ...one, idnumber: `S${at}` })), people[1]!],
      courses,
    }),
  });
  expect(mended.counts).toMatchObject({ 'user.link': 899, 'enrolment.create': 9000 });
  expect(mended.notices).toEqual([]);
});
