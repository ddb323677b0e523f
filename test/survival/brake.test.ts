import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { pauseRequested, resumeRequested, type ApplyTuning } from '../../workflows/messages.js';
import { describeWithMoodle, testServer } from '../support/database.js';
import { killAll, type TestProcess } from '../support/processes.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { expectSameRows } from './same-rows.js';
import { createStage, type Stage } from './stage.js';

/** What pause and resume may take. */
const WITHIN_MS = 2_000;
/** Long enough to be paused several times. */
const tuning: ApplyTuning = { batch: { user: 20, course: 5, enrolment: 20, category: 5 } };

describeWithMoodle('the brake', () => {
  let temporal: TestTemporal;
  let stage: Stage;
  let worker: TestProcess;

  beforeEach(async () => {
    temporal = await startTestTemporal();
    stage = await createStage(testServer(), 150, temporal);
    worker = await stage.startWorker();
    await (await stage.apply('calm')).result();
  }, 240_000);
  afterEach(async () => {
    await stage.close();
    await temporal.stop();
  });
  afterAll(killAll);

  async function read<K extends string>(sql: string, key: K): Promise<number> {
    const [rows] = (await stage.plans.disturbed.school.journal.db.raw(sql)) as [Record<K, number>[]];
    return Number(rows[0]?.[key]);
  }

  const applied = (): Promise<number> =>
    read("SELECT COUNT(*) AS n FROM plan_change WHERE state = 'applied'", 'n');
  const fence = (): Promise<number> => read('SELECT fence FROM target', 'fence');

  const byHand = (brake: 'pause' | 'go') => async (): Promise<void> => {
    await stage.plans.disturbed.school.journal.db.raw('UPDATE target SET brake = ?', [brake]);
  };

  /** Until something is true; milliseconds that took. */
  async function timed(what: string, isSo: () => Promise<boolean>, limitMs = 60_000): Promise<number> {
    const began = performance.now();
    while (!(await isSo())) {
      if (performance.now() - began > limitMs) throw new Error(`Not within ${limitMs} ms: ${what}.`);
      await pause(10);
    }
    return performance.now() - began;
  }

  async function waitForMore(): Promise<void> {
    const before = await applied();
    await timed('more changes are applied', async () => (await applied()) > before);
  }

  /** Nothing is written any more at most two seconds after the word, and for a while after that. */
  async function expectPause(word: () => Promise<void>): Promise<void> {
    await waitForMore();
    await word();
    await pause(WITHIN_MS);
    const stopped = await applied();
    await pause(2_000);
    expect(await applied()).toBe(stopped);
    expect(stopped).toBeLessThan(stage.plans.disturbed.changes);
  }

  /** A writer takes over at most two seconds after the word. */
  async function expectResume(word: () => Promise<void>): Promise<void> {
    const before = await fence();
    await word();
    expect(await timed('a writer takes over', async () => (await fence()) > before)).toBeLessThan(WITHIN_MS);
  }

  async function finish(handle: Pick<WorkflowHandle, 'result'>): Promise<void> {
    expect(await handle.result()).toMatchObject({ ended: 'done' });
    await worker.stop();
    await expectSameRows(stage);
  }

  test('is moved by hand in SQL and by signal, each within two seconds', { timeout: 600_000 }, async () => {
    const handle = await stage.apply('disturbed', tuning);
    await expectPause(byHand('pause'));
    await expectResume(byHand('go'));
    await expectPause(() => handle.signal(pauseRequested, { by: 'admin' }));
    await expectResume(() => handle.signal(resumeRequested, { by: 'admin' }));
    await finish(handle);
  });

  test(
    'is moved by hand while Temporal is away, and holds when it is back',
    { timeout: 600_000 },
    async () => {
      const { workflowId } = await stage.apply('disturbed', tuning);
      await waitForMore();
      const back = temporal.killAndRestart();
      await expectPause(byHand('pause'));
      await back;
      const stopped = await applied();
      await pause(3_000);
      expect(await applied()).toBe(stopped);
      await expectResume(byHand('go'));
      await finish(temporal.client.workflow.getHandle(workflowId));
    },
  );

  test('does not keep a cancelled run from ending', { timeout: 600_000 }, async () => {
    const handle = await stage.apply('disturbed', tuning);
    await expectPause(byHand('pause'));
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(expect.objectContaining({ cause: expect.anything() }));
    await byHand('go')();
    await finish(await stage.apply('disturbed', tuning));
  });
});
