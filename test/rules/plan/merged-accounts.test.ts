/** Accounts that were merged or deleted in Moodle while KnowledgeNET goes on with the person. */
import { describe, expect, test } from 'vitest';
import type { MoodleUser } from '../../../data/moodle/state.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { applyPlan } from './apply-model.js';
import { planFor, proposed, reasons, steps } from './look.js';
import {
  accountOf,
  answers,
  course,
  group,
  input,
  managed,
  managedCourse,
  managedUser,
  memberships,
  moodle,
  snapshot,
  student,
  user,
} from './school.js';

const aroha = student('S1', { firstName: 'Aroha', surname: 'Ngata', nsn: '140000001' });
const ours = accountOf(5, aroha);
const suspended: MoodleUser = { ...ours, suspended: true };
const survivor = user(9);

function school(users: readonly MoodleUser[], more: Partial<PlanInput> = {}): Partial<PlanInput> {
  return {
    snapshot: snapshot([aroha]),
    moodle: moodle({ users, merges: new Map([[5, 9]]) }),
    managed: managed([managedUser(ours, aroha)]),
    ...more,
  };
}

describe('an account of ours that a merge tool put into another one [T25]', () => {
  test('is proposed with the account that goes on, and nothing is written to either meanwhile', () => {
    for (const users of [[survivor], [suspended, survivor]]) {
      const math = course(30, '10MAT');
      const given = school(users, {
        snapshot: snapshot([aroha], [group('10MAT')], memberships('10MAT: S1')),
        moodle: moodle({ users, courses: [math], merges: new Map([[5, 9]]) }),
        managed: managed([managedUser(ours, aroha)], [managedCourse(math, '10MAT')]),
      });
      const plan = planFor(given);
      expect(proposed(plan)).toEqual(['user S1 9 merged']);
      expect(steps(plan)).toEqual([]);
      expect(plan.counts['held.enrolment']).toBe(1);
    }
    expect(reasons(planFor(school([suspended, survivor])))).toEqual(['held user account-merged S1 5 9']);
  });

  test('accepted, the surviving account gets the idnumber, the merged one gives it up, and nothing is left', () => {
    const given = input(school([suspended, survivor], { answers: answers({ 'user S1 9': 'accepted' }) }));
    const plan = planFor(given);
    expect(plan.changes).toMatchObject([{ kind: 'user', operation: 'link', moodleId: 9, insteadOf: 5 }]);
    expect(plan.proposals).toEqual([]);
    const applied = applyPlan(plan, given);
    expect(applied.moodle.users.map(({ id, idnumber }) => [id, idnumber])).toEqual([
      [5, ''],
      [9, 'S1'],
    ]);
    const merges = given.moodle.merges;
    expect(
      planFor({ ...given, managed: applied.managed, moodle: { ...applied.moodle, merges } }).changes,
    ).toEqual([]);
  });

  test('refused, our account is used as before', () => {
    const plan = planFor(school([suspended, survivor], { answers: answers({ 'user S1 9': 'refused' }) }));
    expect([proposed(plan), reasons(plan), steps(plan)]).toEqual([[], [], []]);
  });

  test('is followed through several merges, and a circle of them ends', () => {
    const last = user(12);
    const chain = moodle({
      users: [suspended, user(9, { suspended: true }), last],
      merges: new Map([
        [5, 9],
        [9, 12],
      ]),
    });
    expect(proposed(planFor(school([], { moodle: chain })))).toEqual(['user S1 12 merged']);
    const circle = moodle({
      users: [suspended, survivor],
      merges: new Map([
        [5, 9],
        [9, 5],
      ]),
    });
    expect(proposed(planFor(school([], { moodle: circle })))).toEqual([]);
  });

  test('is not proposed with an account that is somebody else whom KnowledgeNET has', () => {
    const hemi = student('S2');
    const his = accountOf(9, hemi);
    const plan = planFor(
      school([suspended, his], {
        snapshot: snapshot([aroha, hemi]),
        managed: managed([managedUser(ours, aroha), managedUser(his, hemi)]),
      }),
    );
    expect(proposed(plan)).toEqual([]);
  });

  test('is not proposed once our account works again', () => {
    expect(proposed(planFor(school([ours, survivor])))).toEqual([]);
  });
});

describe('an account of ours that is gone [T25]', () => {
  const without = (users: readonly MoodleUser[]): Partial<PlanInput> =>
    school(users, { moodle: moodle({ users }) });

  test('is proposed with the one account that shares login, address, number or name', () => {
    const whole = user(9, {
      username: aroha.login ?? '',
      email: aroha.email ?? '',
      firstname: 'AROHA',
      lastname: 'Ngata',
      nsn: '140-000-001',
    });
    const plan = planFor(without([whole]));
    expect(proposed(plan)).toEqual(['user S1 9 login,email,nsn,similar-name']);
    expect(reasons(plan)).toEqual(['conflict user user-deleted S1 5 9']);
    expect(steps(plan)).toEqual([]);
    const accepted = planFor({ ...without([whole]), answers: answers({ 'user S1 9': 'accepted' }) });
    expect(steps(accepted)).toEqual(['user.link S1']);
  });

  test('is proposed with nobody when two accounts share something [T22]', () => {
    const plan = planFor(
      without([user(9, { username: aroha.login ?? '' }), user(10, { email: aroha.email ?? '' })]),
    );
    expect(proposed(plan)).toEqual([]);
  });
});
