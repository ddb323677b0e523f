/** The time to object, from its first day to its last, on a server whose time jumps. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandleWithSignaledRunId, WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Activities } from '../../activities/index.js';
import type { RunStatus } from '../../data/model/run.js';
import { workflowsPath } from '../../workers/bundle.js';
import { rollover } from '../../workflows/index.js';
import { decide, graceAnswered, rolloverWorkflowId, status } from '../../workflows/messages.js';
import { createTimeSkipping, describeWithTimeSkipping } from '../support/time-skipping.js';
import { stubActivities } from './stub-activities.js';

const hash = 'd'.repeat(64);
const deletion = { users: true, enrolments: true, courses: 'delete' } as const;

describeWithTimeSkipping('the time to object', () => {
  let env: TestWorkflowEnvironment;
  let worker: Worker;
  let running: Promise<void>;
  const taskQueue = `grace-${randomUUID()}`;
  const calls: string[] = [];
  let lookups = 0;

  const listing: Partial<Activities> = {
    async listDeletions({ graceOver }) {
      calls.push(`listDeletions ${graceOver === true}`);
      return {
        deletionId: 3,
        hash,
        counts: { users: 4, courses: 0, enrolments: 0 },
        ready: true,
        secondPerson: false,
      };
    },
    async decideDeletion({ verdict }) {
      calls.push(`decideDeletion ${verdict}`);
    },
    async readDeletion() {
      lookups += 1;
      return deletion;
    },
  };

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    env = await createTimeSkipping();
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: { School: 2, RolloverYear: 3, Stage: 2, Waiting: 2 },
    });
    worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowsPath,
      activities: {
        ...stubActivities({ removals: [4, 4, 4], changes: [3, 0, 3, 0, 3, 0], deletion }).activities,
        ...listing,
      },
    });
    running = worker.run();
  }, 120_000);
  afterAll(async () => {
    worker?.shutdown();
    await running;
    await env?.teardown();
  });

  type Handle = WorkflowHandle<typeof rollover> | WorkflowHandleWithSignaledRunId<typeof rollover>;

  async function until(handle: Handle, found: (now: RunStatus) => boolean): Promise<RunStatus> {
    for (let tries = 0; tries < 800; tries++) {
      const now = await handle.query(status);
      if (found(now)) return now;
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(JSON.stringify(await handle.query(status)));
  }

  async function answer(handle: Handle, gate: string, verdict: 'approve' | 'reject' = 'approve') {
    const { open } = await until(handle, (now) => now.open?.gate === gate);
    if (open === null) throw new Error('closed');
    await handle.executeUpdate(decide, {
      args: [
        {
          decisionId: randomUUID(),
          gate: open.gate,
          opening: open.opening,
          verdict,
          hash: open.hash,
          by: 'a',
        },
      ],
    });
  }

  /** A rollover in its time to object. */
  async function inGrace(): Promise<Handle> {
    calls.length = 0;
    const school = `grace-${randomUUID().slice(0, 8)}`;
    const handle = await env.client.workflow.start(rollover, {
      taskQueue,
      workflowId: rolloverWorkflowId(school, 2027),
      args: [{ school, year: 2027, uploadId: 5, startedBy: 'admin' }],
    });
    for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy', 'removals'])
      await answer(handle, gate);
    await until(handle, (now) => now.stage === 'grace' && (now.graceUntil ?? null) !== null);
    return handle;
  }

  async function detailsOf(handle: Handle): Promise<string> {
    const { currentDetails = '' } = await handle.query<{ currentDetails?: string }>(
      '__temporal_workflow_metadata',
    );
    return currentDetails;
  }

  test('is counted down day by day for thirty days, and only then the gate opens', async () => {
    const handle = await inGrace();
    const { graceUntil } = await handle.query(status);
    const before = lookups;
    expect(await detailsOf(handle)).toContain('30 days left');
    await env.sleep('10 days');
    expect(await detailsOf(handle)).toMatch(/(20|21) days left/);
    await env.sleep('19 days');
    expect(await detailsOf(handle)).toMatch(/(1 day|2 days) left/);
    expect(await handle.query(status)).toMatchObject({ stage: 'grace', graceUntil, open: null });
    expect(calls).toEqual([]);
    // the settings are looked at each day
    expect(lookups - before).toBeGreaterThanOrEqual(28);
    expect(lookups - before).toBeLessThanOrEqual(31);
    await env.sleep('2 days');
    const { open } = await until(handle, (now) => now.open !== null);
    expect(open).toMatchObject({ gate: 'deletion', counts: { users: 4 } });
    expect(calls).toEqual(['listDeletions false']);
    await answer(handle, 'deletion', 'reject');
    expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    expect(calls).toEqual(['listDeletions false', 'decideDeletion rejected']);
  });

  test('ends without a question when somebody says keep', async () => {
    const handle = await inGrace();
    await env.sleep('12 days');
    await handle.signal(graceAnswered, { by: 'admin', keep: true });
    expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    expect(calls).toEqual([]);
  });

  test('ends at once at the gate when somebody says so', async () => {
    const handle = await inGrace();
    await env.sleep('3 days');
    await handle.signal(graceAnswered, { by: 'admin', keep: false });
    await answer(handle, 'deletion', 'reject');
    expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    expect(calls[0]).toBe('listDeletions true');
  });
});
