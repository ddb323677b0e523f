import { describe, expect, test } from 'vitest';
import { planFor, proposed, reasons, steps } from './look.js';
import {
  accountOf,
  answers,
  input,
  managed,
  managedUser,
  moodle,
  settings,
  site,
  snapshot,
  student,
  teacher,
  user,
} from './school.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';

const jane = student('S1', { login: 'Jane.Smith', email: 'jane@school.example' });

describe('a person of whom Moodle knows nothing', () => {
  test('is created with KN’s values, the login in small letters', () => {
    const plan = planFor({ snapshot: snapshot([jane]), settings: settings({ users: { auth: 'oauth2' } }) });
    expect(plan.changes).toEqual([
      {
        seq: 1,
        kind: 'user',
        operation: 'create',
        externalId: 'S1',
        userType: 'student',
        withPassword: false,
        values: {
          username: 'jane.smith',
          firstname: 'First S1',
          lastname: 'Last S1',
          email: 'jane@school.example',
          idnumber: 'S1',
          auth: 'oauth2',
        },
      },
    ]);
  });

  test('gets a password only where one is kept and Moodle itself keeps passwords', () => {
    const people = { snapshot: snapshot([jane, teacher('T1')]), passwordsFor: new Set(['S1']) };
    const withPassword = (auth: string): unknown[] =>
      planFor({ ...people, settings: settings({ users: { auth } }) }).changes.map(
        (change) => 'withPassword' in change && change.withPassword,
      );
    expect(withPassword('manual')).toEqual([true, false]);
    expect(withPassword('oauth2')).toEqual([false, false]);
  });

  test('is not created while KN has the person disabled', () => {
    const plan = planFor({ snapshot: snapshot([student('S1', { disabled: true })]) });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['drift user person-disabled S1']);
  });

  test.each([
    ['no login', { login: '' }],
    ['a login that Moodle refuses', { login: 'two words' }],
    ['a login longer than the column', { login: 'x'.repeat(101) }],
    ['no first name', { firstName: '' }],
    ['no surname', { surname: '' }],
    ['a name longer than the column', { surname: 'x'.repeat(101) }],
    ['no e-mail address', { email: '' }],
    ['a broken e-mail address', { email: 'jane@' }],
  ])('is refused with %s', (_, wrong) => {
    const plan = planFor({ snapshot: snapshot([student('S1', wrong)]) });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user person-invalid S1']);
  });

  test('is created without an e-mail address where the school allows it', () => {
    const parts = { snapshot: snapshot([student('S1', { email: '' })]) };
    const users = { auth: 'manual', withoutEmail: true };
    expect(steps(planFor({ ...parts, settings: settings({ users }) }))).toEqual(['user.create S1']);
  });

  test.each(["O'Brien", 'Tūhoe', 'Ngā-Puhi (Sam)'])('may be called %s [T49]', (surname) => {
    expect(steps(planFor({ snapshot: snapshot([student('S1', { surname })]) }))).toEqual(['user.create S1']);
  });
});

