/** "Why is Aroha in 10MAT2 and not in 10MAT1": from the journal alone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectLatestSnapshotId } from '../../data/journal/snapshots.js';
import { insertManaged } from '../../data/journal/managed.js';
import { beginRun, insertComment, insertDecision } from '../../data/journal/runs.js';
import type { EnrolmentCreate } from '../../data/model/plan.js';
import { defaultGroupType } from '../../data/settings/defaults.js';
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

function enrol(seq: number, group: string, person: string): EnrolmentCreate {
  return { seq, kind: 'enrolment', operation: 'create', group, person, role: 'student' };
}

const type = defaultGroupType(2027);
const rules = {
  groupTypes: {
    default: { ...type, provisioning: 'enabled-sms' as const },
    named: { Super: { ...type, provisioning: 'enabled' as const } },
  },
  groupProvisioning: [
    {
      name: 'Year 10 maths',
      userType: 'student' as const,
      yearLevel: '10',
      memberOf: ['10MAT1', '10MAT2'],
      target: '10MAT',
      applyToExisting: true,
    },
  ],
};

describe('rollover explain', () => {
  let own: JournalSchool;

  beforeAll(async () => {
    own = await createJournalSchool();
    const { journal } = own;
    await keepSettings(journal, settings(rules));
    const snapshotId = await keepReading(journal, sampleReading(usualMemberships));
    const workflowId = 'rollover/kowhai/2027';
    const runId = await beginRun(journal, {
      kind: 'rollover',
      year: 2027,
      workflowId,
      workflowRunId: 'r1',
      startedBy: 'kiri',
    });
    const hash = 'c'.repeat(64);
    const planId = await keepPlan(
      journal,
      { runId, snapshotId, hash },
      {
        changes: [enrol(1, '10MAT2', '01001'), enrol(2, '10MAT', '01001'), enrol(3, '10MAT', '01002')],
        notices: [
          {
            level: 'held',
            code: 'no-manual-enrolment',
            kind: 'course',
            subject: '10MAT1',
            moodleIds: [31],
            enrolments: 2,
          },
          {
            level: 'drift',
            code: 'person-disabled',
            kind: 'user',
            subject: '01003',
            moodleIds: [],
            enrolments: 1,
          },
        ],
      },
      [
        { seq: 1, state: 'applied', moodleId: 501 },
        { seq: 3, state: 'conflict', reason: 'enrolment-suspended' },
      ],
    );
    await insertManaged(journal, [
      {
        kind: 'user',
        externalId: '01001',
        moodleId: 11,
        origin: 'created',
        naturalKey: 'aroha',
        naturalNumber: 1,
        planId,
        seq: 1,
      },
      {
        kind: 'course',
        externalId: '10MAT2',
        moodleId: 32,
        origin: 'linked',
        naturalKey: '10MAT2',
        naturalNumber: 1,
        planId,
        seq: 1,
      },
      {
        kind: 'enrolment',
        externalId: '10MAT2',
        secondId: '01001',
        moodleId: 501,
        origin: 'created',
        naturalKey: 'student',
        naturalNumber: 11,
        planId,
        seq: 1,
      },
      {
        kind: 'user',
        externalId: '09999',
        moodleId: 19,
        origin: 'created',
        naturalKey: 'gone',
        naturalNumber: 1,
        planId,
        seq: 1,
      },
    ]);
    const commentId = await insertComment(journal, 'kiri', 'Checked with the deputy principal');
    await insertDecision(journal, {
      workflowId,
      decisionId: 'd1',
      gate: 'plan',
      opening: 1,
      verdict: 'approve',
      hash,
      account: 'kiri',
      channel: 'update',
      outcome: 'accepted',
      commentId,
    });
  });
  afterAll(async () => own?.close());

  test('says of every class whence the membership is, what decides about the course, and who approved it', async () => {
    const { code, stdout } = await own.run('explain', 'Aroha Ngata');
    expect(code).toBe(0);
    expect(stdout).toContain('01001  Aroha Ngata, student, year 10  (students row 2)');
    expect(stdout).toMatch(/Account: Moodle's number 11, created by plan \d+ \(run \d+, approved by kiri/);
    expect(stdout).toMatch(
      /10MAT2 {2}Maths 2, Class\n +Member +in KnowledgeNET: students row 2\n +Course +a course: the option is enabled-sms, and it is such a class; Moodle's number 32/,
    );
    expect(stdout).toMatch(/Account: .*approved by kiri .*: "Checked with the deputy principal"\)\n/);
    expect(stdout).toMatch(/Enrolment +enrolled by plan \d+\.\n/);
    expect(stdout.match(/approved by kiri/g)).toHaveLength(1);
    expect(stdout).toMatch(
      /10MAT {2}Maths, Super\n +Member +not in KnowledgeNET, but by rule "Year 10 maths" of the settings/,
    );
    expect(stdout).toMatch(/Enrolment +to be enrolled: change 2 of plan/);
    expect(stdout).toMatch(
      /CHOIR.*\n.*\n +Course +no course: disabled for this class in KnowledgeNET \(groups row 5\)/,
    );
    expect(stdout).toContain('settings version 1');
  });

  test('says why somebody is not in a class: the row that does not name it', async () => {
    const { stdout } = await own.run('explain', 'aroha', '--class', '10MAT1');
    expect(stdout).toMatch(/Member +not a member: students row 2 does not name it/);
    expect(stdout).toMatch(/Enrolment +not enrolled by us/);
    expect(stdout).not.toContain('10MAT2');
  });

  test('says which condition of a rule does not hold', async () => {
    const one = await own.run('explain', '01003', '--class', '10MAT');
    expect(one.stdout).toContain('rule "Year 10 maths" of the settings asks for another year level');
    const teacher = await own.run('explain', 'hana', '--class', '10MAT');
    expect(teacher.stdout).toContain('is about another user type');
  });

  test('says what waits and what was refused, with the reason', async () => {
    const held = await own.run('explain', '01002');
    expect(held.stdout).toMatch(
      /10MAT1[^]*held or refused in plan \d+.*: The course has no, a disabled, or several manual/,
    );
    expect(held.stdout).toMatch(
      /10MAT[^]*held or refused in plan \d+.*: The enrolment was suspended in Moodle/,
    );
    const disabled = await own.run('explain', '01003');
    expect(disabled.stdout).toContain('The person is disabled in KN and is not created.');
  });

  test('explains a class with all its members', async () => {
    const json = (await own.run('explain', '10MAT', '--json')).json<{
      course: { provisioning: string; cause: string; option: string };
      memberships: { person: string; source: { by: string }; enrolment: { state: string } }[];
      plans: { approved: { by: string; at: string } }[];
    }>();
    expect((await own.run('explain', '10MAT')).stdout).toMatch(/^01001 {2}Aroha Ngata$/m);
    expect(json.course).toMatchObject({ provisioning: 'provisioned', cause: 'option', option: 'enabled' });
    expect(json.memberships.map((one) => [one.person, one.source.by, one.enrolment.state])).toEqual([
      ['01001', 'rules', 'planned'],
      ['01002', 'rules', 'not-done'],
    ]);
    expect(json.plans[0]?.approved).toMatchObject({ by: 'kiri', at: expect.stringMatching(/Z$/) as string });
  });

  test('lists those who may be meant and picks nobody', async () => {
    const { code, stdout, stderr } = await own.run('explain', 'ngata');
    expect(code).toBe(8);
    expect(stdout).toMatch(/01001 +person +Aroha Ngata/);
    expect(stdout).toMatch(/01003 +person +Tūī Ngata/);
    expect(stderr).toContain('SubjectNotFound');
    expect(stderr).not.toContain('Aroha');
    expect((await own.run('explain', 'Nobody Atall')).code).toBe(8);
    expect((await own.run('explain', 'tui ngata')).code).toBe(0);
  });

  test('says that a small plan was applied without anybody having been asked', async () => {
    const { journal } = own;
    const snapshotId = (await selectLatestSnapshotId(journal))!;
    const run = (workflowRunId: string, startedBy: string) =>
      beginRun(journal, { kind: 'sync', year: null, workflowId: 'sync/kowhai', workflowRunId, startedBy });
    const keep = async (runId: number, hash: string): Promise<number> =>
      keepPlan(journal, { runId, snapshotId, hash }, { changes: [enrol(1, '10MAT1', '01002')] }, [
        { seq: 1, state: 'applied', moodleId: 502 },
      ]);
    await keep(await run('s1', 'schedule'), 'd'.repeat(64));
    expect((await own.run('explain', '01002')).stdout).toMatch(
      /plan \d+ \(run \d+, applied unattended by the schedule\)/,
    );
    await keep(await run('s2', 'kiri'), 'e'.repeat(64));
    expect((await own.run('explain', '01002')).stdout).toMatch(/\(run \d+, applied unattended\)/);
  });

  test('knows who has left KnowledgeNET and is ours in Moodle', async () => {
    const { code, stdout } = await own.run('explain', '09999');
    expect(code).toBe(0);
    expect(stdout).toContain('(not in this reading)');
    expect(stdout).toContain("Moodle's number 19");
  });
});
