/** What tests of workflows share: a dev server, a worker with stubbed activities, answers at gates. */
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError, type WorkflowHandleWithStartDetails } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import type { Decision, Gate, Verdict } from '../../data/model/gate.js';
import { workflowsPath } from '../../workers/bundle.js';
import { decide, rolloverWorkflowId, status } from '../../workflows/messages.js';
import { rollover } from '../../workflows/index.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { stubActivities, type Stub, type StubOptions } from './stub-activities.js';

export let temporal: TestTemporal;
let bundle: WorkflowBundleWithSourceMap;

/** Call once at the top of a test file. */
export function useTemporal(): void {
  beforeAll(async () => {
    temporal = await startTestTemporal();
    bundle = await bundleWorkflowCode({ workflowsPath });
  });
  afterAll(async () => temporal.stop());
}

/** Any workflow that has gates. */
export type Handle = Pick<WorkflowHandleWithStartDetails, 'query' | 'executeUpdate'>;

export async function startRollover(taskQueue: string, school: string, uploadId: number | null = 5) {
  return temporal.client.workflow.start(rollover, {
    taskQueue,
    workflowId: rolloverWorkflowId(school, 2027),
    args: [{ school, year: 2027, uploadId, startedBy: 'admin' }],
  });
}

export async function withWorker<T>(
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

export async function waitFor(handle: Handle, gate: Gate, opening = 1): Promise<Decision> {
  for (let tries = 0; tries < 200; tries++) {
    const { open } = await handle.query(status);
    if (open?.gate === gate && open.opening === opening)
      return { decisionId: randomUUID(), gate, opening, verdict: 'approve', hash: open.hash, by: 'admin' };
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Gate ${gate} did not open; ${JSON.stringify(await handle.query(status))}`);
}

export async function answer(
  handle: Handle,
  gate: Gate,
  verdict: Verdict = 'approve',
  opening = 1,
): Promise<void> {
  const decision = await waitFor(handle, gate, opening);
  await handle.executeUpdate(decide, { args: [{ ...decision, verdict }] });
}

export async function refusalOf(work: Promise<unknown>): Promise<string | null | undefined> {
  try {
    await work;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      return error.cause.type;
    throw error;
  }
  return undefined;
}
