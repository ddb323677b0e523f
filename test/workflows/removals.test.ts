import { describe, expect, test } from 'vitest';
import {
  syncWorkflowId,
  decide,
  graceAnswered,
  planAgain,
  readingOffered,
  status,
} from '../../workflows/messages.js';
import { sync } from '../../workflows/index.js';
import { answer, refusalOf, startRollover, temporal, useTemporal, waitFor, withWorker } from './stage.js';
import type { StubOptions } from './stub-activities.js';

useTemporal();

const everything = { users: true, enrolments: true, courses: 'hide' } as const;
const before = ['backups', 'knowledgenet', 'data', 'plan', 'tidy'] as const;

/** A rollover at gate removals. */
async function atRemovals(taskQueue: string, school: string) {
  const handle = await startRollover(taskQueue, school);
  for (const gate of before) await answer(handle, gate);
  return handle;
}

/** From the end of stage 6 on. */
function stageEight(calls: readonly string[]): string[] {
  return calls.slice(calls.indexOf('setMode enabled') + 1);
}

describe('stage 8 of a rollover', () => {
  test('lets go of the target while people tidy, asks even if nothing is allowed, and removes nothing then', async () => {
    await withWorker({}, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      await answer(handle, 'removals');
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      expect(stageEight(stub.calls)).toEqual([
        'letGo',
        'openGate tidy 1',
        'holdTarget',
        'makeRemovalPlan 2 of 50 rollover',
        'openGate removals 1',
        'endRun completed',
      ]);
    });
  });

  test('plans again when the administrator allows something, and applies only what was approved', async () => {
    await withWorker({ removals: [0, 4], deletion: everything }, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      const first = await waitFor(handle, 'removals');
      await handle.signal(planAgain, { by: 'admin' });
      await waitFor(handle, 'removals', 2);
      expect(await refusalOf(handle.executeUpdate(decide, { args: [first] }))).toBe('StaleDecision');
      await answer(handle, 'removals', 'approve', 2);
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      expect(stageEight(stub.calls).slice(4)).toEqual([
        'openGate removals 1',
        'holdTarget',
        'makeRemovalPlan 3 of 50 rollover',
        'openGate removals 2',
        'preflight',
        'applyChanges 3 true done',
        'verifyRemovals',
        'showCategories',
        'endRun completed',
      ]);
    });
  });

  test('is left out when a person rejects it', async () => {
    await withWorker({ removals: [4], deletion: everything }, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      await answer(handle, 'removals', 'reject');
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      expect(stub.calls.some((call) => call.startsWith('applyChanges 2'))).toBe(false);
    });
  });

  test('plans again with a reading that is offered meanwhile', async () => {
    await withWorker({ removals: [4, 5], deletion: everything }, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      await waitFor(handle, 'removals');
      await handle.signal(readingOffered, { uploadId: 8, by: 'admin' });
      await answer(handle, 'removals', 'approve', 2);
      await handle.result();
      expect(stub.calls).toContain('makeRemovalPlan 3 of 80 rollover');
      expect(stub.calls).toContain('applyChanges 3 true done');
    });
  });

  test('waits while another run holds the target', async () => {
    await withWorker({ holders: ['sync/school'] }, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      await answer(handle, 'removals');
      await handle.result();
      expect(stageEight(stub.calls).slice(2, 4)).toEqual(['held by sync/school', 'holdTarget']);
    });
  });

  test('needs a fresh dump for many removals, and a word for more than is usual', async () => {
    const options: StubOptions = {
      removals: [150],
      deletion: everything,
      backupAgeHours: () => null,
      withdrawn: { 'guard.exceeded': 1 },
    };
    await withWorker(options, async (taskQueue, school) => {
      const handle = await startRollover(taskQueue, school);
      for (const gate of before) await answer(handle, gate);
      const decision = await waitFor(handle, 'removals');
      const send = (more: object) =>
        refusalOf(handle.executeUpdate(decide, { args: [{ ...decision, ...more }] }));
      expect(await send({})).toBe('GuardExceeded');
      expect(await send({ beyondUsual: true })).toBe('BackupMissing');
      expect(await send({ beyondUsual: true, withoutBackup: true })).toBeUndefined();
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    });
  });

  test('waits for the holidays without holding the target, and goes on with the same plan only', async () => {
    let looks = 0;
    const options: StubOptions = {
      removals: [4, 4, 4],
      deletion: everything,
      sameRemovals: true,
      removalTime: () => ++looks > 2,
    };
    await withWorker(options, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      await answer(handle, 'removals');
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      expect(stageEight(stub.calls).slice(4)).toEqual([
        'openGate removals 1',
        'letGo',
        'holdTarget',
        'makeRemovalPlan 3 of 50 rollover',
        'preflight',
        'applyChanges 3 false done',
        'verifyRemovals',
        'showCategories',
        'endRun completed',
      ]);
    });
  });
});

