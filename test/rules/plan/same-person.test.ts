import { describe, expect, test } from 'vitest';
import type { PersonRecord } from '../../../data/model/snapshot.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { nameKey } from '../../../data/rules/plan/same-person.js';
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
  teacher,
  user,
} from './school.js';

const names = { firstName: 'Aroha', surname: 'Ngā-Puhi' };
const before = student('S1', { ...names, nsn: '140000001', yearLevel: '9' });
const account = accountOf(5, before);

/** Last year's S1 has an account of ours; this year KN has `now` instead. */
function instead(now: PersonRecord, more: Partial<PlanInput> = {}): Partial<PlanInput> {
  return {
    snapshot: snapshot([now]),
    previous: snapshot([before]),
    moodle: moodle({ users: [account] }),
    managed: managed([managedUser(account, before)]),
    ...more,
  };
}

describe('an External ID that seems to have changed [T28]', () => {
  test('is proposed by the National Student Number, and nobody is made meanwhile', () => {
    const now = student('S-1', { nsn: '140000001', yearLevel: '12' });
    const plan = planFor(instead(now));
    expect(proposed(plan)).toEqual(['user S-1 5 id-change,nsn']);
    expect(reasons(plan)).toEqual(['held user link-proposed S-1 5']);
    expect(steps(plan)).toEqual([]);
  });

  test('is proposed by name, type and year level, with macrons and hyphens apart', () => {
    const now = student('S-1', { firstName: 'AROHA', surname: 'Nga Puhi', yearLevel: '10' });
    expect(proposed(planFor(instead(now)))).toEqual(['user S-1 5 id-change,similar-name']);
    for (const other of [{ ...now, yearLevel: '12' }, teacher('S-1', names)])
      expect(proposed(planFor(instead(other)))).toEqual([]);
  });

  test('accepted, the account goes on under the new id, and there is nothing left to do', () => {
    const now = student('S-1', { ...names, nsn: '140000001' });
    const given = input(instead(now, { answers: answers({ 'user S-1 5': 'accepted' }) }));
    const plan = planFor(given);
    expect(steps(plan)).toEqual(['user.link S-1']);
    expect(plan.proposals).toEqual([]);
    const applied = applyPlan(plan, given);
    expect(applied.moodle.users.map(({ id, idnumber }) => [id, idnumber])).toEqual([[5, 'S-1']]);
    expect(planFor({ ...given, ...applied, previous: given.snapshot }).changes).toEqual([]);
  });

  test('refused, the person is somebody else and gets an account', () => {
    const now = student('S-1', { nsn: '140000001' });
    const plan = planFor(instead(now, { answers: answers({ 'user S-1 5': 'refused' }) }));
    expect(steps(plan)).toEqual(['user.create S-1']);
  });

  test('is none when the old id is still there, withheld, or not spoken of', () => {
    const now = student('S-1', { nsn: '140000001', ...names });
    expect(proposed(planFor(instead(now, { snapshot: snapshot([now, before]) })))).toEqual([]);
    const withheld = { persons: new Set(['S1']), groups: new Set<string>() };
    for (const more of [{ withheld }, { complete: false }]) {
      const spoken = snapshot([now], [], [], more);
      expect(proposed(planFor(instead(now, { snapshot: spoken })))).toEqual([]);
    }
  });

  test('is none when the account is also somebody whose record a finding holds back', () => {
    const now = student('S-1', { nsn: '140000001' });
    const withheld = { persons: new Set(['S7']), groups: new Set<string>() };
    const ours = managed([managedUser(account, before), managedUser(account, student('S7'))]);
    const spoken = snapshot([now], [], [], { withheld });
    expect(proposed(planFor(instead(now, { snapshot: spoken, managed: ours })))).toEqual([]);
  });

  test('is none for the account that we work as', () => {
    const now = student('S-1', { nsn: '140000001' });
    const given = input(instead(now));
    const settings = { ...given.settings, actor: account.username };
    expect(proposed(planFor(instead(now, { settings })))).toEqual([]);
  });
});

