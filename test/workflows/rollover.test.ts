import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Decision, Gate, Verdict } from '../../data/model/gate.js';
import { workflowsPath } from '../../workers/bundle.js';
import {
  decide,
  decisionSent,
  readingOffered,
  rolloverWorkflowId,
  searchAttributes,
  status,
  syncWorkflowId,
} from '../../workflows/messages.js';
import { rollover, sync } from '../../workflows/index.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { stubActivities, type Stub, type StubOptions } from './stub-activities.js';

let temporal: TestTemporal;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  temporal = await startTestTemporal();
  bundle = await bundleWorkflowCode({ workflowsPath });
});
afterAll(async () => temporal.stop());

type Handle = Awaited<ReturnType<typeof startRollover>>;

async function startRollover(taskQueue: string, school: string, uploadId: number | null = 5) {
  return temporal.client.workflow.start(rollover, {
    taskQueue,
    workflowId: rolloverWorkflowId(school, 2027),
    args: [{ school, year: 2027, uploadId, startedBy: 'admin' }],
  });
}

async function withWorker<T>(
  options: StubOptions,
  work: (taskQueue: string, school: string, stub: Stub) => Promise<T>,
): Promise<T> {
  const stub = stubActivities(options);
  const taskQueue = `test-${randomUUID()}`;
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue,
    workflowBundle: bundle,
    activities: stub.activities,
  });
  return worker.runUntil(work(taskQueue, `school-${randomUUID().slice(0, 8)}`, stub));
}