describe('the grace period', () => {
  const forGood = { ...everything, courses: 'delete' } as const;

  test('lets go of the target, shows until when, and ends without deletion on a word', async () => {
    await withWorker({ removals: [4], deletion: forGood }, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      await answer(handle, 'removals');
      let now = await handle.query(status);
      for (let tries = 0; tries < 200 && now.graceUntil === undefined; tries++) {
        await new Promise((done) => setTimeout(done, 50));
        now = await handle.query(status);
      }
      expect(now.stage).toBe('grace');
      const days = (Date.parse(now.graceUntil ?? '') - Date.now()) / 86_400_000;
      expect(Math.round(days)).toBe(30);
      const { currentDetails } = await handle.query<{ currentDetails?: string }>(
        '__temporal_workflow_metadata',
      );
      expect(currentDetails).toContain('30 days left');
      await handle.signal(graceAnswered, { by: 'admin', keep: true });
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      expect(stub.calls.slice(-2)).toEqual(['letGo', 'endRun completed']);
    });
  });

  test('is none where nothing shall be deleted', async () => {
    await withWorker({ removals: [4], deletion: everything }, async (taskQueue, school, stub) => {
      const handle = await atRemovals(taskQueue, school);
      await answer(handle, 'removals');
      await handle.result();
      expect(stub.calls.filter((call) => call === 'letGo')).toHaveLength(1);
    });
  });

  test('ends when the settings say so meanwhile', async () => {
    let deletion: StubOptions['deletion'] = forGood;
    const options: StubOptions = { removals: [4], deletion: () => deletion as typeof forGood };
    await withWorker(options, async (taskQueue, school) => {
      const handle = await atRemovals(taskQueue, school);
      await answer(handle, 'removals');
      for (let tries = 0; tries < 200 && (await handle.query(status)).stage !== 'grace'; tries++)
        await new Promise((done) => setTimeout(done, 50));
      deletion = { users: false, enrolments: false, courses: "don't-delete" };
      await handle.signal(planAgain, { by: 'admin' });
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('removals in a sync', () => {
  async function runSync(
    options: StubOptions,
    unattended: boolean,
    work: (handle: Awaited<ReturnType<typeof start>>, calls: string[]) => Promise<void>,
  ): Promise<void> {
    await withWorker(
      { changes: [0], conflicts: false, managed: 1000, ...options },
      async (taskQueue, school, stub) => {
        const handle = await start(taskQueue, school, unattended);
        await work(handle, stub.calls);
      },
    );
  }

  const start = (taskQueue: string, school: string, unattended: boolean) =>
    temporal.client.workflow.start(sync, {
      taskQueue,
      workflowId: syncWorkflowId(school),
      args: [{ school, uploadId: 5, startedBy: 'admin', unattended }],
    });

  test('are not even planned while the settings allow nothing, or in protected times', async () => {
    await runSync({}, false, async (handle, calls) => {
      expect(await handle.result()).toMatchObject({ outcome: 'nothing-to-do' });
      expect(calls.some((call) => call.startsWith('makeRemovalPlan'))).toBe(false);
    });
    await runSync({ deletion: everything, removalTime: () => false }, false, async (handle, calls) => {
      expect(await handle.result()).toMatchObject({ outcome: 'nothing-to-do' });
      expect(calls.some((call) => call.startsWith('makeRemovalPlan'))).toBe(false);
    });
  });

  test('ask at their own gate', async () => {
    await runSync({ deletion: everything, removals: [4] }, false, async (handle, calls) => {
      await answer(handle, 'removals');
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      expect(calls).toContain('makeRemovalPlan 2 of 50 term');
      expect(calls).toContain('settle verified');
    });
  });

  test('need nobody where they are few and the run is unattended; many do', async () => {
    await runSync({ deletion: everything, removals: [4] }, true, async (handle, calls) => {
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      expect(calls.some((call) => call.startsWith('openGate'))).toBe(false);
    });
    await runSync({ deletion: everything, removals: [60] }, true, async (handle, calls) => {
      await answer(handle, 'removals', 'reject');
      expect(await handle.result()).toMatchObject({ outcome: 'rejected' });
      expect(calls).toContain('settle rejected');
      expect(calls.some((call) => call.startsWith('applyChanges'))).toBe(false);
    });
  });
});