describe('somebody who comes back under a new id [T26]', () => {
  const now = student('S-1', names);
  const gone = { previous: snapshot([student('S9')]) };

  test('is offered the old account however long ago it was, and never given it unasked', () => {
    const plan = planFor(instead(now, gone));
    expect(proposed(plan)).toEqual(['user S-1 5 name,came-back,similar-name']);
    expect(steps(plan)).toEqual([]);
  });

  test('is recognised by the National Student Number that was kept with the account, whatever the name', () => {
    const kept = { managed: managed([managedUser(account, before, { nsn: '140000001' })]) };
    const married = student('S-1', { firstName: 'Aroha', surname: 'Smith', nsn: '140000001' });
    const plan = planFor(instead(married, { ...gone, ...kept }));
    expect(proposed(plan)).toEqual(['user S-1 5 came-back,nsn']);
    expect(steps(plan)).toEqual([]);
    const both = student('S-1', { ...names, nsn: '140000001' });
    expect(proposed(planFor(instead(both, { ...gone, ...kept })))).toEqual([
      'user S-1 5 name,came-back,nsn,similar-name',
    ]);
  });

  test('is recognised by a profile field, blanks and leading zeros apart', () => {
    const numbered = { ...account, nsn: '0140 000 001' };
    const other = student('S-1', { nsn: '140000001' });
    const plan = planFor(instead(other, { ...gone, moodle: moodle({ users: [numbered] }) }));
    expect(proposed(plan)).toEqual(['user S-1 5 came-back,nsn']);
  });

  test('an accepted answer holds when what spoke for it is gone', () => {
    const other = student('S-1', { firstName: 'Somebody', surname: 'Else' });
    const given = { ...gone, answers: answers({ 'user S-1 5': 'accepted' }) };
    expect(steps(planFor(instead(other, given)))).toEqual(['user.link S-1']);
  });

  test('is nobody in particular when two are called so [T22]', () => {
    const twin = student('S-2', names);
    const plan = planFor(instead(now, { ...gone, snapshot: snapshot([now, twin]) }));
    expect(proposed(plan)).toEqual([]);
    const namesake = user(6, { firstname: names.firstName, lastname: names.surname });
    expect(
      proposed(planFor(instead(now, { ...gone, moodle: moodle({ users: [account, namesake] }) }))),
    ).toEqual([]);
  });
});

describe('an account that nobody links', () => {
  const now = student('S-1', { ...names, nsn: '140000001' });

  test('with the National Student Number as its idnumber is proposed, and linked when accepted', () => {
    const numbered = user(7, { idnumber: '140000001' });
    const given = { snapshot: snapshot([now]), moodle: moodle({ users: [numbered] }) };
    expect(proposed(planFor(given))).toEqual(['user S-1 7 nsn']);
    const accepted = planFor({ ...given, answers: answers({ 'user S-1 7': 'accepted' }) });
    expect(steps(accepted)).toEqual(['user.link S-1']);
  });

  test('with the number in a profile field is proposed; of two nobody is', () => {
    const one = user(7, { nsn: '140000001' });
    expect(proposed(planFor({ snapshot: snapshot([now]), moodle: moodle({ users: [one] }) }))).toEqual([
      'user S-1 7 nsn',
    ]);
    const two = moodle({ users: [one, user(8, { nsn: '140000001' })] });
    expect(proposed(planFor({ snapshot: snapshot([now]), moodle: two }))).toEqual([]);
  });

  test('is not taken from the person whose External ID it has, though that is a number of another one', () => {
    const owner = student('140000001');
    const given = {
      snapshot: snapshot([now, owner]),
      moodle: moodle({ users: [user(7, { idnumber: '140000001' })] }),
      answers: answers({ 'user S-1 7': 'accepted' }),
    };
    const plan = planFor(given);
    expect(proposed(plan)).toEqual([]);
    expect(steps(plan)).toEqual(['user.link 140000001', 'user.create S-1']);
  });

  test('of the same name is proposed when nobody else is called so', () => {
    const given = {
      snapshot: snapshot([now]),
      moodle: moodle({ users: [user(7, { firstname: 'aroha', lastname: 'Nga Puhi' })] }),
    };
    expect(proposed(planFor(given))).toEqual(['user S-1 7 similar-name']);
    expect(steps(planFor(given))).toEqual([]);
  });
});

test('names are compared by their letters', () => {
  expect(nameKey('Māia', "O'Brien")).toBe(nameKey('maia', 'OBrien'));
  expect(nameKey('', 'Smith')).toBe('');
  expect(nameKey('ANNA', 'Lee')).not.toBe(nameKey('Ann', 'ALee'));
});

describe('a class that goes on under another code [T32]', () => {
  const students = ['S1', 'S2', 'S3'].map((id) => student(id));
  const old = course(30, '10MAT1');
  const chess = { name: 'Chess' };
  const given = (line: string, name = 'chess'): Partial<PlanInput> => ({
    previous: snapshot(students, [group('10MAT1', chess)], memberships('10MAT1: S1 S2 S3')),
    snapshot: snapshot(students, [group('X77', { name })], memberships(line)),
    moodle: moodle({ courses: [old] }),
    managed: managed([], [managedCourse(old, '10MAT1')]),
  });

  test('is offered last year’s course, and nothing waits for the answer', () => {
    const plan = planFor(given('X77: S1 S2'));
    expect(proposed(plan)).toEqual(['course X77 30 members,name']);
    expect(steps(plan)).toContain('course.create X77');
  });

  test('accepted, goes on in it', () => {
    const plan = planFor({ ...given('X77: S1 S2'), answers: answers({ 'course X77 30': 'accepted' }) });
    expect(steps(plan)).toContain('course.link X77');
    expect(steps(plan)).not.toContain('course.create X77');
  });

  test('is not meant when the name is another one, or half of the students or less are the same', () => {
    expect(proposed(planFor(given('X77: S1 S2', 'Drama')))).toEqual([]);
    const more = ['S4', 'S5', 'S6'].map((id) => student(id));
    const half = snapshot(
      [...students, ...more],
      [group('X77', chess)],
      memberships('X77: S1 S2 S3 S4 S5 S6'),
    );
    expect(proposed(planFor({ ...given(''), snapshot: half }))).toEqual([]);
  });
});
