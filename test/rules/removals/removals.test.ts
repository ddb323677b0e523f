import { describe, expect, test } from 'vitest';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import { applyPlan } from '../plan/apply-model.js';
import { keptThings, reasons, steps } from '../plan/look.js';
import { answers, enrolled, input, memberships, snapshot, student, user } from '../plan/school.js';
import {
  pupils,
  head,
  other,
  groups,
  ids,
  whole,
  everything,
  allowing,
  applied,
  removals,
  withoutS0,
  type Given,
} from './given.js';
import { withdraw } from './withdraw.js';

describe('what is withdrawn', () => {
  test('is what the settings allow, of what KN no longer has', () => {
    expect(steps(removals(withoutS0))).toEqual([
      'user.suspend S0',
      'enrolment.suspend 9ENG S0',
      'enrolment.suspend 9MAT S0',
    ]);
    const users = removals(withoutS0, { settings: allowing({ ...everything, enrolments: false }) });
    expect(steps(users)).toEqual(['user.suspend S0']);
    expect(users.counts).toMatchObject({ 'allowable.enrolment': 2, 'kept.enrolment': 2, 'user.suspend': 1 });
    expect(keptThings(users)).toEqual(['enrolment 9ENG S0', 'enrolment 9MAT S0']);
  });

  test('is nothing while nothing is allowed, and the numbers say what might be', () => {
    const off = { users: false, enrolments: false, courses: "don't-delete" } as const;
    const plan = removals(withoutS0, { settings: allowing(off) });
    expect(steps(plan)).toEqual([]);
    expect(plan.counts).toMatchObject({ 'allowable.user': 1, 'allowable.enrolment': 2 });
  });

  test('is the course of a class that is gone, which keeps whom it had', () => {
    const plan = removals(snapshot([...pupils, head, other], [groups[1]!], memberships(`9MAT: ${ids} T2`)));
    expect(steps(plan)).toEqual(['course.hide 9ENG']);
    expect(reasons(plan)).toEqual([expect.stringMatching(/^drift course roster-kept 9ENG \d+ \(11\)$/)]);
    // they are left as they are: nobody has an answer to give
    expect(plan.counts).not.toHaveProperty('held.enrolment');
  });

  test('are people whom KN has disabled, by name of the cause, and not their enrolments', () => {
    const disabled = snapshot(
      [{ ...pupils[0]!, disabled: true }, ...pupils.slice(1), head, { ...other, disabled: true }],
      groups,
      whole.records.membership,
    );
    for (const season of ['rollover', 'term'] as const) {
      const plan = removals(disabled, { season });
      expect(steps(plan)).toEqual(['user.suspend S0', 'user.suspend T2']);
      expect(plan.changes).toMatchObject([{ cause: 'disabled' }, { cause: 'disabled' }]);
    }
  });

  test('is not done twice', () => {
    const state = applied();
    const plan = removals(withoutS0, state);
    const after = withdraw(plan, state);
    const second = removals(withoutS0, after);
    expect(steps(second)).toEqual([]);
    expect(second.counts).toMatchObject({ 'withdrawn.user': 1, 'withdrawn.enrolment': 2 });
  });

  test('is nothing that somebody took back in Moodle since', () => {
    const state = applied();
    const after = withdraw(removals(withoutS0, state), state);
    const users = after.moodle.users.map((row) => ({ ...row, suspended: false }));
    const plan = removals(withoutS0, { ...after, moodle: { ...after.moodle, users } });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual([expect.stringMatching(/^drift user withdrawal-undone S0 \d+$/)]);
  });

  test('is nothing by a reading of changes, nor of what a sheet does not speak of [T08]', () => {
    const changes = snapshot([pupils[1]!], [], [], { reading: 'changes', complete: false });
    expect(steps(removals(changes))).toEqual([]);
    const statements = { students: false, teachers: true, groups: false };
    expect(steps(removals(snapshot([head, other], [], [], { statements })))).toEqual([]);
  });
});

