/** What a guard holds goes on only when a person says that it is meant. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decide, decisionSent, scheduledSyncId, status, syncWorkflowId } from '../../workflows/messages.js';
import { scheduledSync, sync } from '../../workflows/index.js';
import { answer, refusalOf, startRollover, temporal, useTemporal, waitFor, withWorker } from './stage.js';

useTemporal();

const start = (taskQueue: string, school: string) =>
  temporal.client.workflow.start(sync, {
    taskQueue,
    workflowId: syncWorkflowId(school),
    args: [{ school, uploadId: 5, startedBy: 'admin' }],
  });

describe('a plan that a guard holds', () => {
  test('is refused without the word, by update and by signal, and accepted with it', async () => {
    await withWorker({ changes: [3], guards: 2 }, async (taskQueue, school, stub) => {
      const handle = await start(taskQueue, school);
      const decision = await waitFor(handle, 'plan');
      expect((await handle.query(status)).open?.counts).toMatchObject({ 'guard.exceeded': 2 });
      expect(await refusalOf(handle.executeUpdate(decide, { args: [decision] }))).toBe('GuardExceeded');
      await handle.signal(decisionSent, { ...decision, decisionId: 'by-signal' });
      await expect
        .poll(async () => (await handle.query(status)).refused[0]?.code, { timeout: 20_000 })
        .toBe('GuardExceeded');
      expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toEqual([]);
      const knowing = { ...decision, decisionId: randomUUID(), beyondUsual: true };
      await handle.executeUpdate(decide, { args: [knowing] });
      expect((await handle.result()).outcome).toBe('completed');
      expect(stub.decisions.map(({ outcome }) => outcome)).toEqual([
        'GuardExceeded',
        'accepted-beyond-usual',
      ]);
    });
  });

  test('is accepted by a signal that says so', async () => {
    await withWorker({ changes: [3], guards: 1 }, async (taskQueue, school) => {
      const handle = await start(taskQueue, school);
      const decision = await waitFor(handle, 'plan');
      await handle.signal(decisionSent, { ...decision, beyondUsual: true });
      expect((await handle.result()).outcome).toBe('completed');
    });
  });

  test('is rejected without any word', async () => {
    await withWorker({ changes: [3], guards: 1 }, async (taskQueue, school) => {
      const handle = await start(taskQueue, school);
      await answer(handle, 'plan', 'reject');
      expect((await handle.result()).outcome).toBe('rejected');
    });
  });

  test('waits for a person also where nothing would be written: the reading must not become the one to compare with [T03]', async () => {
    await withWorker({ changes: [0], guards: 1 }, async (taskQueue, school, stub) => {
      const handle = await start(taskQueue, school);
      await answer(handle, 'plan', 'reject');
      expect((await handle.result()).outcome).toBe('rejected');
      expect(stub.calls).not.toContain('markApplied');
    });
  });

  test('is never applied by the schedule', async () => {
    const options = { changes: [3], managed: 1000, conflicts: false, guards: 1 };
    await withWorker(options, async (taskQueue, school, stub) => {
      const handle = await temporal.client.workflow.start(scheduledSync, {
        taskQueue,
        workflowId: `${scheduledSyncId(school)}-${randomUUID()}`,
        args: [{ school }],
      });
      await expect.poll(() => stub.calls, { timeout: 20_000 }).toContain('openGate plan 1');
      expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toEqual([]);
      await answer(temporal.client.workflow.getHandle<typeof sync>(syncWorkflowId(school)), 'plan', 'reject');
      expect((await handle.result()).outcome).toBe('rejected');
    });
  });

  test('holds a rollover too, and says so in Temporal', async () => {
    await withWorker({ changes: [3], guards: 1 }, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of ['backups', 'knowledgenet', 'data'] as const) await answer(handle, gate);
      const decision = await waitFor(handle, 'plan');
      const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      expect(metadata.currentDetails).toContain('More than usual');
      expect(await refusalOf(handle.executeUpdate(decide, { args: [decision] }))).toBe('GuardExceeded');
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    });
  });
});
