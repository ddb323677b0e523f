/** Accounts that hold a person's National Student Number: proposed, shown, answered one by one or all, remembered. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectMoodleSides } from '../../data/journal/link-sides.js';
import type { StoredPlan } from '../support/apply-in-process.js';
import { nextYear, sampleSchool } from '../../embedded/sample-school.js';
import { describeWithMoodle } from '../support/database.js';
import { columnsWith, journalTexts } from '../support/journal-texts.js';
import { countTwice } from '../support/natural-rows.js';
import {
  accountOf,
  createLinkSchool,
  proposed,
  settle,
  stepsOf,
  withStudents,
  type LinkSchool,
} from './stage.js';

const sample = sampleSchool({ seed: 'links', year: 2026, students: 40 });
const following = nextYear(sample);
const nextIds = new Set(following.students.map(({ externalId }) => externalId));

/** Students of both years, each with an account in Moodle that only shares the number. */
const roles = ['one', 'refused', 'all1', 'all2', 'late', 'lateRefused', 'open'] as const;
type Role = (typeof roles)[number];
const stayers = sample.students.filter(({ externalId, nsn }) => nextIds.has(externalId) && nsn !== undefined);
const id = Object.fromEntries(roles.map((role, at) => [role, stayers[at]?.externalId ?? ''])) as Record<
  Role,
  string
>;
const nsnOf = (role: Role): string => stayers[roles.indexOf(role)]?.nsn ?? '';
const isLate = (externalId: string): boolean => [id.late, id.lateRefused, id.open].includes(externalId);

