import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { scheduledSyncId, syncWorkflowId } from '../../workflows/messages.js';
import { scheduledSync, sync } from '../../workflows/index.js';
import { answer, temporal, useTemporal, waitFor, withWorker } from './stage.js';
import type { StubOptions } from './stub-activities.js';

useTemporal();

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

describe('a sync that was settled already', () => {
  const startWith = (taskQueue: string, school: string, full = false) =>
    temporal.client.workflow.start(sync, {
      taskQueue,
      workflowId: syncWorkflowId(school),
      args: [{ school, uploadId: 5, startedBy: 'admin', full }],
    });

  test('is done at once when the same inputs ended clean, and compares everything when asked to', async () => {
    await withWorker({ settled: 'clean', changes: [0, 0] }, async (taskQueue, school, stub) => {
      expect((await (await startWith(taskQueue, school)).result()).outcome).toBe('nothing-to-do');
      expect(stub.calls).not.toContain('makePlan 1');
      await (await startWith(taskQueue, school, true)).result();
      expect(stub.calls).toContain('makePlan 1');
    });
  });

  test('is planned again for a person who rejected it before', async () => {
    await withWorker({ settled: 'rejected', changes: [0] }, async (taskQueue, school, stub) => {
      await (await startWith(taskQueue, school)).result();
      expect(stub.calls).toContain('makePlan 1');
    });
  });
});

describe('the schedule of an Enabled school', () => {
  const start = (taskQueue: string, school: string) =>
    temporal.client.workflow.start(scheduledSync, {
      taskQueue,
      workflowId: `${scheduledSyncId(school)}-${randomUUID()}`,
      args: [{ school }],
    });
  const syncOf = (school: string) => temporal.client.workflow.getHandle<typeof sync>(syncWorkflowId(school));

  test('applies a small plan by itself and hands a large one to a person', async () => {
    const options: StubOptions = {
      changes: [100, 101],
      managed: 1000,
      conflicts: false,
      slices: ['done', 'done'],
    };
    await withWorker(options, async (taskQueue, school, stub) => {
      expect((await (await start(taskQueue, school)).result()).outcome).toBe('completed');
      expect(stub.calls).not.toContain('openGate plan 1');
      expect(stub.calls).toContain('applyChanges 1 true done');
      const large = await start(taskQueue, school);
      await expect.poll(() => stub.calls, { timeout: 20_000 }).toContain('openGate plan 1');
      await answer(syncOf(school), 'plan');
      expect((await large.result()).outcome).toBe('completed');
      expect(stub.told).toEqual(['run-ended completed', 'gate-opened plan', 'run-ended completed']);
    });
  });

  test('hands to a person what is left over, and everything once it is no longer Enabled', async () => {
    const options: StubOptions = {
      changes: [3, 3],
      managed: 1000,
      conflicts: false,
      slices: ['drift', 'done'],
    };
    await withWorker(options, async (taskQueue, school, stub) => {
      const drifted = await start(taskQueue, school);
      await expect.poll(() => stub.calls, { timeout: 20_000 }).toContain('openGate plan 1');
      await answer(syncOf(school), 'plan');
      expect((await drifted.result()).outcome).toBe('completed');
      expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toHaveLength(2);
    });
    const disabled: StubOptions = { changes: [3], managed: 1000, conflicts: false, modeLater: 'disabled' };
    await withWorker(disabled, async (taskQueue, school, stub) => {
      const held = await start(taskQueue, school);
      await expect.poll(() => stub.calls, { timeout: 20_000 }).toContain('openGate plan 1');
      expect(stub.calls.filter((call) => call.startsWith('applyChanges'))).toHaveLength(0);
      await syncOf(school).cancel();
      await expect(held.result()).rejects.toThrow();
    });
  });

  test('does nothing when no file has come, or when the source was settled, however it ended', async () => {
    await withWorker({ source: { kind: 'nothing' } }, async (taskQueue, school, stub) => {
      expect((await (await start(taskQueue, school)).result()).outcome).toBe('nothing-to-do');
      expect(stub.calls).not.toContain('takeSnapshot 5');
      expect(stub.told).toEqual([]);
    });
    for (const settled of ['clean', 'rejected', 'stopped-by-findings'] as const)
      await withWorker({ settled, stopsRun: 1 }, async (taskQueue, school, stub) => {
        expect((await (await start(taskQueue, school)).result()).outcome).toBe('nothing-to-do');
        expect(stub.calls).not.toContain('makePlan 1');
        expect(stub.told).toEqual([]);
      });
  });

  test('leaves a sync alone that a person has started', async () => {
    await withWorker({ changes: [3] }, async (taskQueue, school) => {
      const own = await temporal.client.workflow.start(sync, {
        taskQueue,
        workflowId: syncWorkflowId(school),
        args: [{ school, uploadId: 5, startedBy: 'admin' }],
      });
      await waitFor(own, 'plan');
      expect((await (await start(taskQueue, school)).result()).outcome).toBe('skipped-held');
      await own.cancel();
      await expect(own.result()).rejects.toThrow();
    });
  });

  test('names why it failed', async () => {
    const source = ApplicationFailure.nonRetryable('No source.', 'SourceNotConfigured');
    await withWorker({ source }, async (taskQueue, school, stub) => {
      await expect((await start(taskQueue, school)).result()).rejects.toMatchObject({
        cause: { type: 'SourceNotConfigured' },
      });
      expect(stub.told).toEqual(['run-failed SourceNotConfigured']);
    });
  });
});
