import { describe, expect, test } from 'vitest';
import type { UserUpdate } from '../../../data/model/plan.js';
import type { PersonRecord } from '../../../data/model/snapshot.js';
import type { MoodleUser } from '../../../data/moodle/state.js';
import type { PlanInput } from '../../../data/rules/plan/plan-input.js';
import { doings } from './doings.js';
import { planFor, proposed, reasons, steps } from './look.js';
import {
  accountOf,
  answers,
  course,
  enrolled,
  group,
  managed,
  managedCourse,
  managedUser,
  memberships,
  moodle,
  settings,
  site,
  snapshot,
  student,
  user,
} from './school.js';

const jane = student('S1');
const account = accountOf(5, jane);

/** Jane's account is ours; Moodle has `now`, KN says `person`. */
function janes(now: readonly MoodleUser[], person: PersonRecord = jane): Partial<PlanInput> {
  return {
    snapshot: snapshot([person]),
    moodle: moodle({ users: now }),
    managed: managed([managedUser(account, jane)]),
  };
}

describe('an account that is ours', () => {
  test('needs nothing as long as nothing changes', () => {
    const plan = planFor(janes([account]));
    expect(doings(plan)).toEqual({});
  });

  test('deleted in Moodle is not made again', () => {
    const plan = planFor(janes([]));
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user user-deleted S1 5']);
  });

  test('deleted, and made again by somebody with the same idnumber, is relinked with one answer', () => {
    const again = accountOf(9, jane);
    const plan = planFor(janes([again]));
    expect(proposed(plan)).toEqual(['user S1 9 relink']);
    const accepted = planFor({ ...janes([again]), answers: answers({ 'user S1 9': 'accepted' }) });
    expect(accepted.changes).toMatchObject([{ operation: 'link', moodleId: 9, idnumberBefore: 'S1' }]);
    expect(reasons(accepted)).toEqual(['drift user user-deleted S1 5 9']);
  });

  test('whose idnumber was blanked is reported, not blanked in KN nor made twice [T27]', () => {
    const blanked = { ...account, idnumber: '' };
    const plan = planFor(janes([blanked]));
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user link-broken S1 5']);
    expect(proposed(plan)).toEqual(['user S1 5 relink']);
    const accepted = planFor({ ...janes([blanked]), answers: answers({ 'user S1 5': 'accepted' }) });
    expect(accepted.changes).toMatchObject([{ operation: 'link', moodleId: 5, idnumberBefore: '' }]);
  });

  test('whose refused relink stays reported', () => {
    const plan = planFor({
      ...janes([{ ...account, idnumber: '' }]),
      answers: answers({ 'user S1 5': 'refused' }),
    });
    expect(proposed(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user link-broken S1 5']);
  });

  test('is not the row that a restored Moodle has under its id', () => {
    const stranger = user(5, { timecreated: account.timecreated + 60, username: 's1', idnumber: 'S1' });
    const plan = planFor(janes([stranger]));
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user link-restored S1 5']);
    const other = planFor(janes([user(5, { timecreated: 1, username: 'x', idnumber: 'S77' })]));
    expect(reasons(other)).toEqual(['conflict user link-restored S1 5']);
    expect(proposed(other)).toEqual([]);
  });

  test('with a twin that has its idnumber is left alone [T24]', () => {
    const plan = planFor(janes([account, user(6, { idnumber: 's1' })]));
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user duplicate-idnumber S1 5 6']);
  });

  test.each([
    ['made an administrator', { siteAccount: true }, 'site-account'],
    ['moved to another host', { local: false }, 'foreign-account'],
  ])('%s is never touched again', (_, more, code) => {
    const plan = planFor(janes([{ ...account, ...more }], { ...jane, surname: 'New' }));
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual([`conflict user ${code} S1 5`]);
  });

  test('of a person who is disabled in KN is left as it is', () => {
    const plan = planFor(janes([account], { ...jane, disabled: true, surname: 'New' }));
    expect(doings(plan)).toEqual({});
  });
});

test('an account that relinking leaves without owner can be accepted for somebody else in the same plan', () => {
  const blanked = { ...account, idnumber: '' };
  const again = accountOf(9, jane, { username: 'jane.again', email: 'again@school.example' });
  const parts: Partial<PlanInput> = {
    ...janes([blanked, again]),
    snapshot: snapshot([jane, student('S2', { login: 's1' })]),
    answers: answers({ 'user S1 9': 'accepted', 'user S2 5': 'accepted' }),
  };
  expect(steps(planFor(parts))).toEqual(['user.link S1', 'user.link S2']);
  const onlyOne = { ...parts, answers: answers({ 'user S2 5': 'accepted' }) };
  expect(steps(planFor(onlyOne))).toEqual([]);
});

describe('a login changed in Moodle', () => {
  const renamed = { ...account, username: 'jane.elsewhere' };
  const math = course(20, '9MAT');
  const parts: Partial<PlanInput> = {
    ...janes([renamed]),
    snapshot: snapshot([{ ...jane, surname: 'New' }], [group('9MAT')], memberships('9MAT: S1')),
    moodle: moodle({ users: [renamed], courses: [math] }),
    managed: managed([managedUser(account, jane)], [managedCourse(math, '9MAT')]),
  };

  test('does not stop enrolments, because id, idnumber and time of creation still agree', () => {
    const plan = planFor(parts);
    expect(steps(plan)).toEqual(['enrolment.create 9MAT S1 student']);
    expect(reasons(plan)).toEqual(['drift user value-changed-in-moodle S1 5']);
    expect(proposed(plan)).toEqual(['user S1 5 relink']);
  });

  test('stops updates until a person has looked at it', () => {
    const plan = planFor({ ...parts, answers: answers({ 'user S1 5': 'accepted' }) });
    expect(steps(plan)).toEqual(['user.link S1', 'user.update S1', 'enrolment.create 9MAT S1 student']);
  });

  test('of a whole school does not stop the year: everybody is still enrolled', () => {
    const people = Array.from({ length: 40 }, (_, at) => student(`S${at + 1}`));
    const accounts = people.map((person, at) => accountOf(100 + at, person));
    const plan = planFor({
      snapshot: snapshot(
        people,
        [group('9MAT')],
        people.map(({ externalId }) => ({ group: '9MAT', person: externalId })),
      ),
      moodle: moodle({
        users: accounts.map((one) => ({ ...one, username: `${one.username}@sso.example` })),
        courses: [math],
      }),
      managed: managed(
        accounts.map((one, at) => managedUser(one, people[at]!)),
        [managedCourse(math, '9MAT')],
      ),
    });
    expect(plan.counts).toMatchObject({ 'enrolment.create': 40, 'proposal.user': 40 });
  });
});

describe('values that KN owns', () => {
  function update(
    person: PersonRecord,
    now: MoodleUser,
    more: Partial<PlanInput> = {},
  ): UserUpdate | undefined {
    const plan = planFor({ ...janes([now], person), ...more });
    return plan.changes.find(
      (change): change is UserUpdate => change.operation === 'update' && change.kind === 'user',
    );
  }

  test('follow into Moodle when KN changed and Moodle still has what we wrote', () => {
    const changed = { ...jane, surname: 'Married', login: 'Jane.New' };
    expect(update(changed, account)).toMatchObject({
      before: { username: 's1', lastname: 'Last S1' },
      after: { username: 'jane.new', lastname: 'Married' },
    });
  });

  test('are left where Moodle has another value by now', () => {
    const changed = { ...jane, surname: 'Married' };
    const plan = planFor(janes([{ ...account, lastname: 'By hand' }], changed));
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['drift user value-changed-in-moodle S1 5']);
  });

  test('are left where only Moodle changed', () => {
    expect(doings(planFor(janes([{ ...account, lastname: 'By hand' }])))).toEqual({});
  });

  test('never blank what Moodle has', () => {
    const blank = { ...jane, surname: '', email: '' };
    expect(doings(planFor(janes([account], blank)))).toEqual({});
  });

  test('are not those that the settings leave to Moodle', () => {
    const changed = { ...jane, surname: 'Married', firstName: 'Janet' };
    const given = { settings: settings({ ownedByKN: ['firstname'] }) };
    expect(update(changed, account, given)?.after).toEqual({ firstname: 'Janet' });
  });

  test('of an adopted account follow only where it had KN’s value', () => {
    const fields = {
      firstname: { kn: 'First S1', moodle: null },
      lastname: { kn: 'Last S1', moodle: 'Last S1' },
    };
    const given = {
      managed: managed([
        managedUser(account, jane, { fields: { ...managedUser(account, jane).fields, ...fields } }),
      ]),
    };
    const plan = planFor({
      ...janes([{ ...account, firstname: 'Jay' }], { ...jane, firstName: 'Janet', surname: 'Married' }),
      ...given,
    });
    expect(plan.changes).toMatchObject([{ after: { lastname: 'Married' } }]);
    expect(reasons(plan)).toEqual(['drift user value-changed-in-moodle S1 5']);
  });

  test('that Moodle would refuse are reported', () => {
    const plan = planFor(janes([account], { ...jane, login: 'two words' }));
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user person-invalid S1 5']);
  });

  test('that somebody else has are a conflict; the others follow', () => {
    const other = user(6, { username: 'wanted', email: 'wanted@school.example', idnumber: 'X' });
    const changed = { ...jane, login: 'WANTED', email: 'Wanted@school.example', surname: 'Married' };
    const plan = planFor(janes([account, other], changed));
    expect(plan.changes).toMatchObject([{ after: { lastname: 'Married' } }]);
    expect(reasons(plan)).toEqual([
      'conflict user email-taken S1 5 6',
      'conflict user username-taken S1 5 6',
    ]);
  });

  test('an address may be shared where Moodle lets it', () => {
    const other = user(6, { email: 'wanted@school.example' });
    const plan = planFor({
      ...janes([account, other], { ...jane, email: 'wanted@school.example' }),
      site: { ...site, allowSameEmail: true },
    });
    expect(plan.changes).toMatchObject([{ after: { email: 'wanted@school.example' } }]);
  });

  test('a login that one gives up and another takes: in that order', () => {
    const [one, two] = [student('S1', { login: 'freed' }), student('S2', { login: 's1' })];
    const accounts = [account, accountOf(6, student('S2'))];
    const plan = planFor({
      snapshot: snapshot([two, one, student('S3', { login: 's2', email: 'new@school.example' })]),
      moodle: moodle({ users: accounts }),
      managed: managed([managedUser(account, jane), managedUser(accounts[1]!, student('S2'))]),
    });
    expect(steps(plan)).toEqual(['user.update S1', 'user.update S2', 'user.create S3']);
  });

  test('logins that two swap are a conflict of both', () => {
    const accounts = [account, accountOf(6, student('S2'))];
    const plan = planFor({
      snapshot: snapshot([student('S1', { login: 's2' }), student('S2', { login: 's1' })]),
      moodle: moodle({ users: accounts }),
      managed: managed([managedUser(account, jane), managedUser(accounts[1]!, student('S2'))]),
    });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual([
      'conflict user username-taken S1 5 6',
      'conflict user username-taken S2 5 6',
    ]);
  });
});

test('a person who was linked and has enrolments keeps them while the link is broken [T30]', () => {
  const math = course(20, '9MAT');
  const rows = enrolled(20, [5]);
  const plan = planFor({
    snapshot: snapshot([jane], [group('9MAT')], memberships('9MAT: S1')),
    moodle: moodle({
      users: [{ ...account, idnumber: 'changed' }],
      courses: [math],
      enrolments: rows,
      roles: { '20:5': 'student' },
    }),
    managed: managed(
      [managedUser(account, jane)],
      [managedCourse(math, '9MAT')],
      [{ row: rows[0]!, group: '9MAT', person: 'S1' }],
    ),
  });
  expect(steps(plan)).toEqual([]);
  expect(plan.kept).toEqual([]);
  expect(reasons(plan)).toEqual(['conflict user link-broken S1 5', 'held user person-missing S1 5 (1)']);
});