describe('what is not certainly ours stays', () => {
  const changedUser = (change: object): Given => {
    const state = applied();
    const users = state.moodle.users.map((row) => (row.idnumber === 'S0' ? { ...row, ...change } : row));
    return { ...state, moodle: { ...state.moodle, users } };
  };
  const onlyUsers = allowing({ ...everything, enrolments: false });

  test.each([
    [{ timecreated: 5 }, []],
    [{ idnumber: 'S0b' }, ['link-broken']],
    [{ username: 'renamed' }, ['value-changed-in-moodle']],
    [{ siteAccount: true }, ['site-account']],
    [{ local: false }, ['foreign-account']],
  ])('an account with %o', (change, codes) => {
    const plan = removals(withoutS0, { ...changedUser(change), settings: onlyUsers });
    expect(steps(plan)).toEqual([]);
    expect(plan.notices.map(({ code }) => code)).toEqual(codes);
  });

  test('a course with another idnumber', () => {
    const state = applied();
    const courses = state.moodle.courses.map((row) => ({ ...row, idnumber: `${row.idnumber}x` }));
    const plan = removals(snapshot([...pupils, head, other]), {
      ...state,
      moodle: { ...state.moodle, courses },
    });
    expect(steps(plan)).toEqual([]);
  });

  test('enrolments and roles of other people’s making, and people who are nobody in KN [T09]', () => {
    const state = applied();
    const caregiver = user(900, { username: 'caregiver', idnumber: 'C1' });
    const course = state.moodle.courses[0]!;
    const guests = enrolled(course.id, [caregiver.id]);
    const moodle = {
      ...state.moodle,
      users: [...state.moodle.users, caregiver],
      enrolments: [...state.moodle.enrolments, ...guests],
    };
    const plan = removals(snapshot([...pupils, head, other]), { ...state, moodle });
    const touched = plan.changes.filter((one) => one.moodleId === 900 || one.moodleId === guests[0]!.id);
    expect(touched).toEqual([]);
    expect(steps(plan)).toEqual(['course.hide 9ENG', 'course.hide 9MAT']);
  });
});

test('a student who drops every class stays active [T10]', () => {
  const now = snapshot(
    [...pupils, head, other],
    groups,
    memberships(`9ENG: ${ids.replace('S0 ', '')} T1`, `9MAT: ${ids.replace('S0 ', '')} T2`),
  );
  expect(steps(removals(now))).toEqual(['enrolment.suspend 9ENG S0', 'enrolment.suspend 9MAT S0']);
});

describe('a teacher who vanishes in term [T14]', () => {
  const withoutT1 = snapshot(
    [...pupils.slice(1), other],
    groups,
    memberships(`9ENG: ${ids.replace('S0 ', '')} T2`, `9MAT: ${ids.replace('S0 ', '')} T2`),
  );

  test('is not suspended, nor anywhere unenrolled; a student is', () => {
    const plan = removals(withoutT1, { season: 'term' });
    expect(steps(plan)).toEqual([
      'user.suspend S0',
      'enrolment.suspend 9ENG S0',
      'enrolment.suspend 9MAT S0',
    ]);
    expect(plan.notices.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'teacher-gone T1',
      'teacher-gone T1',
    ]);
  });

  test('is proposed in a rollover', () => {
    expect(steps(removals(withoutT1))).toEqual([
      'user.suspend S0',
      'user.suspend T1',
      'enrolment.suspend 9ENG S0',
      'enrolment.suspend 9ENG T1',
      'enrolment.suspend 9MAT S0',
    ]);
  });

  test('and somebody of whom nobody knows what he was is taken for one', () => {
    const state = applied();
    const managed = { ...state.managed, enrolments: new Map() };
    const plan = removals(withoutS0, { ...state, managed, previous: null, season: 'term' });
    expect(steps(plan)).toEqual([]);
    expect(plan.notices.map(({ code }) => code)).toEqual(['teacher-gone']);
  });
});