describeWithMoodle('accounts of Moodle with a National Student Number in a profile field', () => {
  let own: LinkSchool;
  let asked: StoredPlan;
  const account = {} as Record<Role, number>;

  beforeAll(async () => {
    own = await createLinkSchool(2026);
    // people type a number in their own way
    for (const role of roles)
      account[role] = await own.addAccount(`made.${role.toLowerCase()}`, {
        nsn: ` ${nsnOf(role).slice(0, 3)}-${nsnOf(role).slice(3)} `,
      });
    asked = await own.plan(await own.read(sample));
  }, 120_000);
  afterAll(async () => own?.close());

  const idnumberOf = async (moodleId: number): Promise<string | undefined> =>
    (await own.rows<{ idnumber: string }>('SELECT idnumber FROM {user} WHERE id = ?', [moodleId]))[0]
      ?.idnumber;
  const answers = async (): Promise<Record<string, string>> => {
    const { answers: given } = (await own.rollover('links', '--json')).json<{
      answers: { externalId: string; verdict: string }[];
    }>();
    return Object.fromEntries(given.map(({ externalId, verdict }) => [externalId, verdict]));
  };

  test('are proposed with that evidence, and their people wait', () => {
    expect(proposed(asked.plan).sort()).toEqual(
      roles.map((role) => `user ${id[role]} ${account[role]} nsn`).sort(),
    );
    for (const role of roles) expect(stepsOf(asked.plan, id[role])).toEqual([]);
    expect(asked.plan.counts['held.enrolment']).toBeGreaterThan(0);
  });

  test('are shown with what Moodle says of them', async () => {
    const sides = await selectMoodleSides(own.school.journal, asked.planId);
    expect(sides.map(({ moodleId }) => moodleId).sort()).toEqual(Object.values(account).sort());
    expect(sides.find(({ moodleId }) => moodleId === account.one)).toEqual({
      kind: 'user',
      moodleId: account.one,
      proposedFor: [id.one],
      name: 'First made.one Handmade',
      login: 'made.one',
      email: 'made.one@elsewhere.example',
      idnumber: '',
      lastAccess: 0,
      suspended: false,
      enrolments: 0,
    });
    const { stdout } = await own.rollover('links');
    expect(stdout).toMatch(
      new RegExp(
        `${id.one} .*First made\\.one Handmade, made\\.one, made\\.one@elsewhere\\.example, never used, in no course`,
      ),
    );
  });

  test('one is accepted, one refused, and all of an evidence do not overturn what was refused', async () => {
    const word = async (...args: (string | number)[]) => {
      const { code, stderr } = await own.rollover('links', ...args.map(String));
      expect(`${code} ${stderr}`).toMatch(/^0 /);
    };
    await word('accept', id.one, account.one);
    await word('refuse', id.refused, account.refused);
    await word('refuse', id.lateRefused, account.lateRefused);
    await word('accept', '--all', '--evidence', 'nsn', '--yes');
    expect(await answers()).toEqual({
      ...Object.fromEntries(roles.map((role) => [id[role], 'accepted'])),
      [id.refused]: 'refused',
      [id.lateRefused]: 'refused',
    });
    await word('refuse', '--all', 'user', '--yes');
    expect(new Set(Object.values(await answers()))).toEqual(new Set(['refused']));
    for (const role of ['one', 'all1', 'all2', 'late'] as const)
      await word('accept', id[role], account[role]);
  });

  test('accepted they become the account by one change, refused the person gets a new one, and nothing is left', async () => {
    // `open` is asked again: nobody has answered
    await own.school.db('link_answer').where({ external_id: id.open }).delete();
    const snapshotId = await own.read(
      withStudents(sample, (one) => (isLate(one.externalId) ? undefined : one)),
    );
    const stored = await own.plan(snapshotId);
    expect(stored.plan.proposals).toEqual([]);
    for (const role of ['one', 'all1', 'all2'] as const) {
      expect(stepsOf(stored.plan, id[role])[0]).toBe('user.link');
      expect(stepsOf(stored.plan, id[role]).slice(1)).toContain('enrolment.create');
    }
    expect(stepsOf(stored.plan, id.refused)[0]).toBe('user.create');
    expect(await own.carryOut(snapshotId, stored)).toMatchObject({
      applied: stored.plan.changes.length,
      conflict: 0,
    });
    for (const role of ['one', 'all1', 'all2'] as const) {
      expect(await idnumberOf(account[role])).toBe(id[role]);
      expect(await accountOf(own, id[role])).toBe(account[role]);
    }
    expect(await idnumberOf(account.refused)).toBe('');
    expect(await accountOf(own, id.refused)).not.toBe(account.refused);
    expect((await own.plan(snapshotId)).plan.changes).toEqual([]);
  });

  test('answers are remembered for next year, and who was not answered is asked again', async () => {
    await settle(own, 2027);
    const snapshotId = await own.read(following);
    const stored = await own.plan(snapshotId);
    expect(proposed(stored.plan)).toEqual([`user ${id.open} ${account.open} nsn`]);
    expect(stepsOf(stored.plan, id.late)[0]).toBe('user.link');
    expect(stepsOf(stored.plan, id.lateRefused)[0]).toBe('user.create');
    expect(stepsOf(stored.plan, id.open)).toEqual([]);
    expect(await own.carryOut(snapshotId, stored)).toMatchObject({ conflict: 0 });
    expect(await accountOf(own, id.late)).toBe(account.late);
    expect(await accountOf(own, id.open)).toBeUndefined();
    expect(await idnumberOf(account.open)).toBe('');
    const second = await own.plan(snapshotId);
    expect([proposed(second.plan), second.plan.changes]).toEqual([proposed(stored.plan), []]);
    expect(Object.values(await countTwice(own.school.db, own.school.moodle.database))).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  test('what Moodle says of an account goes when the person is forgotten, and of nobody else', async () => {
    const words = ['made.open', 'made.open@elsewhere.example', id.open];
    expect(columnsWith(await journalTexts(own.school.db), words)).toContain('plan_item.body');
    const { code, stderr } = await own.rollover('forget', id.open, '--yes');
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    expect(columnsWith(await journalTexts(own.school.db), words)).toEqual([]);
    const left = await selectMoodleSides(own.school.journal, asked.planId);
    expect(left.map(({ moodleId }) => moodleId)).not.toContain(account.open);
    expect(left).toHaveLength(roles.length - 1);
    const { proposals } = (await own.rollover('links', String(asked.planId), '--json')).json<{
      proposals: { externalId: string }[];
    }>();
    expect(proposals.map(({ externalId }) => externalId)).not.toContain(id.open);
    expect(proposals).toHaveLength(roles.length - 1);
  });
});
