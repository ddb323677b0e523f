import { describe, expect, test } from 'vitest';
import type { PersonRecord, Snapshot } from '../../../data/model/snapshot.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { doings } from './doings.js';
import { applyPlan } from './apply-model.js';
import { keptThings, planFor, reasons, steps } from './look.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import { group, input, memberships, snapshot, student, teacher, type moodle } from './school.js';

const pupils = Array.from({ length: 10 }, (_, at) => student(`S${at}`));
const head = teacher('T1');
const groups = [group('9ENG'), group('9MAT')];
const ids = pupils.map(({ externalId }) => externalId).join(' ');
const whole = snapshot([...pupils, head], groups, memberships(`9ENG: ${ids} T1`, `9MAT: ${ids} T1`));

/** A Moodle in which the whole school is ours. */
function applied(): { moodle: ReturnType<typeof moodle>; managed: PlanInput['managed'] } {
  const given = input({ snapshot: whole });
  return applyPlan(makePlan(given), given);
}

function planNow(now: Snapshot, previous: Snapshot | null = whole) {
  return planFor({ ...applied(), snapshot: now, previous });
}

describe('what KN no longer has', () => {
  test('is listed per person and class, and nothing is done to it', () => {
    const now = snapshot([...pupils.slice(1), head], [groups[1]!], memberships(`9MAT: ${ids} T1`));
    const plan = planNow(now);
    expect(steps(plan)).toEqual([]);
    expect(keptThings(plan).slice(0, 4)).toEqual([
      'user S0',
      'course 9ENG',
      'enrolment 9ENG S0',
      'enrolment 9ENG S1',
    ]);
    expect(plan.counts).toMatchObject({ 'kept.user': 1, 'kept.course': 1, 'kept.enrolment': 12 });
  });

  test('is a reading’s empty sheet, and still nothing is removed [T05]', () => {
    const plan = planNow(snapshot([]));
    expect(steps(plan)).toEqual([]);
    expect(doings(plan)).toEqual({ 'kept.course': 2, 'kept.enrolment': 22, 'kept.user': 11 });
  });

  test('is everybody whom one listing lost: nobody is suspended, all are listed [T03]', () => {
    const plan = planNow(snapshot([pupils[0]!, head], groups, memberships('9ENG: S0 T1', '9MAT: S0 T1')));
    expect(steps(plan)).toEqual([]);
    expect(plan.counts).toMatchObject({ 'kept.user': 9, 'kept.enrolment': 18 });
  });

  test('is all but one stray row, and the other courses keep their enrolments [T06]', () => {
    const plan = planNow(snapshot([...pupils, head], groups, memberships('9MAT: S3')));
    expect(steps(plan)).toEqual([]);
    expect(plan.satisfied).toBe(1);
    expect(plan.counts).toMatchObject({ 'kept.enrolment': 21 });
  });

  test('does not count whom and what a finding holds back: they are still in KN', () => {
    const withheld = { persons: new Set(['S0']), groups: new Set(['9ENG']) };
    const now = snapshot(
      [...pupils.slice(2), head],
      [groups[1]!],
      memberships(`9MAT: ${ids.replace('S0 S1 ', '')} T1`),
      { withheld },
    );
    expect(keptThings(planNow(now))).toEqual(['user S1', 'enrolment 9MAT S1']);
  });

  test('of what is not ours is not listed', () => {
    const { moodle: state } = applied();
    const plan = planFor({ snapshot: snapshot([]), moodle: state });
    expect(doings(plan)).toEqual({});
  });

  test('and no longer in Moodle either is not listed', () => {
    const { moodle: state, managed } = applied();
    const gone = { ...state, users: [], courses: [], enrolments: [] };
    expect(doings(planFor({ snapshot: snapshot([]), moodle: gone, managed }))).toEqual({});
  });
});

describe('a reading that makes no statement', () => {
  test('about classes leaves groups and memberships alone [T08]', () => {
    const now = snapshot([...pupils, head], [], [], {
      statements: { students: true, teachers: true, groups: false },
    });
    expect(doings(planNow(now))).toEqual({});
  });

  test('about teachers lists no teacher and none of their enrolments [T08]', () => {
    const statements = { students: true, teachers: false, groups: true };
    const now = snapshot(pupils.slice(1), groups, memberships(`9ENG: ${ids}`, `9MAT: ${ids}`), {
      statements,
    });
    const plan = planNow(now);
    expect(keptThings(plan)).toEqual(['user S0', 'enrolment 9ENG S0', 'enrolment 9MAT S0']);
    expect(keptThings(planNow(now, null))).toEqual(keptThings(plan));
  });

  test('about absence, because it holds changes only, lists nothing', () => {
    const now = snapshot([pupils[0]!], [], [], { reading: 'changes', complete: false });
    expect(doings(planNow(now))).toEqual({});
  });
});

test('an old login that leaves the feed does not touch the person’s new one [T29]', () => {
  const [former, current]: PersonRecord[] = [
    student('OLD', { login: 'jane.old' }),
    student('NEW', { login: 'jane' }),
  ];
  const math = [group('9MAT')];
  const before = snapshot([former!, current!], math, memberships('9MAT: OLD NEW'));
  const given = input({ snapshot: before });
  const state = applyPlan(makePlan(given), given);
  const plan = planFor({
    ...state,
    snapshot: snapshot([current!], math, memberships('9MAT: NEW')),
    previous: before,
  });
  expect(steps(plan)).toEqual([]);
  expect(plan.satisfied).toBe(1);
  expect(keptThings(plan)).toEqual(['user OLD', 'enrolment 9MAT OLD']);
  expect(reasons(plan)).toEqual([]);
});
