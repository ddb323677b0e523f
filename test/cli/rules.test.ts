/** Group provisioning from the command line; the journal alone is at hand. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertSnapshotRules } from '../../data/journal/snapshot-rules.js';
import { selectSettings } from '../../data/journal/settings.js';
import { readFilled } from '../../data/journal/filled-classes.js';
import { rememberApplied, withRulesFor } from '../../data/stages/class-rules.js';
import { settings } from '../rules/plan/school.js';
import {
  createJournalSchool,
  keepReading,
  keepSettings,
  sampleReading,
  usualMemberships,
  type JournalSchool,
} from './journal-school.js';

describe('rollover rules', () => {
  let own: JournalSchool;
  let first: number;

  beforeAll(async () => {
    own = await createJournalSchool();
    await keepSettings(own.journal, settings());
    first = await keepReading(own.journal, sampleReading(usualMemberships));
    await insertSnapshotRules(own.journal, first, [
      { name: 'Singers', userType: 'teacher', target: 'CHOIR', applyToExisting: true },
    ]);
  });
  afterAll(async () => own?.close());

  test('adds a rule as a new version of the settings, and says what it does', async () => {
    const { code, stdout } = await own.run(
      ...['rules', 'add', 'Year 10 maths', '--target', '10MAT', '--type', 'student', '--year', '10'],
      ...['--member-of', '10MAT1', '10MAT2', '--no-courses'],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('students of year 10 who are in 10MAT1 or 10MAT2 become members of 10MAT');
    expect((await selectSettings(own.journal))?.settings.groupProvisioning).toEqual([
      {
        name: 'Year 10 maths',
        userType: 'student',
        yearLevel: '10',
        memberOf: ['10MAT1', '10MAT2'],
        target: '10MAT',
        applyToExisting: true,
        provisionMembers: false,
      },
    ]);
  });

  test('refuses a second rule of the name, a circle, and what is no user type', async () => {
    const again = await own.run('rules', 'add', 'Year 10 maths', '--target', 'CHOIR');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('several rules are called')]);
    const circle = await own.run('rules', 'add', 'Back', '--target', '10MAT1', '--member-of', '10MAT');
    expect([circle.code, circle.stderr]).toEqual([2, expect.stringContaining('in a circle')]);
    expect((await own.run('rules', 'add', 'Odd', '--target', 'CHOIR', '--type', 'caregiver')).code).toBe(2);
    expect((await own.run('rules', 'remove', 'Singers')).code).toBe(2);
  });

  test("lists the settings' rules and KnowledgeNET's", async () => {
    const { stdout } = await own.run('rules');
    expect(stdout).toMatch(/Year 10 maths +settings +students of year 10 .* none of their own/);
    expect(stdout).toMatch(/Singers +KnowledgeNET +teachers become members of CHOIR/);
  });

  test('previews who would be added by which rule, as text, JSON and CSV', async () => {
    const { stdout } = await own.run('rules', 'preview');
    expect(stdout).toMatch(/Year 10 maths +settings +2 /);
    expect(stdout).toMatch(/10MAT +01001 +Aroha Ngata +student +10 +Year 10 maths/);
    expect(stdout).not.toContain('01003');
    const json = (await own.run('rules', 'preview', '--json')).json<{
      total: number;
      rules: { name: string; origin: string; memberships: number }[];
      items: { class: string; person: string; rules: string[] }[];
    }>();
    expect(json.rules.map(({ name, origin, memberships }) => [name, origin, memberships])).toEqual([
      ['Year 10 maths', 'settings', 2],
      ['Singers', 'knowledgenet', 1],
    ]);
    expect(json.items.map((one) => `${one.class} ${one.person} ${one.rules.join()}`)).toEqual([
      '10MAT 01001 Year 10 maths',
      '10MAT 01002 Year 10 maths',
      'CHOIR T1 Singers',
    ]);
    const csv = await own.run('rules', 'preview', '--csv', '--rule', 'Singers');
    expect(csv.stdout.split('\n').slice(1)).toEqual(['CHOIR,Choir,T1,Hana Parata,teacher,,no,Singers', '']);
  });

  test('says which classes a rule names in vain', async () => {
    await own.run('rules', 'add', 'Lost', '--target', '10ART', '--new-only');
    expect((await own.run('rules', 'preview')).stdout).toContain(
      'KnowledgeNET has no class 10ART, which "Lost" names: nobody is added.',
    );
    await own.run('rules', 'remove', 'Lost');
  });

  test('after a reading was applied, only new people are added by a rule for new people; the others stay', async () => {
    await own.run(
      'rules',
      'add',
      'Newcomers',
      '--target',
      'CHOIR',
      '--type',
      'student',
      '--year',
      '9',
      '--new-only',
    );
    await rememberApplied(own.journal, first);
    expect(await readFilled(own.journal, first)).toEqual(
      new Map([
        ['10MAT', new Set(['01001', '01002'])],
        ['CHOIR', new Set(['01003', 'T1'])],
      ]),
    );
    const reading = sampleReading(usualMemberships);
    const more = [
      ...reading.records.person,
      { externalId: '01009', type: 'student' as const, yearLevel: '9' },
    ];
    const moved = more.map((one) => (one.externalId === '01002' ? { ...one, yearLevel: '9' } : one));
    const next = await keepReading(own.journal, {
      ...reading,
      records: { ...reading.records, person: moved },
    });
    const { stdout } = await own.run('rules', 'preview', String(next), '--csv', '--rule', 'Newcomers');
    expect(stdout).toContain('01003');
    expect(stdout).toContain('01009');
    expect(stdout).not.toContain('01002');
    await rememberApplied(own.journal, first);
    expect((await readFilled(own.journal, first)).get('CHOIR')).toEqual(new Set(['01003', 'T1']));
  });

  test('a circle of both kinds of rules is named in the list and refused for planning', async () => {
    const snapshotId = await keepReading(own.journal, sampleReading(usualMemberships));
    await insertSnapshotRules(own.journal, snapshotId, [
      { name: 'And back', userType: 'all', memberOf: ['10MAT'], target: '10MAT1', applyToExisting: true },
    ]);
    expect((await own.run('rules')).stdout).toMatch(/in a circle.*(And back|Year 10 maths) → /);
    const { settings: inForce } = (await selectSettings(own.journal))!;
    await expect(withRulesFor(own.journal, snapshotId, inForce)).rejects.toMatchObject({
      code: 'SettingsInvalid',
    });
  });
});
