/** Who changed, decided and said what: from the journal alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeLinkAnswer, storeReusedCodeAnswer } from '../../data/journal/links.js';
import { beginRun, endRun, insertComment, insertDecision } from '../../data/journal/runs.js';
import { diffReadings } from '../../data/rules/history/readings.js';
import { diffSettings } from '../../data/rules/history/settings-diff.js';
import { buildReport } from '../../data/report/build-report.js';
import { settings } from '../rules/plan/school.js';
import {
  createJournalSchool,
  keepPlan,
  keepReading,
  keepSettings,
  sampleReading,
  usualMemberships,
  type JournalSchool,
} from './journal-school.js';

const rule = { name: 'Year 10', userType: 'student', target: '10MAT', applyToExisting: true } as const;

describe('what changed in settings', () => {
  test('is said value by value, rules and group types by their names', () => {
    const before = settings({
      groupProvisioning: [rule, { ...rule, name: 'Old' }],
      classOverrides: { A: 'enabled' },
    });
    const after = settings({
      groupProvisioning: [{ ...rule, applyToExisting: false }],
      classOverrides: { A: 'disabled', 'B 1': 'enabled' },
      everyMinutes: 30,
    });
    expect(diffSettings(before, after)).toEqual([
      { path: 'classOverrides.A', before: 'enabled', after: 'disabled' },
      { path: 'classOverrides["B 1"]', after: 'enabled' },
      { path: 'everyMinutes', after: 30 },
      {
        path: 'groupProvisioning.Old',
        before: { userType: 'student', target: '10MAT', applyToExisting: true },
      },
      { path: 'groupProvisioning["Year 10"].applyToExisting', before: true, after: false },
    ]);
    expect(diffSettings(before, before)).toEqual([]);
  });

  test('shows the first rule as a rule, and every value of a first version', () => {
    expect(diffSettings(settings(), settings({ groupProvisioning: [rule] }))).toEqual([
      {
        path: 'groupProvisioning["Year 10"]',
        after: { userType: 'student', target: '10MAT', applyToExisting: true },
      },
    ]);
    expect(diffSettings(undefined, settings()).map(({ path }) => path)).toContain('timeZone');
  });
});

test('a way through readings has an entry where something changed, and none where nothing did', () => {
  const reading = (snapshotId: number, record: object | null, ...others: string[]) => ({
    snapshotId,
    at: `2027-01-0${snapshotId}`,
    record: record as Record<string, unknown> | null,
    others,
  });
  const changes = diffReadings([
    reading(1, null),
    reading(2, { yearLevel: '9' }, 'A'),
    reading(3, { yearLevel: '9' }, 'A'),
    reading(4, { yearLevel: '10' }, 'B'),
    reading(5, null),
  ]);
  expect(changes.map(({ snapshotId, what }) => [snapshotId, what])).toEqual([
    [2, 'appeared'],
    [4, 'changed'],
    [5, 'gone'],
  ]);
  expect(changes[1]).toMatchObject({
    fields: [{ field: 'yearLevel', before: '9', after: '10' }],
    joined: ['B'],
    left: ['A'],
  });
});

describe('rollover history', () => {
  let own: JournalSchool;
  let runId: number;

  beforeAll(async () => {
    own = await createJournalSchool();
    const { journal } = own;
    await keepSettings(journal, settings(), 'kiri');
    await keepSettings(journal, settings({ mode: 'disabled', groupProvisioning: [rule] }), 'mere');
    const reading = sampleReading(usualMemberships);
    const snapshotId = await keepReading(journal, reading);
    const { person, membership } = reading.records;
    await keepReading(journal, {
      ...reading,
      records: {
        ...reading.records,
        person: person.map((one) => (one.externalId === '01001' ? { ...one, surname: 'Ngata-Smith' } : one)),
        membership: membership.map((one) =>
          one.group === '10MAT2' && one.person === '01001' ? { ...one, group: '10MAT1' } : one,
        ),
      },
    });
    const workflowId = 'rollover/kowhai/2027';
    runId = await beginRun(journal, {
      kind: 'rollover',
      year: 2027,
      workflowId,
      workflowRunId: 'r1',
      startedBy: 'kiri',
    });
    const hash = 'c'.repeat(64);
    await keepPlan(
      journal,
      { runId, snapshotId, hash },
      {
        changes: [
          {
            seq: 1,
            kind: 'enrolment',
            operation: 'create',
            group: '10MAT2',
            person: '01001',
            role: 'student',
          },
          {
            seq: 2,
            kind: 'enrolment',
            operation: 'create',
            group: '10MAT1',
            person: '01002',
            role: 'student',
          },
        ],
      },
      [{ seq: 1, state: 'applied', moodleId: 7 }],
    );
    const decision = {
      workflowId,
      gate: 'plan',
      opening: 1,
      hash,
      account: 'kiri',
      channel: 'update',
    } as const;
    const commentId = await insertComment(journal, 'kiri', 'Year 9 is missing');
    await insertDecision(journal, {
      ...decision,
      decisionId: 'd0',
      verdict: 'reject',
      outcome: 'StaleDecision',
      commentId,
    });
    await insertDecision(journal, {
      ...decision,
      decisionId: 'd1',
      verdict: 'approve',
      outcome: 'accepted',
      commentId: null,
    });
    await endRun(journal, runId, 'completed', await buildReport(journal, runId, 'completed'));
    await storeLinkAnswer(
      journal,
      { kind: 'user', externalId: '01001', moodleId: 11, verdict: 'refused' },
      'mere',
    );
    await storeReusedCodeAnswer(journal, '10MAT1', 2027, 'continues', 'mere');
  });
  afterAll(async () => own?.close());

  test('tells everything that people did, with their comments, newest first', async () => {
    const said = await own.run(
      'comment',
      'current',
      ' Corrected in KnowledgeNET, see minutes ',
      '--as',
      'mere',
    );
    expect(said.code).toBe(0);
    const { stdout } = await own.run('history');
    const lines = stdout.split('\n');
    expect(stdout).toMatch(
      new RegExp(`mere +comment on run ${runId} +Corrected in KnowledgeNET, see minutes`),
    );
    expect(stdout).toMatch(
      /kiri +reject at gate plan of rollover\/kowhai\/2027, refused: StaleDecision +Year 9 is missing/,
    );
    expect(stdout).toMatch(/kiri +approve at gate plan of rollover\/kowhai\/2027/);
    expect(lines.findIndex((one) => one.includes('comment on run'))).toBeLessThan(
      lines.findIndex((one) => one.includes('settings version 1')),
    );
    const json = (await own.run('history', '--json')).json<{ total: number; items: { at: string }[] }>();
    expect(json.total).toBe(7);
    expect(json.items.every(({ at }) => at.endsWith('Z'))).toBe(true);
  });

  test('refuses an empty comment, a run that is not there, and one of no number', async () => {
    expect((await own.run('comment', 'current', '  ')).code).toBe(2);
    expect((await own.run('comment', '999', 'x')).code).toBe(8);
    expect((await own.run('comment', 'newest', 'x')).code).toBe(2);
  });

  test('says of every version of the settings who changed which value', async () => {
    const { stdout } = await own.run('history', 'settings');
    expect(stdout).toMatch(
      /Version 2 .* by mere\n {2}groupProvisioning\["Year 10"\]: .*\(new\)\n {2}mode: enabled → disabled/,
    );
    expect(stdout).toMatch(/Version 1 .* by kiri\n {2}first version/);
  });

  test('follows a person through readings, plans and answers', async () => {
    const { code, stdout } = await own.run('history', '01001');
    expect(code).toBe(0);
    expect(stdout).toContain('In 2 readings that are kept');
    expect(stdout).toMatch(/snapshot \d+: first read\n {4}into: .*10MAT2/);
    expect(stdout).toMatch(
      /snapshot \d+: changed\n {4}surname: Ngata → Ngata-Smith\n {4}into: 10MAT1\n {4}out of: 10MAT2/,
    );
    expect(stdout).toMatch(
      /plan \d+ \(run \d+, approved by kiri [^)]*\)\n {4}create enrolment .*10MAT2.*\[done\]/,
    );
    expect(stdout).not.toContain('01002');
    expect(stdout).toMatch(/mere refused the link with Moodle's number 11/);
  });

  test('follows a class, and leaves out what was never tried', async () => {
    const json = (await own.run('history', '10MAT1', '--json')).json<{
      changes: { what: string; joined: string[]; left: string[] }[];
      plans: unknown[];
      answers: { verdict: string; year: number }[];
    }>();
    expect(json.changes.map(({ what, joined, left }) => [what, joined, left])).toEqual([
      ['appeared', ['01002', '01003'], []],
      ['changed', ['01001'], []],
    ]);
    expect(json.plans).toEqual([]);
    expect(json.answers).toMatchObject([{ verdict: 'continues', year: 2027 }]);
  });

  test('reports the newest run of a year, with what people wrote beside it', async () => {
    const { code, stdout } = await own.run('report', '2027');
    expect(code).toBe(0);
    expect(stdout).toContain(`Run ${runId}, started`);
    expect(stdout).toMatch(/Comments:\n.* mere +Corrected in KnowledgeNET, see minutes/);
    const json = (await own.run('report', '2027', '--json')).json<{ comments: object[] }>();
    expect(json.comments).toEqual([
      {
        by: 'mere',
        at: expect.stringMatching(/Z$/) as string,
        text: 'Corrected in KnowledgeNET, see minutes',
      },
    ]);
    expect((await own.run('report', String(runId))).stdout).toBe(stdout);
    expect((await own.run('report', '2026')).code).toBe(8);
  });

  test('goes on after a new External ID, from either side', async () => {
    const { journal } = own;
    const reading = sampleReading(usualMemberships);
    const renamed = (id: string): string => (id === '01001' ? '91001' : id);
    const snapshotId = await keepReading(journal, {
      ...reading,
      records: {
        ...reading.records,
        person: reading.records.person.map((one) => ({ ...one, externalId: renamed(one.externalId) })),
        membership: reading.records.membership.map((one) => ({ ...one, person: renamed(one.person) })),
      },
    });
    await keepPlan(
      journal,
      { runId, snapshotId, hash: 'd'.repeat(64) },
      {
        changes: [
          {
            seq: 1,
            kind: 'user',
            operation: 'link',
            externalId: '91001',
            userType: 'student',
            moodleId: 11,
            username: 'aroha',
            idnumberBefore: '01001',
            values: {
              username: 'aroha',
              firstname: 'A',
              lastname: 'N',
              email: 'a@x.example',
              idnumber: '91001',
            },
          },
        ],
      },
      [{ seq: 1, state: 'applied', moodleId: 11 }],
    );
    for (const id of ['91001', '01001']) {
      const { stdout } = await own.run('history', id);
      expect(stdout).toMatch(/^91001 /);
      expect(stdout).toContain('Earlier External IDs: 01001');
      expect(stdout).toMatch(/externalId: .*01001.* → .*91001/);
      expect(stdout).toMatch(/mere refused the link with Moodle's number 11/);
      expect(stdout).toMatch(/create enrolment 01001 in 10MAT2/);
      const explained = await own.run('explain', id, '--json');
      expect(explained.json<{ subject: object }>()).toMatchObject({ subject: { externalId: '91001' } });
    }
  });

  test('says that nobody answers to a name', async () => {
    expect((await own.run('history', 'nobody')).code).toBe(8);
  });
});