describe('people who come back', () => {
  const state = applied();
  const gone = withdraw(removals(withoutS0, state), state);

  test('are the same: account and enrolments are active again, nothing is made anew [T14]', () => {
    const given = input({ ...gone, snapshot: whole, previous: withoutS0 });
    const plan = makePlan(given);
    expect(steps(plan)).toEqual([
      'user.reactivate S0',
      'enrolment.reactivate 9ENG S0',
      'enrolment.reactivate 9MAT S0',
    ]);
    const back = applyPlan(plan, given);
    expect(back.withdrawn).toEqual([]);
    expect(steps(makePlan(input({ ...back, snapshot: whole, previous: whole })))).toEqual([]);
  });

  test('stay suspended where somebody did that in Moodle himself', () => {
    const plan = makePlan(input({ ...gone, withdrawn: [], snapshot: whole, previous: withoutS0 }));
    expect(steps(plan)).toEqual([]);
    expect(plan.notices.map(({ code }) => code)).toEqual(['enrolment-suspended', 'enrolment-suspended']);
  });

  test('as whole classes have their course shown again, unless its category is hidden', () => {
    const without = snapshot([...pupils, head, other], [groups[1]!], memberships(`9MAT: ${ids} T2`));
    const hidden = withdraw(removals(without, state), state);
    const given = input({ ...hidden, snapshot: whole, previous: whole });
    expect(steps(makePlan(given))).toEqual(['course.show 9ENG']);
    const categories = hidden.moodle.categories.map((one) => ({ ...one, visible: false }));
    const covered = makePlan({ ...given, moodle: { ...hidden.moodle, categories } });
    expect(steps(covered)).toEqual([]);
    expect(covered.notices.map(({ code }) => code)).toEqual(['category-hidden']);
  });

  test('with a new login get it first, and are active under it', () => {
    const renamed = [{ ...pupils[0]!, login: 'renamed' }, ...pupils.slice(1), head, other];
    const plan = makePlan(
      input({ ...gone, snapshot: snapshot(renamed, groups, whole.records.membership), previous: withoutS0 }),
    );
    expect(steps(plan).slice(0, 2)).toEqual(['user.update S0', 'user.reactivate S0']);
    expect(plan.changes[1]).toMatchObject({ username: 'renamed' });
  });
});

describe('people who come back under a new External ID [T26]', () => {
  const state = applied();
  const named = { firstName: pupils[0]!.firstName!, surname: pupils[0]!.surname! };
  const back = student('NEW0', { ...named, login: 'new0', email: 'new0@school.example' });
  const now = snapshot(
    [...pupils.slice(1), back, head, other],
    groups,
    memberships(`9ENG: ${ids.replace('S0', 'NEW0')} T1`, `9MAT: ${ids.replace('S0', 'NEW0')} T2`),
  );

  test('are not suspended while it is open whether they are the same', () => {
    const plan = removals(now, state);
    expect(steps(plan)).toEqual([]);
    expect(new Set(plan.notices.map(({ code }) => code))).toEqual(new Set(['rematch-open']));
  });

  test('have the old account and its enrolments again once a person says so, and keep them', () => {
    const gone = withdraw(removals(withoutS0, state), state);
    const account = state.managed.users.get('S0')!.moodleId;
    const given = input({
      ...gone,
      snapshot: now,
      previous: withoutS0,
      answers: answers({ [`user NEW0 ${account}`]: 'accepted' }),
    });
    const plan = makePlan(given);
    expect(steps(plan)).toEqual([
      'user.link NEW0',
      'user.reactivate NEW0',
      'enrolment.reactivate 9ENG NEW0',
      'enrolment.reactivate 9MAT NEW0',
    ]);
    const after = applyPlan(plan, given);
    const later = { ...given, ...after, previous: now };
    expect(steps(makePlan(input(later)))).toEqual([]);
    expect(steps(removals(now, later))).toEqual([]);
    // and under the new one they leave again
    const left = removals(withoutS0, { ...later, settings: allowing(everything) });
    expect(steps(left)).toEqual([
      'user.suspend NEW0',
      'enrolment.suspend 9ENG NEW0',
      'enrolment.suspend 9MAT NEW0',
    ]);
  });
});

