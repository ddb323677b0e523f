/** KnowledgeNET's database is away while the schedule reads: the target is let go, and people are told. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowsPath } from '../../workers/bundle.js';
import { syncWorkflowId } from '../../workflows/messages.js';
import { sync } from '../../workflows/index.js';
import { createTimeSkipping, describeWithTimeSkipping } from '../support/time-skipping.js';
import { stubActivities } from './stub-activities.js';

describeWithTimeSkipping('a scheduled reading of a source that is away', () => {
  let env: TestWorkflowEnvironment;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    env = await createTimeSkipping();
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: { School: 2, RolloverYear: 3, Stage: 2, Waiting: 2 },
    });
  });
  afterAll(async () => env?.teardown());

  test('is tried again for a quarter of an hour, then ends, is told, and lets go', async () => {
    const stub = stubActivities({ source: { kind: 'database' } });
    let tries = 0;
    const activities = {
      ...stub.activities,
      takeNews: async (): Promise<never> => {
        tries += 1;
        throw ApplicationFailure.retryable('The database does not answer.', 'SourceUnavailable');
      },
    };
    const taskQueue = `away-${randomUUID()}`;
    const { nativeConnection: connection } = env;
    const worker = await Worker.create({ connection, taskQueue, workflowsPath, activities });
    await worker.runUntil(async () => {
      const handle = await env.client.workflow.start(sync, {
        taskQueue,
        workflowId: syncWorkflowId('away'),
        args: [{ school: 'away', uploadId: null, startedBy: 'schedule', scheduled: true }],
      });
      await expect(handle.result()).rejects.toThrow();
      const { startTime, closeTime } = await handle.describe();
      const minutes = (closeTime!.getTime() - startTime.getTime()) / 60_000;
      expect(minutes).toBeGreaterThan(10);
      expect(minutes).toBeLessThan(20);
    });
    expect(tries).toBeGreaterThan(10);
    expect(stub.told).toEqual(['run-failed SourceUnavailable']);
    expect(stub.calls.some((call) => call.startsWith('endRun'))).toBe(true);
  }, 120_000);
});
