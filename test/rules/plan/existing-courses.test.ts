import { describe, expect, test } from 'vitest';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { doings } from './doings.js';
import { keptThings, planFor, proposed, reasons, steps } from './look.js';
import {
  accountOf,
  answers,
  category,
  course,
  enrolled,
  group,
  managed,
  managedCourse,
  managedUser,
  memberships,
  moodle,
  settings,
  snapshot,
  student,
} from './school.js';

const one = { snapshot: snapshot([], [group('9MAT')]) };

describe('a course that exists', () => {
  test('with exactly the code is adopted as it is', () => {
    const plan = planFor({
      ...one,
      moodle: moodle({ courses: [course(20, '9MAT', { fullname: 'By hand' })] }),
    });
    expect(plan.changes).toEqual([
      {
        seq: 1,
        kind: 'course',
        operation: 'link',
        externalId: '9MAT',
        groupType: 'Class',
        className: 'Class 9MAT',
        year: 2027,
        moodleId: 20,
        shortname: '9MAT 2026',
        idnumberBefore: '9MAT',
        fullname: 'Class 9MAT 2027',
      },
    ]);
  });

  test('is never moved, hidden or re-dated, wherever it is by now [T53]', () => {
    const moved = course(20, '9MAT', { category: 7, visible: false });
    const plan = planFor({
      ...one,
      moodle: moodle({ courses: [moved], categories: [category(7, 'Tidied up')] }),
      managed: managed([], [managedCourse(moved, '9MAT')]),
    });
    expect(doings(plan)).toEqual({});
  });

  test.each(['9mat', '9MÁT'])('with %s, which only Moodle calls equal, is a conflict', (idnumber) => {
    const plan = planFor({ ...one, moodle: moodle({ courses: [course(20, idnumber)] }) });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict course idnumber-collation 9MAT 20']);
  });

  test('twice is a conflict; none is picked [T24]', () => {
    const courses = [course(20, '9MAT'), course(21, '9MAT', { shortname: 'copy' })];
    const plan = planFor({
      snapshot: snapshot([student('S1')], [group('9MAT')], memberships('9MAT: S1')),
      moodle: moodle({ courses }),
    });
    expect(steps(plan)).toEqual(['user.create S1']);
    expect(reasons(plan)).toEqual([
      'held course course-missing 9MAT (1)',
      'conflict course duplicate-idnumber 9MAT 20 21',
    ]);
  });

  test('with the short name and another idnumber is a conflict, and nobody is enrolled into nowhere [T31]', () => {
    const taken = course(20, 'OTHER', { shortname: '9mat 2027' });
    const plan = planFor({
      snapshot: snapshot([student('S1')], [group('9MAT')], memberships('9MAT: S1')),
      moodle: moodle({ courses: [taken] }),
    });
    expect(steps(plan)).toEqual(['user.create S1']);
    expect(reasons(plan)).toEqual([
      'held course course-missing 9MAT (1)',
      'conflict course shortname-taken 9MAT 20',
    ]);
    expect(proposed(plan)).toEqual([]);
  });

  test('with the short name and no idnumber is proposed, and linked when accepted', () => {
    const byHand = course(20, '', { shortname: '9MAT 2027', fullname: 'Class 9MAT 2027' });
    const given = { ...one, moodle: moodle({ courses: [byHand] }) };
    const plan = planFor(given);
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['held course link-proposed 9MAT 20']);
    expect(proposed(plan)).toEqual(['course 9MAT 20 shortname,name']);
    const accepted = planFor({ ...given, answers: answers({ 'course 9MAT 20': 'accepted' }) });
    expect(accepted.changes).toMatchObject([{ operation: 'link', moodleId: 20, idnumberBefore: '' }]);
    const refused = planFor({ ...given, answers: answers({ 'course 9MAT 20': 'refused' }) });
    expect(reasons(refused)).toEqual(['conflict course shortname-taken 9MAT 20']);
  });

  test('two classes of the plan that want one short name are both left', () => {
    const groups = [
      group('A', { name: 'Maths' }),
      group('B', { name: 'MATHS' }),
      group('C', { name: 'Art' }),
    ];
    const plan = planFor({ snapshot: snapshot([], groups), settings: settings({}, { shortname: '{name}' }) });
    expect(steps(plan).filter((step) => step.startsWith('course'))).toEqual(['course.create C']);
    expect(reasons(plan)).toEqual(['conflict course shortname-taken A', 'conflict course shortname-taken B']);
  });
});

