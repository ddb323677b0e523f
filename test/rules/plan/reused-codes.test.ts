import { describe, expect, test } from 'vitest';
import type { Plan, ProvisioningChange } from '../../../data/model/plan.js';
import type { PersonRecord, Snapshot } from '../../../data/model/snapshot.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { doings } from './doings.js';
import { applyPlan, type Applied } from './apply-model.js';
import { keptThings, planFor, reasons, steps } from './look.js';
import {
  answers,
  course,
  enrolled,
  group,
  input,
  memberships,
  moodle,
  settings,
  snapshot,
  student,
  teacher,
  user,
} from './school.js';

const old = ['A1', 'A2', 'A3', 'A4'];
const fresh = ['B1', 'B2', 'B3', 'B4'];
const people: PersonRecord[] = [...[...old, ...fresh].map((id) => student(id)), teacher('T1')];

function reading(members: readonly string[], teachers = 'T1'): Snapshot {
  return snapshot(people, [group('7A-IT')], memberships(`7A-IT: ${members.join(' ')} ${teachers}`));
}

const lastYear = reading(old);

/** Last year, applied: course and enrolments are ours. */
function afterLastYear(year = 2026, shortname = '{code} {year}'): Applied {
  const given = input({ snapshot: lastYear, settings: settings({ year }, { shortname }) });
  return applyPlan(makePlan(given), given);
}

function planThisYear(
  now: Snapshot,
  more: Partial<PlanInput> = {},
): { plan: Plan<ProvisioningChange>; given: PlanInput } {
  const given = input({ ...afterLastYear(), snapshot: now, previous: lastYear, ...more });
  return { plan: makePlan(given), given };
}

/** The course of last year; its id is the model's. */
function courseId(applied: Pick<Applied, 'managed'>, code = '7A-IT'): number {
  return applied.managed.courses.get(code)!.moodleId;
}

