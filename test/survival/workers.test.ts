import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { holdTarget, selectTarget } from '../../data/journal/targets.js';
import { rolloverWorkflowId } from '../../workflows/messages.js';
import { rollover } from '../../workflows/index.js';
import { describeWithMoodle, testServer } from '../support/database.js';
import { killAll } from '../support/processes.js';
import { expectSameRows } from './same-rows.js';
import { createStage, nervous, type Stage } from './stage.js';

describeWithMoodle('several workers of one target', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await createStage(testServer());
  }, 240_000);
  afterEach(async () => stage.close());
  afterAll(killAll);

  async function applied(): Promise<number> {
    const { journal } = stage.plans.disturbed.school;
    const [rows] = (await journal.db.raw(
      "SELECT COUNT(*) AS n FROM plan_change WHERE state = 'applied'",
    )) as unknown as [{ n: number }[]];
    return rows[0]?.n ?? 0;
  }

  async function openWriters(): Promise<number> {
    // by its connection: other tests write to this server as well
    const [rows] = (await stage.plans.disturbed.school.journal.db.raw(
      `SELECT COUNT(*) AS n FROM information_schema.innodb_trx
        JOIN target ON target.writer_connection = trx_mysql_thread_id WHERE trx_rows_modified > 0`,
    )) as unknown as [{ n: number }[]];
    return rows[0]?.n ?? 0;
  }

  test('a frozen one is replaced, and writes nothing when it wakes up', { timeout: 900_000 }, async () => {
    const calm = await stage.startWorker();
    await (await stage.apply('calm')).result();
    await calm.stop();

    const frozen = await stage.startWorker();
    const handle = await stage.apply('disturbed');
    while ((await applied()) < 30) await pause(20);
    for (let tries = 0; tries < 400; tries++) {
      frozen.freeze();
      if ((await openWriters()) > 0) break;
      frozen.thaw();
      await pause(157);
    }
    expect(await openWriters(), 'frozen while it held an open transaction').toBe(1);
    const replacement = await stage.startWorker();
    expect((await handle.result()).ended).toBe('done');
    await replacement.stop();
    const before = await applied();
    frozen.thaw();
    await pause(4_000);
    expect(await applied()).toBe(before);
    await expectSameRows(stage);
  });

  test('two at once share the work and double nothing', { timeout: 900_000 }, async () => {
    const workers = [await stage.startWorker(), await stage.startWorker()];
    const calm = await stage.apply('calm');
    // The same plan applied by two workflows at once: each takes the fence from the other, and both end well.
    const both = [await stage.apply('disturbed'), await stage.apply('disturbed')];
    const results = await Promise.all(both.map((handle) => handle.result()));
    expect(results.map((result) => result.ended)).toEqual(['done', 'done']);
    await calm.result();
    await Promise.all(workers.map((worker) => worker.stop()));
    await expectSameRows(stage);
  });

  test(
    'two rollovers of one target: the second one learns who holds it and writes nothing',
    { timeout: 600_000 },
    async () => {
      const worker = await stage.startWorker();
      const { school } = stage.plans.disturbed;
      const taskQueue = (await stage.apply('calm', nervous).then((handle) => handle.describe())).taskQueue;
      await school.journal.db.raw('UPDATE target SET holder = NULL WHERE id = ?', [school.journal.targetId]);
      const start = (year: number) =>
        stage.temporal.client.workflow.start(rollover, {
          taskQueue,
          workflowId: rolloverWorkflowId('disturbed', year),
          args: [{ school: 'disturbed', year, uploadId: null, startedBy: 'test' }],
        });
      const first = await start(2027);
      while ((await selectTarget(school.journal)).holder !== first.workflowId) await pause(100);
      const second = await start(2028);
      await expect(second.result()).rejects.toThrow(
        expect.objectContaining({ cause: expect.objectContaining({ type: 'TargetHeld' }) }),
      );
      expect(await applied()).toBe(0);
      await first.cancel();
      await expect(first.result()).rejects.toThrow();
      expect(await holdTarget(school.journal, 'next')).toBeNull();
      await worker.stop();
    },
  );
});