describe('a course that is ours', () => {
  const math = course(20, '9MAT');
  const pupil = student('S1');
  const account = accountOf(5, pupil);
  const rows = enrolled(20, [5]);
  const given: Partial<PlanInput> = {
    snapshot: snapshot([pupil], [group('9MAT')], memberships('9MAT: S1')),
    managed: managed(
      [managedUser(account, pupil)],
      [managedCourse(math, '9MAT')],
      [{ row: rows[0]!, group: '9MAT', person: 'S1' }],
    ),
  };
  const state = { users: [account], courses: [math], enrolments: rows, roles: { '20:5': 'student' } };

  test('deleted by hand ends "gone", and the rest goes on [T33]', () => {
    const english = {
      snapshot: snapshot([pupil], [group('9MAT'), group('9ENG')], memberships('9MAT: S1', '9ENG: S1')),
    };
    const plan = planFor({ ...given, ...english, moodle: moodle({ users: [account] }) });
    expect(steps(plan)).toEqual([
      'category.create 2027',
      'category.create 2027/Class',
      'course.create 9ENG',
      'enrolment.create 9ENG S1 student',
    ]);
    expect(reasons(plan)).toEqual([
      'conflict course course-gone 9MAT 20',
      'held course course-missing 9MAT (1)',
    ]);
  });

  test('whose idnumber was edited: nobody is unenrolled, and one answer relinks it [T30]', () => {
    const edited = { ...math, idnumber: 'MATHS', shortname: 'Maths' };
    const plan = planFor({ ...given, moodle: moodle({ ...state, courses: [edited] }) });
    expect(steps(plan)).toEqual([]);
    expect(keptThings(plan)).toEqual([]);
    expect(reasons(plan)).toEqual([
      'held course course-missing 9MAT (1)',
      'conflict course link-broken 9MAT 20',
    ]);
    expect(proposed(plan)).toEqual(['course 9MAT 20 relink']);
    const accepted = planFor({
      ...given,
      moodle: moodle({ ...state, courses: [edited] }),
      answers: answers({ 'course 9MAT 20': 'accepted' }),
    });
    expect(accepted.changes).toMatchObject([
      {
        kind: 'course',
        operation: 'link',
        moodleId: 20,
        idnumberBefore: 'MATHS',
        externalId: '9MAT',
        year: 2026,
      },
    ]);
    expect(accepted.satisfied).toBe(1);
  });

  test('whose short name was edited is still the course; it is reported [T30]', () => {
    const plan = planFor({
      ...given,
      moodle: moodle({ ...state, courses: [{ ...math, shortname: 'Maths' }] }),
    });
    expect(steps(plan)).toEqual([]);
    expect(plan.satisfied).toBe(1);
    expect(reasons(plan)).toEqual(['drift course value-changed-in-moodle 9MAT 20']);
  });

  test('is not the row that a restored Moodle has under its id', () => {
    const stranger = course(20, '9MAT', { timecreated: 7 });
    const plan = planFor({ ...given, moodle: moodle({ ...state, courses: [stranger] }) });
    expect(reasons(plan)).toContain('conflict course link-restored 9MAT 20');
    expect(steps(plan)).toEqual([]);
  });

  test('gets KN’s new class name, with its own year, where Moodle still has the old one', () => {
    const renamed = {
      snapshot: snapshot([pupil], [group('9MAT', { name: 'Pāngarau' })], memberships('9MAT: S1')),
    };
    const plan = planFor({ ...given, ...renamed, moodle: moodle(state) });
    expect(plan.changes).toEqual([
      {
        seq: 1,
        kind: 'course',
        operation: 'update',
        externalId: '9MAT',
        moodleId: 20,
        className: 'Pāngarau',
        before: { fullname: 'Class 9MAT 2026' },
        after: { fullname: 'Pāngarau 2026' },
      },
    ]);
    const byHand = { ...math, fullname: 'Maths by hand' };
    const drift = planFor({ ...given, ...renamed, moodle: moodle({ ...state, courses: [byHand] }) });
    expect(steps(drift)).toEqual([]);
    expect(reasons(drift)).toEqual(['drift course value-changed-in-moodle 9MAT 20']);
    const notOwned = settings({ ownedByKN: ['lastname'] });
    expect(doings(planFor({ ...given, ...renamed, moodle: moodle(state), settings: notOwned }))).toEqual({});
  });

  test('keeps its name when KN has none any more, and does not get one that is too long', () => {
    const named = (name: string): Partial<PlanInput> => ({
      ...given,
      snapshot: snapshot([pupil], [group('9MAT', { name })], memberships('9MAT: S1')),
      moodle: moodle(state),
    });
    expect(doings(planFor(named('')))).toEqual({});
    expect(reasons(planFor(named('x'.repeat(253))))).toEqual(['conflict course name-unusable 9MAT 20']);
  });
});