describe('identity is the idnumber, compared exactly', () => {
  test('an account with exactly the External ID is adopted as it is', () => {
    const account = user(5, { idnumber: 'S1', username: 'old.login' });
    const plan = planFor({ snapshot: snapshot([jane]), moodle: moodle({ users: [account] }) });
    expect(plan.changes).toEqual([
      {
        seq: 1,
        kind: 'user',
        operation: 'link',
        externalId: 'S1',
        userType: 'student',
        moodleId: 5,
        username: 'old.login',
        idnumberBefore: 'S1',
        values: {
          username: 'jane.smith',
          firstname: 'First S1',
          lastname: 'Last S1',
          email: 'jane@school.example',
          idnumber: 'S1',
        },
      },
    ]);
  });

  test.each(['s1', 'Ś1', 'S1 '])('%j, which only Moodle calls equal, is a conflict [T18]', (idnumber) => {
    const plan = planFor({ snapshot: snapshot([jane]), moodle: moodle({ users: [user(5, { idnumber })] }) });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user idnumber-collation S1 5']);
  });

  test('an empty idnumber matches nobody [T21]', () => {
    const admin = user(2, { username: 'admin', email: 'admin@school.example', siteAccount: true });
    const guest = user(1, { username: 'guest', email: '', siteAccount: true });
    const plan = planFor({
      snapshot: snapshot([student('', { login: 'blank', email: 'blank@school.example' }), jane]),
      moodle: moodle({ users: [guest, admin] }),
    });
    expect(steps(plan).filter((step) => step.startsWith('user.link'))).toEqual([]);
    expect(proposed(plan)).toEqual([]);
  });

  test('a person without External ID is never created', () => {
    const plan = planFor({
      snapshot: snapshot([student('', { login: 'blank', email: 'b@school.example' })]),
    });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user person-invalid ']);
  });

  test('of several accounts with the idnumber none is picked [T24]', () => {
    const users = [user(6, { idnumber: 'S1' }), user(5, { idnumber: 'S1' })];
    const plan = planFor({ snapshot: snapshot([jane, student('S2')]), moodle: moodle({ users }) });
    expect(steps(plan)).toEqual(['user.create S2']);
    expect(reasons(plan)).toEqual(['conflict user duplicate-idnumber S1 5 6']);
  });

  test('two persons whose ids Moodle calls equal are both left', () => {
    const twin = student('s1', { login: 'other', email: 'other@school.example' });
    const plan = planFor({ snapshot: snapshot([jane, twin]) });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual([
      'conflict user idnumber-collation S1',
      'conflict user idnumber-collation s1',
    ]);
  });

  test.each([
    ['an administrator', { siteAccount: true }, 'site-account'],
    ["another host's account", { local: false }, 'foreign-account'],
  ])('%s is never linked, also with the very idnumber', (_, more, code) => {
    const plan = planFor({
      snapshot: snapshot([jane]),
      moodle: moodle({ users: [user(5, { idnumber: 'S1', ...more })] }),
    });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual([`conflict user ${code} S1 5`]);
  });

  test('an account that is ours for somebody else needs a person’s word', () => {
    const account = user(5, { idnumber: 'S1' });
    const former = student('OLD1');
    const parts = {
      snapshot: snapshot([jane]),
      moodle: moodle({ users: [account] }),
      managed: managed([managedUser(account, former)]),
    };
    const plan = planFor(parts);
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user link-broken S1 5']);
    expect(proposed(plan)).toEqual(['user S1 5 relink']);
    expect(steps(planFor({ ...parts, answers: answers({ 'user S1 5': 'accepted' }) }))).toEqual([
      'user.link S1',
    ]);
    // While KN still has that somebody, the account can only go back to where it belongs.
    const both = planFor({ ...parts, snapshot: snapshot([jane, former]) });
    expect(proposed(both)).toEqual(['user OLD1 5 relink']);
  });
});