describe('rosters that the SMS has emptied [T16]', () => {
  test('do not empty last year’s courses, class by class [T06]', () => {
    const emptied = snapshot([...pupils, head, other], groups, memberships('9ENG: S1 T1', '9MAT: T2'));
    const plan = removals(emptied);
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual([
      expect.stringMatching(/^drift course roster-kept 9ENG \d+ \(9\)$/),
      expect.stringMatching(/^drift course roster-kept 9MAT \d+ \(10\)$/),
    ]);
  });

  test('are no reason to keep one who leaves a class that goes on', () => {
    const now = snapshot(
      [...pupils, head, other],
      groups,
      memberships(`9ENG: ${ids.replace('S0 ', '')} T1`, '9MAT: T2'),
    );
    expect(steps(removals(now))).toEqual(['enrolment.suspend 9ENG S0']);
  });

  test('are not a class that turned over and goes on', () => {
    const next = Array.from({ length: 10 }, (_, at) => student(`N${at}`));
    const codes = next.map(({ externalId }) => externalId).join(' ');
    const before = snapshot([...pupils, ...next, head], [groups[0]!], memberships(`9ENG: ${ids} T1`));
    const now = snapshot([...pupils, ...next, head], [groups[0]!], memberships(`9ENG: ${codes} T1`));
    const state = applied(before);
    const given = input({
      ...state,
      snapshot: now,
      previous: before,
      answers: answers({}, { '9ENG': 'continues' }),
    });
    const after = applyPlan(makePlan(given), given);
    const plan = removals(now, { ...given, ...after, settings: allowing(everything) });
    expect(steps(plan)).toEqual(pupils.map(({ externalId }) => `enrolment.suspend 9ENG ${externalId}`));
  });
});

describe('a code that is used again [T15]', () => {
  const next = Array.from({ length: 10 }, (_, at) => student(`N${at}`));
  const codes = next.map(({ externalId }) => externalId).join(' ');
  const now = snapshot(
    [...pupils, ...next, head, other],
    groups,
    memberships(`9ENG: ${codes} T1`, `9MAT: ${ids} T2`),
  );

  test('takes nobody out of last year’s course while nobody has answered', () => {
    const plan = removals(now);
    expect(steps(plan)).toEqual([]);
    expect(plan.notices.map(({ code, subject }) => `${code} ${subject}`)).toEqual(['roster-kept 9ENG']);
  });

  test('leaves last year’s course with last year’s students once it has a new one', () => {
    const given = input({
      ...applied(),
      snapshot: now,
      previous: whole,
      answers: answers({}, { '9ENG': 'new-course' }),
    });
    const waiting = removals(now, given);
    expect(steps(waiting)).toEqual([]);
    const after = applyPlan(makePlan(given), given);
    const plan = removals(now, { ...given, ...after, previous: now, settings: allowing(everything) });
    // hidden as every course of a class that is gone, with everybody in it
    expect(steps(plan)).toEqual(['course.hide 9ENG@2027']);
  });
});

describe('an account that was merged into another one [T25]', () => {
  test('in KnowledgeNET: the enrolments of the one that is gone are closed', () => {
    const twin = student('S0b', { firstName: 'Other', surname: 'Name' });
    const before = snapshot(
      [...pupils, twin, head, other],
      groups,
      memberships(`9ENG: ${ids} S0b T1`, `9MAT: ${ids} S0b T2`),
    );
    const plan = removals(whole, { ...applied(before), previous: before });
    expect(steps(plan)).toEqual([
      'user.suspend S0b',
      'enrolment.suspend 9ENG S0b',
      'enrolment.suspend 9MAT S0b',
    ]);
  });

  test('in Moodle: ours in the account that the person no longer has are closed', () => {
    const state = applied();
    const loser = state.managed.users.get('S0')!;
    const winner = user(950, { username: loser.username, idnumber: 'S0', email: 's0@school.example' });
    const users = [
      ...state.moodle.users.map((row) =>
        row.id === loser.moodleId ? { ...row, username: 'merged', idnumber: '', email: 'x@y.example' } : row,
      ),
      winner,
    ];
    const course = state.moodle.courses.find((one) => one.idnumber === '9ENG')!;
    const enrolments = [...state.moodle.enrolments, ...enrolled(course.id, [winner.id])];
    const managed = {
      ...state.managed,
      users: new Map(state.managed.users).set('S0', {
        ...loser,
        moodleId: winner.id,
        timecreated: winner.timecreated,
      }),
    };
    const plan = removals(whole, { managed, moodle: { ...state.moodle, users, enrolments } });
    expect(steps(plan)).toEqual(['enrolment.suspend 9ENG S0', 'enrolment.suspend 9MAT S0']);
    expect(plan.changes.every((one) => one.kind === 'enrolment' && one.userId === loser.moodleId)).toBe(true);
    expect(plan.changes).toMatchObject([{ cause: 'merged' }, { cause: 'merged' }]);
  });
});
