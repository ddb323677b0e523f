/** What the command line says of readings and plans whose content is gone, and of those that lost a person. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { markAltered } from '../../data/forgetting/pages.js';
import { beginRun, endRun, insertDecision, insertOpening } from '../../data/journal/runs.js';
import { buildReport } from '../../data/report/build-report.js';
import { purge } from '../../data/retention/retention.js';
import {
  createJournalSchool,
  keepPlan,
  keepReading,
  sampleReading,
  usualMemberships,
  type JournalSchool,
} from '../cli/journal-school.js';

const DAY = /\d{4}-\d\d-\d\d/.source;
const planHash = 'c'.repeat(64);

describe('what was deleted', () => {
  let own: JournalSchool;
  let altered: number;
  let gone: number;
  let planId: number;
  let runId: number;

  beforeAll(async () => {
    own = await createJournalSchool();
    const { journal } = own;
    altered = await keepReading(journal, sampleReading(usualMemberships));
    gone = await keepReading(journal, sampleReading(usualMemberships));
    const workflowId = 'rollover/kowhai/2027';
    runId = await beginRun(journal, {
      kind: 'rollover',
      year: 2027,
      workflowId,
      workflowRunId: 'r1',
      startedBy: 'kiri',
    });
    const plan = { runId, snapshotId: altered, hash: planHash };
    planId = await keepPlan(journal, plan, {
      changes: [
        { seq: 1, kind: 'enrolment', operation: 'create', group: '10MAT2', person: '01001', role: 'student' },
      ],
    });
    await insertOpening(journal, runId, {
      gate: 'plan',
      opening: 1,
      subject: { kind: 'plan', id: planId },
      hash: planHash,
      counts: {},
    });
    await insertDecision(journal, {
      workflowId,
      decisionId: 'd1',
      gate: 'plan',
      opening: 1,
      verdict: 'approve',
      hash: planHash,
      account: 'kiri',
      channel: 'update',
      outcome: 'accepted-no-backup',
      commentId: null,
    });
  });
  afterAll(async () => own?.close());

  test('pages say of a plan approved without a backup that it was', async () => {
    const { stdout } = await own.run('plan', String(planId), '--html');
    expect(stdout).toMatch(/Approved without a backup on .* by account kiri/);
    const report = (await own.run('report', '--html')).stdout;
    expect(report).toContain('approved without a backup');
    expect(report).not.toContain('refused: accepted');
  });

  test('a reading that lost a person says so wherever its hash stands', async () => {
    const commands = [
      ['findings', String(altered)],
      ['findings', String(altered), '--comparison'],
      ['plan', String(planId)],
    ];
    for (const words of commands) expect((await own.run(...words)).stdout).not.toContain('altered');
    await markAltered(own.journal, altered);
    for (const words of commands)
      expect((await own.run(...words)).stdout).toMatch(new RegExp(`altered by forgetting on ${DAY}`));
    for (const words of [commands[0]!, commands[2]!])
      expect((await own.run(...words, '--html')).stdout).toMatch(
        new RegExp(`Snapshot altered[^]*by forgetting on ${DAY}`),
      );
    const shown = await own.run('plan', String(planId), '--json');
    const json = shown.json<{ snapshotAltered: string; sealedAt: string }>();
    expect(json.sealedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(json.snapshotAltered).toMatch(new RegExp(DAY));
  });

  test('findings, their page and explanations of a deleted reading are refused, never shown empty', async () => {
    await purge(own.journal, 'snapshot', gone, 'retention');
    const asked = [
      ['findings', String(gone)],
      ['findings', String(gone), '--json'],
      ['findings', String(gone), '--csv'],
      ['findings', String(gone), '--html'],
      ['explain', '01001', '--snapshot', String(gone)],
    ];
    for (const words of asked) {
      const { code, stdout, stderr } = await own.run(...words);
      expect(code).toBe(3);
      expect(stdout).not.toContain('counts');
      expect(stdout + stderr).toMatch(
        new RegExp(`snapshot ${gone} were deleted after the time .*, on ${DAY}`),
      );
    }
    expect((await own.run('findings', String(gone), '--comparison')).code).toBe(0);
  });

  test('the report outlives the changes of its plan, and its page does not show them as none', async () => {
    const { journal } = own;
    await endRun(journal, runId, 'completed', await buildReport(journal, runId, 'completed'));
    await purge(journal, 'plan', planId, 'retention');
    expect((await own.run('plan', String(planId))).code).toBe(6);
    const page = await own.run('report', '--html');
    expect(page.code).toBe(0);
    expect(page.stdout).toContain('Its single changes are kept no longer.');
  });
});