async function waitFor(handle: Handle, gate: Gate, opening = 1): Promise<Decision> {
  for (let tries = 0; tries < 200; tries++) {
    const { open } = await handle.query(status);
    if (open?.gate === gate && open.opening === opening)
      return { decisionId: randomUUID(), gate, opening, verdict: 'approve', hash: open.hash, by: 'admin' };
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Gate ${gate} did not open; ${JSON.stringify(await handle.query(status))}`);
}

async function answer(handle: Handle, gate: Gate, verdict: Verdict = 'approve', opening = 1): Promise<void> {
  const decision = await waitFor(handle, gate, opening);
  await handle.executeUpdate(decide, { args: [{ ...decision, verdict }] });
}

async function refusalOf(work: Promise<unknown>): Promise<string | null | undefined> {
  try {
    await work;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      return error.cause.type;
    throw error;
  }
  return undefined;
}

describe('a rollover', () => {
  test('goes through the guide in order and writes only what was approved', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy'] as const)
        await answer(handle, gate);
      expect(await handle.result()).toEqual({ runId: 7, outcome: 'completed' });
      expect(stub.calls).toEqual([
        'beginRun',
        'holdTarget',
        'setMode disabled',
        'moveToYear 2027',
        'preflight',
        'openGate backups 1',
        'openGate knowledgenet 1',
        'takeSnapshot 5',
        'openGate data 1',
        'setSafeSettings',
        'makePlan 1',
        'openGate plan 1',
        'hashPasswords',
        'applyChanges 1 true done',
        'verify',
        'setMode snapshot-only',
        'openGate tidy 1',
        'endRun completed',
      ]);
      expect(
        stub.decisions.every((decision) => decision.outcome === 'accepted' && decision.channel === 'update'),
      ).toBe(true);
    });
  });

  test('shows stage and gate as search attributes and in its current details', async () => {
    await withWorker({}, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      await waitFor(handle, 'backups');
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.get(searchAttributes.school)).toBe(school);
      expect(typedSearchAttributes.get(searchAttributes.year)).toBe(2027);
      expect(typedSearchAttributes.get(searchAttributes.waiting)).toBe('backups');
      const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      expect(metadata.currentDetails).toContain('waits for a decision');
      expect(metadata.currentDetails).toContain('removals: not in this version');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('refuses by update: a closed gate, a stale hash, a second and different decision', async () => {
    await withWorker({}, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      const decision = await waitFor(handle, 'backups');
      const send = (changed: Partial<Decision>) =>
        handle.executeUpdate(decide, { args: [{ ...decision, ...changed }] });
      expect(await refusalOf(send({ gate: 'plan' }))).toBe('GateNotOpen');
      expect(await refusalOf(send({ hash: 'x' }))).toBe('StaleDecision');
      expect(await refusalOf(send({ gate: 'nonsense' as Gate }))).toBe('UsageInvalid');
      const first = await send({});
      expect(await send({ decisionId: randomUUID() })).toEqual(first);
      expect(await refusalOf(send({ verdict: 'reject' }))).toBe('AlreadyDecided');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('takes the same decisions by signal, and records and shows a refusal', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      const decision = await waitFor(handle, 'backups');
      await handle.signal(decisionSent, { ...decision, hash: 'stale' });
      await handle.signal(decisionSent, 'nonsense' as unknown as Decision);
      const { gate, opening, verdict, hash } = decision;
      await handle.signal(decisionSent, { gate, opening, verdict, hash, by: 'somebody' } as Decision);
      await waitFor(handle, 'knowledgenet');
      expect(stub.decisions.map((one) => one.outcome).sort()).toEqual([
        'StaleDecision',
        'UsageInvalid',
        'accepted',
      ]);
      expect(stub.decisions.every((one) => one.channel === 'signal')).toBe(true);
      expect((await handle.query(status)).refused.map((one) => one.code)).toEqual([
        'UsageInvalid',
        'StaleDecision',
      ]);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('needs a reading for gate knowledgenet, and looks again at gate data when a new one comes', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school, null);
      await answer(handle, 'backups');
      const decision = await waitFor(handle, 'knowledgenet');
      expect(await refusalOf(handle.executeUpdate(decide, { args: [decision] }))).toBe('NoReading');
      await handle.signal(readingOffered, { uploadId: 11, by: 'admin' });
      await answer(handle, 'knowledgenet');
      const old = await waitFor(handle, 'data');
      await handle.signal(readingOffered, { uploadId: 12, by: 'admin' });
      await waitFor(handle, 'data', 2);
      expect(await refusalOf(handle.executeUpdate(decide, { args: [old] }))).toBe('StaleDecision');
      expect(stub.calls.filter((call) => call.startsWith('takeSnapshot'))).toEqual([
        'takeSnapshot 11',
        'takeSnapshot 12',
      ]);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('does not pass gate data while a finding stops the run; reject leads back to knowledgenet', async () => {
    await withWorker({ stopsRun: 2 }, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      await answer(handle, 'backups');
      await answer(handle, 'knowledgenet');
      const decision = await waitFor(handle, 'data');
      expect(await refusalOf(handle.executeUpdate(decide, { args: [decision] }))).toBe('BlockingFindings');
      await answer(handle, 'data', 'reject');
      await waitFor(handle, 'knowledgenet', 2);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });

  test('leads a rejected plan back to the data, and plans again', async () => {
    await withWorker({ changes: [3, 2, 0] }, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data'] as const) await answer(handle, gate);
      await answer(handle, 'plan', 'reject');
      await answer(handle, 'data', 'approve', 2);
      await answer(handle, 'plan', 'approve', 2);
      await answer(handle, 'tidy', 'reject');
      expect((await handle.result()).outcome).toBe('completed');
      expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toEqual([
        'applyChanges 2 true done',
      ]);
    });
  });

  test('opens gate plan anew when too much has drifted', async () => {
    await withWorker(
      { changes: [3, 2], slices: ['more', 'drift', 'done'] },
      async (taskQueue, school, stub) => {
        const handle = await startRollover(taskQueue, school);
        for (const gate of ['backups', 'knowledgenet', 'data', 'plan'] as const) await answer(handle, gate);
        await answer(handle, 'plan', 'approve', 2);
        await answer(handle, 'tidy');
        await handle.result();
        expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toEqual([
          'applyChanges 1 true more',
          'applyChanges 1 true drift',
          'applyChanges 2 true done',
        ]);
      },
    );
  });

  test('cancelled ends with a report, leaves the mode Disabled, and the year can be started again', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      await waitFor(handle, 'backups');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      expect(stub.calls.slice(-1)).toEqual(['endRun cancelled']);
      expect(stub.calls).not.toContain('setMode snapshot-only');
      const again = await startRollover(taskQueue, school);
      await waitFor(again, 'backups');
      await again.cancel();
      await expect(again.result()).rejects.toThrow();
    });
  });

  test('ends as failed when another run holds the target', async () => {
    await withWorker({ heldBy: 'sync/other' }, async (taskQueue, school, stub) => {
      const handle = await startRollover(taskQueue, school);
      await expect(handle.result()).rejects.toThrow();
      expect(stub.calls).not.toContain('preflight');
      expect(stub.calls.slice(-1)).toEqual(['endRun failed']);
    });
  });
});

describe('a sync', () => {
  const start = (taskQueue: string, school: string) =>
    temporal.client.workflow.start(sync, {
      taskQueue,
      workflowId: syncWorkflowId(school),
      args: [{ school, uploadId: 5, startedBy: 'admin' }],
    });

  test('that finds the target held is skipped', async () => {
    await withWorker({ heldBy: 'rollover/x/2027' }, async (taskQueue, school) => {
      expect((await (await start(taskQueue, school)).result()).outcome).toBe('skipped-held');
    });
  });

  test('with nothing to do ends without asking anybody', async () => {
    await withWorker({ changes: [0] }, async (taskQueue, school, stub) => {
      expect((await (await start(taskQueue, school)).result()).outcome).toBe('nothing-to-do');
      expect(stub.calls).not.toContain('openGate plan 1');
    });
  });

  test('is stopped by a finding that stops the run', async () => {
    await withWorker({ stopsRun: 1 }, async (taskQueue, school) => {
      expect((await (await start(taskQueue, school)).result()).outcome).toBe('stopped-by-findings');
    });
  });
});