describe('a class code used again [T15]', () => {
  test('asks first: nobody is enrolled into last year’s course', () => {
    const { plan, given } = planThisYear(reading(fresh));
    const id = courseId(given);
    expect(steps(plan)).toEqual([]);
    expect(plan.reusedCodes).toEqual([{ group: '7A-IT', courseId: id, studentsBefore: 4, studentsLeft: 4 }]);
    expect(reasons(plan)).toEqual([`held course code-reused 7A-IT ${id} (4)`]);
    expect(plan.counts).toMatchObject({ reused: 1, 'held.enrolment': 4 });
  });

  test('continues when a person says so', () => {
    const { plan } = planThisYear(reading(fresh), { answers: answers({}, { '7A-IT': 'continues' }) });
    expect(steps(plan)).toEqual(fresh.map((id) => `enrolment.create 7A-IT ${id} student`));
    expect(plan.reusedCodes).toEqual([]);
  });

  test('gets a new course when a person says so; last year’s keeps its students', () => {
    const { plan, given } = planThisYear(reading(fresh), { answers: answers({}, { '7A-IT': 'new-course' }) });
    expect(steps(plan)).toEqual([
      'category.create 2027',
      'category.create 2027/Class',
      'course.archive 7A-IT',
      'course.create 7A-IT',
      ...fresh.map((id) => `enrolment.create 7A-IT ${id} student`),
      'enrolment.create 7A-IT T1 editingteacher',
    ]);
    const id = courseId(given);
    expect(plan.changes[2]).toMatchObject({
      moodleId: id,
      before: { idnumber: '7A-IT' },
      after: { idnumber: '7A-IT@2026' },
    });
    const after = applyPlan(plan, given);
    expect(courseId(after, '7A-IT@2026')).toBe(id);
    expect(courseId(after)).not.toBe(id);
    const members = (course: number): number =>
      after.moodle.enrolments.filter(({ courseid }) => courseid === course).length;
    expect([members(id), members(courseId(after))]).toEqual([5, 5]);
  });

  test('is settled by that: later plans change nothing, whichever reading was applied last', () => {
    const { plan, given } = planThisYear(reading(fresh), { answers: answers({}, { '7A-IT': 'new-course' }) });
    const after = applyPlan(plan, given);
    for (const previous of [lastYear, given.snapshot, null]) {
      const again = planFor({ ...given, ...after, previous });
      expect(steps(again)).toEqual([]);
      expect(again.reusedCodes).toEqual([]);
      expect(again.satisfied).toBe(5);
      expect(keptThings(again)).toContain('course 7A-IT@2026');
    }
  });

  test('is a group type’s default answer, which a class’s own answer overrules', () => {
    const byDefault = { settings: settings({}, { reusedCode: 'continues' }) };
    expect(doings(planThisYear(reading(fresh), byDefault).plan)).toEqual({
      'enrolment.create': 4,
      'kept.enrolment': 4,
    });
    const own = { ...byDefault, answers: answers({}, { '7A-IT': 'new-course' }) };
    expect(planThisYear(reading(fresh), own).plan.counts).toMatchObject({ 'course.archive': 1 });
  });

  test('needs more than half of the students to be others', () => {
    expect(doings(planThisYear(reading(['A1', 'A2', 'B1', 'B2'])).plan)).toEqual({
      'enrolment.create': 2,
      'kept.enrolment': 2,
    });
    const most = planThisYear(reading(['A1', 'B1', 'B2', 'B3'])).plan;
    expect(most.reusedCodes).toMatchObject([{ studentsBefore: 4, studentsLeft: 3 }]);
  });

  test('does not take those for leavers whom a finding holds back', () => {
    const withheld = { persons: new Set(['A1', 'A2', 'A3']), groups: new Set<string>() };
    const now = { ...reading(['A4', 'B1']), withheld };
    expect(planThisYear(now).plan.counts).toMatchObject({ 'enrolment.create': 1 });
    // Of the two that the reading speaks of, both have left.
    const others = { ...reading(['B1']), withheld: { ...withheld, persons: new Set(['A1', 'A2']) } };
    expect(planThisYear(others).plan.reusedCodes).toMatchObject([{ studentsBefore: 2, studentsLeft: 2 }]);
  });

  test('looks at students only: a class may change all its teachers', () => {
    const people2 = [...people, teacher('T2')];
    const now = snapshot(people2, [group('7A-IT')], memberships(`7A-IT: ${old.join(' ')} T2`));
    expect(planThisYear(now).plan.reusedCodes).toEqual([]);
  });

  test('asks nothing while the SMS has only emptied the class', () => {
    const { plan } = planThisYear(reading([]));
    expect(steps(plan)).toEqual([]);
    expect(plan.reusedCodes).toEqual([]);
    // A new teacher would be the first to enter last year's course.
    const people2 = [...people, teacher('T2')];
    const withTeacher = snapshot(people2, [group('7A-IT')], memberships('7A-IT: T1 T2'));
    expect(planThisYear(withTeacher).plan.reusedCodes).toHaveLength(1);
  });

  test('is still noticed when the emptied class was applied in between', () => {
    const { plan } = planThisYear(reading(fresh), { previous: reading([]) });
    expect(plan.reusedCodes).toMatchObject([{ studentsBefore: 4, studentsLeft: 4 }]);
  });

  test('stays a question though nobody answered before the next reading was applied', () => {
    const { plan } = planThisYear(reading(fresh), { previous: reading(fresh) });
    expect(steps(plan)).toEqual([]);
    expect(plan.reusedCodes).toHaveLength(1);
  });

  test('is no question for a class that grows out of its old self year by year', () => {
    let state = afterLastYear();
    let previous = lastYear;
    const ids = ['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'B4'];
    for (let start = 1; start <= 4; start += 1) {
      const now = reading(ids.slice(start, start + 4));
      const given = input({ ...state, snapshot: now, previous });
      const plan = makePlan(given);
      expect(plan.reusedCodes).toEqual([]);
      state = applyPlan(plan, given);
      previous = now;
    }
  });

  test.each([
    ['changes only', { complete: false, reading: 'changes' as const }],
    ['without the students’ sheet', { statements: { students: false, teachers: true, groups: true } }],
  ])('is not concluded from a reading of %s', (_, more) => {
    const now = { ...reading(fresh), ...more };
    expect(planThisYear(now).plan.reusedCodes).toEqual([]);
  });

  test('is no question where the course was made for this year’s students', () => {
    // The class existed last year, but was not provisioned: its first course is this year's.
    const given = input({ snapshot: reading(fresh), previous: lastYear });
    const first = makePlan(given);
    const halfDone = applyPlan(
      { ...first, changes: first.changes.filter(({ kind }) => kind !== 'enrolment') },
      given,
    );
    const again = planFor({ ...given, ...halfDone });
    expect(again.reusedCodes).toEqual([]);
    expect(doings(again)).toEqual({ 'enrolment.create': 5 });
  });
});

describe('setting a course aside', () => {
  const wanted = answers({}, { '7A-IT': 'new-course' });

  test('adds the year to a short name that the old course keeps', () => {
    const given = input({
      ...afterLastYear(2026, '{code}'),
      snapshot: reading(fresh),
      previous: lastYear,
      settings: settings({}, { shortname: '{code}' }),
      answers: wanted,
    });
    const plan = makePlan(given);
    expect(
      plan.changes.find(({ kind, operation }) => kind === 'course' && operation === 'create'),
    ).toMatchObject({
      values: { shortname: '7A-IT 2027', idnumber: '7A-IT' },
    });
    const after = applyPlan(plan, given);
    expect(makePlan(input({ ...given, ...after })).changes).toEqual([]);
    // Interrupted after the old course gave up its code: the next plan makes the same course.
    const archived = applyPlan(
      { ...plan, changes: plan.changes.filter(({ operation }) => operation === 'archive') },
      given,
    );
    expect(planFor({ ...given, ...archived }).changes.find(({ kind }) => kind === 'course')).toMatchObject({
      operation: 'create',
      values: { shortname: '7A-IT 2027' },
    });
  });

  test('does not happen when the new course cannot be made; the class waits', () => {
    const given = { answers: wanted, settings: settings({}, { format: 'weeks' }) };
    const state = afterLastYear();
    const { plan } = planThisYear(reading(fresh), {
      ...given,
      moodle: { ...state.moodle, formats: new Set(['topics']) },
    });
    expect(steps(plan)).toEqual([]);
    expect(plan.reusedCodes).toHaveLength(1);
    expect(reasons(plan).map((reason) => reason.split(' ')[2])).toEqual(['code-reused', 'format-refused']);
  });

  test('finds a free idnumber when the stamped one exists', () => {
    const state = afterLastYear();
    const taken = {
      ...state.moodle,
      courses: [...state.moodle.courses, course(90, '7a-it@2026', { shortname: 'x' })],
    };
    const { plan } = planThisYear(reading(fresh), { answers: wanted, moodle: taken });
    expect(plan.changes.find(({ operation }) => operation === 'archive')).toMatchObject({
      after: { idnumber: '7A-IT@2026-2' },
    });
    const all = [2026, '2026-2'].map((stamp, at) =>
      course(90 + at, `7A-IT@${stamp}`, { shortname: `x${at}` }),
    );
    const stuck = planThisYear(reading(fresh), {
      answers: wanted,
      moodle: { ...state.moodle, courses: [...state.moodle.courses, ...all] },
    }).plan;
    expect(steps(stuck)).toEqual([]);
    expect(stuck.reusedCodes).toHaveLength(1);
  });

  test('happens again the year after, under that year’s stamp', () => {
    const { plan, given } = planThisYear(reading(fresh), { answers: wanted });
    const second = applyPlan(plan, given);
    const third = input({
      ...second,
      snapshot: reading(old),
      previous: reading(fresh),
      settings: settings({ year: 2028 }),
      answers: wanted,
    });
    const stamps = makePlan(third).changes.flatMap((change) =>
      change.kind === 'course' && change.operation === 'archive' ? change.after.idnumber : [],
    );
    expect(stamps).toEqual(['7A-IT@2027']);
  });

  test('of a course that is only now adopted links it first, to the year before', () => {
    const state = afterLastYear();
    // The pupils are ours; the course was made by somebody else.
    const managed = { ...state.managed, courses: new Map(), enrolments: new Map() };
    const { plan } = planThisYear(reading(fresh), { managed, answers: wanted });
    expect(steps(plan).filter((step) => step.startsWith('course'))).toEqual([
      'course.link 7A-IT',
      'course.archive 7A-IT',
      'course.create 7A-IT',
    ]);
    expect(plan.changes.find(({ operation }) => operation === 'link')).toMatchObject({ year: 2026 });
    expect(plan.changes.find(({ operation }) => operation === 'archive')).toMatchObject({
      after: { idnumber: '7A-IT@2026' },
    });
  });
});

test('a first year, with nothing applied before, enrols into the courses that it adopts', () => {
  const stranger = user(70, { idnumber: 'Z9' });
  const plan = planFor({
    snapshot: reading(fresh),
    moodle: moodle({ users: [stranger], courses: [course(20, '7A-IT')], enrolments: enrolled(20, [70]) }),
  });
  expect(plan.reusedCodes).toEqual([]);
  expect(plan.counts).toMatchObject({ 'course.link': 1, 'enrolment.create': 5 });
});
