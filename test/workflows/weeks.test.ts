import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowsPath } from '../../workers/bundle.js';
import { decide, rolloverWorkflowId, status } from '../../workflows/messages.js';
import { rollover } from '../../workflows/index.js';
import { createTimeSkipping, describeWithTimeSkipping } from '../support/time-skipping.js';
import { stubActivities } from './stub-activities.js';

describeWithTimeSkipping('a gate', () => {
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

  test('waits for weeks, reminds once a day, and then takes its decision', async () => {
    const stub = stubActivities();
    const taskQueue = `weeks-${randomUUID()}`;
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowsPath,
      activities: stub.activities,
    });
    await worker.runUntil(async () => {
      const handle = await env.client.workflow.start(rollover, {
        taskQueue,
        workflowId: rolloverWorkflowId('weeks', 2027),
        args: [{ school: 'weeks', year: 2027, uploadId: 5, startedBy: 'admin' }],
      });
      for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy', 'removals'] as const) {
        let open = null;
        for (let tries = 0; open?.gate !== gate && tries < 200; tries++) {
          await new Promise((done) => setTimeout(done, 25));
          ({ open } = await handle.query(status));
        }
        const before = (await handle.describe()).historyLength;
        await env.sleep('3 weeks');
        expect((await handle.query(status)).open?.gate).toBe(gate);
        // a timer and a notice a day
        expect((await handle.describe()).historyLength).toBeLessThan(before + 22 * 12);
        const reminded = stub.told.filter((one) => one === `gate-waiting ${gate}`).length;
        expect(reminded).toBeGreaterThanOrEqual(20);
        expect(reminded).toBeLessThanOrEqual(21);
        const decision = {
          decisionId: randomUUID(),
          gate,
          opening: open?.opening ?? 0,
          verdict: 'approve' as const,
          hash: open?.hash ?? '',
          by: 'admin',
        };
        await handle.executeUpdate(decide, { args: [decision] });
      }
      expect((await handle.result()).outcome).toBe('completed');
    });
  });
});