describe('a login or address that is taken', () => {
  const byHand = user(5, { username: 'jane.smith', email: 'JANE@school.example' });

  test('by an account without idnumber: adoption is proposed, not creation and not failure [T20]', () => {
    const plan = planFor({ snapshot: snapshot([jane, student('S2')]), moodle: moodle({ users: [byHand] }) });
    expect(steps(plan)).toEqual(['user.create S2']);
    expect(proposed(plan)).toEqual(['user S1 5 login,email']);
    expect(reasons(plan)).toEqual(['held user link-proposed S1 5']);
  });

  test.each(['Jane.Smith', 'JANE.SMITH', 'jané.smith'])(
    '%s in Moodle is the same login [T18]',
    (username) => {
      const account = user(5, { username });
      const plan = planFor({ snapshot: snapshot([jane]), moodle: moodle({ users: [account] }) });
      expect(proposed(plan)).toEqual(['user S1 5 login']);
    },
  );

  test('what a person accepts is linked, and gets the idnumber', () => {
    const plan = planFor({
      snapshot: snapshot([jane]),
      moodle: moodle({ users: [byHand] }),
      answers: answers({ 'user S1 5': 'accepted' }),
    });
    expect(plan.changes).toMatchObject([
      { operation: 'link', moodleId: 5, idnumberBefore: '', externalId: 'S1' },
    ]);
    expect(plan.proposals).toEqual([]);
  });

  test('what a person refuses stands in the way like anybody else’s', () => {
    const refused = { snapshot: snapshot([jane]), answers: answers({ 'user S1 5': 'refused' }) };
    const byLogin = planFor({ ...refused, moodle: moodle({ users: [byHand] }) });
    expect(reasons(byLogin)).toEqual(['conflict user username-taken S1 5']);
    const sameMail = user(5, { email: 'jane@school.example' });
    expect(reasons(planFor({ ...refused, moodle: moodle({ users: [sameMail] }) }))).toEqual([
      'conflict user email-taken S1 5',
    ]);
    const shared = planFor({
      ...refused,
      moodle: moodle({ users: [sameMail] }),
      site: { ...site, allowSameEmail: true },
    });
    expect(steps(shared)).toEqual(['user.create S1']);
  });

  test('by somebody with another idnumber: a conflict, never a merge [T23]', () => {
    const other = accountOf(5, student('S9', { login: 'jane.smith' }));
    const plan = planFor({
      snapshot: snapshot([jane]),
      moodle: moodle({ users: [other] }),
      answers: answers({ 'user S1 5': 'accepted' }),
    });
    expect(steps(plan)).toEqual([]);
    expect(proposed(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user username-taken S1 5']);
  });

  test('an address that two accounts have is a conflict, and everybody else goes on [T19]', () => {
    const users = [5, 6].map((id) => user(id, { email: 'jane@school.example' }));
    const plan = planFor({
      snapshot: snapshot([jane, student('S2'), teacher('T1')]),
      moodle: moodle({ users }),
    });
    expect(steps(plan)).toEqual(['user.create S2', 'user.create T1']);
    expect(reasons(plan)).toEqual(['conflict user email-taken S1 5 6']);
    expect(proposed(plan)).toEqual(['user S1 5 email', 'user S1 6 email']);
  });

  test('a name alone is no evidence [T22]', () => {
    const names = { firstname: 'John', lastname: 'Smith' };
    const john = student('S1', { firstName: 'John', surname: 'Smith' });
    const plan = planFor({
      snapshot: snapshot([john, student('S2', { firstName: 'John', surname: 'Smith' })]),
      moodle: moodle({ users: [user(5, names), user(6, names)] }),
    });
    expect(proposed(plan)).toEqual([]);
    expect(steps(plan)).toEqual(['user.create S1', 'user.create S2']);
    const withLogin = planFor({
      snapshot: snapshot([john]),
      moodle: moodle({ users: [user(5, { ...names, username: 's1' })] }),
    });
    expect(proposed(withLogin)).toEqual(['user S1 5 login,name,similar-name']);
  });

  test('by an administrator, by the account that we work as, or by what is ours: never proposed', () => {
    const admin = user(2, { username: 'jane.smith', siteAccount: true });
    const byAdmin = planFor({ snapshot: snapshot([jane]), moodle: moodle({ users: [admin] }) });
    expect(proposed(byAdmin)).toEqual([]);
    expect(reasons(byAdmin)).toEqual(['conflict user site-account S1 2']);
    const actor = planFor({
      snapshot: snapshot([jane]),
      moodle: moodle({ users: [byHand] }),
      settings: settings({ actor: 'jane.smith' }),
    });
    expect(proposed(actor)).toEqual([]);
    const ours = managed([managedUser(byHand, student('S9'))]);
    expect(
      proposed(planFor({ snapshot: snapshot([jane]), moodle: moodle({ users: [byHand] }), managed: ours })),
    ).toEqual([]);
  });

  test("another host's account stands in nobody's way", () => {
    const foreign = user(5, { username: 'jane.smith', email: 'jane@school.example', local: false });
    expect(steps(planFor({ snapshot: snapshot([jane]), moodle: moodle({ users: [foreign] }) }))).toEqual([
      'user.create S1',
    ]);
  });

  test('one account accepted for two persons is linked to neither', () => {
    const twin = student('S2', { login: 'jane.b', email: 'jane@school.example' });
    const accepted = answers({ 'user S1 5': 'accepted', 'user S2 5': 'accepted' });
    const plan = makePlan(
      input({
        snapshot: snapshot([jane, twin]),
        moodle: moodle({ users: [byHand] }),
        answers: accepted,
        site: { ...site, allowSameEmail: true },
      }),
    );
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user link-proposed S1 5', 'conflict user link-proposed S2 5']);
  });

  test('two accounts accepted for one person: neither is picked', () => {
    const users = [5, 6].map((id) => user(id, { email: 'jane@school.example' }));
    const plan = planFor({
      snapshot: snapshot([jane]),
      moodle: moodle({ users }),
      answers: answers({ 'user S1 5': 'accepted', 'user S1 6': 'accepted' }),
    });
    expect(steps(plan)).toEqual([]);
    expect(reasons(plan)).toEqual(['conflict user link-proposed S1 5 6']);
  });

  test('two new persons who share one are both left', () => {
    const plan = planFor({
      snapshot: snapshot([jane, student('S2', { login: 'jane.smith' }), student('S3')]),
    });
    expect(steps(plan)).toEqual(['user.create S3']);
    expect(reasons(plan)).toEqual(['conflict user username-taken S1', 'conflict user username-taken S2']);
  });

  test('siblings share an address where Moodle lets them', () => {
    const family = [jane, student('S2', { email: 'Jane@school.example' })];
    expect(steps(planFor({ snapshot: snapshot(family) }))).toEqual([]);
    expect(steps(planFor({ snapshot: snapshot(family), site: { ...site, allowSameEmail: true } }))).toEqual([
      'user.create S1',
      'user.create S2',
    ]);
  });
});
