/** Gate deletion through Temporal: what an approval must say, who must say it, and what follows. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { School } from '../../data/schools.js';
import { createActivities } from '../../activities/index.js';
import { insertBackup } from '../../data/journal/backups.js';
import { selectDeletionItems, selectLatestDeletionId } from '../../data/journal/deletions.js';
import { selectDecisions } from '../../data/journal/runs.js';
import { selectTarget, setBrake } from '../../data/journal/targets.js';
import type { Decision, OpenGate } from '../../data/model/gate.js';
import { decide, decisionSent, pauseRequested, resumeRequested, status } from '../../workflows/messages.js';
import { describeWithMoodle } from '../support/database.js';
import { selectDeletedRows } from '../support/deleted-rows.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { everything, setStage, type Stage } from './stage.js';

let temporal: TestTemporal;
let bundle: WorkflowBundleWithSourceMap;
let stage: Stage;

type Handle = WorkflowHandle;

async function makeDump(hoursAgo: number): Promise<number> {
  return insertBackup(stage.school.journal, {
    kind: 'elsewhere',
    file: null,
    statement: 'on tape',
    bytes: null,
    sha256: null,
    moodleDatabase: null,
    serverVersion: null,
    rowCounts: null,
    takenAt: new Date(Date.now() - hoursAgo * 3_600_000),
    by: 'test',
  });
}

async function waitForGate(handle: Handle, opening = 1): Promise<OpenGate> {
  for (let tries = 0; tries < 400; tries++) {
    const { open } = await handle.query(status);
    if (open?.gate === 'deletion' && open.opening === opening) return open;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('the gate did not open');
}

function approval(open: OpenGate, more: Partial<Decision> = {}): Decision {
  const { users = 0, courses = 0, enrolments = 0 } = open.counts;
  return {
    decisionId: randomUUID(),
    gate: 'deletion',
    opening: open.opening,
    verdict: 'approve',
    hash: open.hash,
    by: 'a1',
    typedCounts: { users, courses, enrolments },
    ...more,
  };
}

async function refusalOf(handle: Handle, decision: Decision): Promise<string | null | undefined> {
  try {
    await handle.executeUpdate(decide, { args: [decision] });
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      return error.cause.type;
    throw error;
  }
  return undefined;
}

async function withRun<T>(work: (handle: Handle) => Promise<T>): Promise<T> {
  const taskQueue = `deletion-${randomUUID()}`;
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle: bundle,
    activities: createActivities({
      open: async () => stage.school,
      passwordKey: null,
      limits: {},
      onApplyPoint: () => undefined,
    }),
  });
  return worker.runUntil(async () => {
    const workflowId = `rollover/${randomUUID()}/2027`;
    await stage.write('UPDATE target SET holder = NULL');
    const handle = await temporal.client.workflow.start('deleting', {
      taskQueue,
      workflowId,
      args: [{ school: 'test', runId: stage.runId }],
    });
    return work(handle);
  });
}

describeWithMoodle('gate deletion', () => {
  beforeAll(async () => {
    temporal = await startTestTemporal();
    bundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./deletion-workflow.ts', import.meta.url)),
    });
  });
  afterAll(() => temporal?.stop());
  beforeEach(async () => {
    stage = await setStage();
    await stage.setDeletion(everything);
  });
  afterEach(() => stage?.close());

  test('wants the numbers of the list, typed', async () => {
    await makeDump(1);
    await withRun(async (handle) => {
      const open = await waitForGate(handle);
      expect(open.subject).toEqual({
        kind: 'deletion',
        id: await selectLatestDeletionId(stage.school.journal),
      });
      expect(open.counts).toMatchObject({ users: 4, courses: 1, enrolments: 1 });
      const silent = approval(open);
      delete (silent as { typedCounts?: unknown }).typedCounts;
      expect(await refusalOf(handle, silent)).toBe('CountsDiffer');
      expect(await refusalOf(handle, approval(open, { typedCounts: { users: 4, courses: 1 } }))).toBe(
        'CountsDiffer',
      );
      expect(
        await refusalOf(handle, approval(open, { typedCounts: { users: 5, courses: 1, enrolments: 1 } })),
      ).toBe('CountsDiffer');
      expect(await refusalOf(handle, approval(open, { hash: 'f'.repeat(64) }))).toBe('StaleDecision');
      expect(stage.deletions.asked).toEqual([]);
      expect(await refusalOf(handle, approval(open))).toBeUndefined();
      expect(await handle.result()).toBe('deleted');
    });
    expect(await selectDeletedRows(stage.school.journal)).toHaveLength(6);
  });

  test('wants a dump of the last 24 hours, and no word makes up for it', async () => {
    await withRun(async (handle) => {
      const open = await waitForGate(handle);
      expect(open.counts['backup.none']).toBe(1);
      expect(await refusalOf(handle, approval(open, { withoutBackup: true }))).toBe('BackupMissing');
      await makeDump(25);
      expect(await refusalOf(handle, approval(open))).toBe('BackupMissing');
      const dumpId = await makeDump(23);
      expect(await refusalOf(handle, approval(open))).toBeUndefined();
      expect(await handle.result()).toBe('deleted');
      expect(new Set((await selectDeletedRows(stage.school.journal)).map((row) => row.dumpId))).toEqual(
        new Set([dumpId]),
      );
    });
  });

  test('wants two accounts where the settings say so; a signal is neither of them', async () => {
    await makeDump(1);
    await stage.setDeletion({ ...everything, secondPerson: true });
    await withRun(async (handle) => {
      const open = await waitForGate(handle);
      await handle.signal(decisionSent, approval(open, { by: 'a3' }));
      const first = await handle.executeUpdate(decide, { args: [approval(open)] });
      expect(first).toMatchObject({ awaits: 'second-person' });
      const now = await waitForGate(handle);
      expect(now.counts).toMatchObject({ 'approvals.given': 1, 'approvals.needed': 2 });
      expect(await refusalOf(handle, approval(open))).toBe('SecondPersonMissing');
      await handle.signal(decisionSent, approval(open, { by: 'a2' }));
      expect((await handle.query(status)).refused[0]?.code).toBe('SecondPersonMissing');
      expect((await handle.query(status)).open?.gate).toBe('deletion');
      expect(stage.deletions.asked).toEqual([]);
      expect(await refusalOf(handle, approval(open, { by: 'a2', typedCounts: { users: 1 } }))).toBe(
        'CountsDiffer',
      );
      expect(await refusalOf(handle, approval(open, { by: 'a2' }))).toBeUndefined();
      expect(await handle.result()).toBe('deleted');
      const outcomes = (await selectDecisions(stage.school.journal, handle.workflowId)).map(
        ({ account, outcome }) => [account, outcome],
      );
      expect(outcomes).toContainEqual(['a1', 'first-of-two']);
      expect(outcomes).toContainEqual(['a2', 'accepted']);
    });
  });

  test('rejected keeps everything, and lets go of Moodle while it waits', async () => {
    await withRun(async (handle) => {
      const open = await waitForGate(handle);
      expect((await selectTarget(stage.school.journal)).holder).toBeNull();
      await handle.signal(decisionSent, approval(open, { verdict: 'reject' }));
      expect(await handle.result()).toBe('rejected');
    });
    expect(stage.deletions.asked).toEqual([]);
  });

  test('a refusal of our account leads back to a list and a new opening', async () => {
    await makeDump(1);
    await withRun(async (handle) => {
      const open = await waitForGate(handle);
      stage.moodle.next = ['web-services-off'];
      await handle.executeUpdate(decide, { args: [approval(open)] });
      const again = await waitForGate(handle, 2);
      expect(again.counts).toMatchObject({ users: 4, courses: 1, enrolments: 1 });
      await handle.executeUpdate(decide, { args: [approval(again)] });
      expect(await handle.result()).toBe('deleted');
    });
  });

  test('pauses before the next call', async () => {
    await makeDump(1);
    await withRun(async (handle) => {
      const open = await waitForGate(handle);
      await setBrake(stage.school.journal, 'pause', 'test');
      await handle.signal(pauseRequested, { by: 'test' });
      await handle.executeUpdate(decide, { args: [approval(open)] });
      await new Promise((done) => setTimeout(done, 1_500));
      expect(stage.deletions.asked).toEqual([]);
      await handle.signal(resumeRequested, { by: 'test' });
      expect(await handle.result()).toBe('deleted');
    });
  });

  test('cancelled while Moodle is at work, it finds out what Moodle did', async () => {
    await makeDump(1);
    await withRun(async (handle) => {
      const open = await waitForGate(handle);
      stage.moodle.next = ['done-then-silent'];
      await handle.executeUpdate(decide, { args: [approval(open)] });
      while (stage.deletions.asked.length === 0) await new Promise((done) => setTimeout(done, 20));
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      const items = await selectDeletionItems(stage.school.journal, open.subject.id);
      const states = items.map(({ kind, state }) => `${kind} ${state}`);
      expect(states.filter((one) => one.endsWith('in-flight'))).toEqual([]);
      expect(states).toContain('enrolment deleted');
      expect(stage.deletions.asked).toHaveLength(1);
    });
  });

  test('is not opened where Moodle has not been set up for it', async () => {
    const school: School = { ...stage.school };
    delete (school as { webService?: unknown }).webService;
    Object.assign(stage, { school });
    await withRun(async (handle) => {
      expect(await handle.result()).toBe('not-set-up');
    });
  });
});
