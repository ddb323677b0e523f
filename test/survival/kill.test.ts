import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { castDatabaseError } from '../../data/database/errors.js';
import { Random } from '../../embedded/sample-school/random.js';
import { describeWithMoodle, testServer } from '../support/database.js';
import { killAll } from '../support/processes.js';
import { expectSameRows } from './same-rows.js';
import { createStage, type Stage } from './stage.js';

/** `SURVIVAL_SEED` repeats a run of the random kills. */
const seed = process.env['SURVIVAL_SEED'] ?? '4711';
const RANDOM_KILLS = 25;
const OPEN_TRANSACTIONS_WANTED = 5;

describeWithMoodle('a worker killed with kill -9 while it applies [T43]', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await createStage(testServer());
  }, 240_000);
  afterEach(async () => stage.close());
  afterAll(killAll);

  async function applyCalmly(): Promise<void> {
    const worker = await stage.startWorker();
    const result = await (await stage.apply('calm')).result();
    expect(result.ended).toBe('done');
    await worker.stop();
  }

  test('at each named point leaves the same rows as an undisturbed run', { timeout: 900_000 }, async () => {
    await applyCalmly();
    const handle = await stage.apply('disturbed');
    const points = [
      'before-batch:3',
      'after-moodle-rows:4',
      'before-commit:2',
      'after-commit:5',
      'before-return:1',
      'after-moodle-rows:1',
      'before-commit:1',
    ];
    for (const point of points) {
      const worker = await stage.startWorker(point);
      expect(await worker.ended).toBe('SIGKILL');
      expect(worker.output()).toContain(`killing myself at ${point.split(':')[0]}`);
    }
    const last = await stage.startWorker();
    expect((await handle.result()).ended).toBe('done');
    await last.stop();
    await expectSameRows(stage);
  });

  test(
    `at ${RANDOM_KILLS} random moments, some in an open transaction, leaves the same rows (seed ${seed})`,
    { timeout: 1_200_000 },
    async () => {
      await applyCalmly();
      const random = new Random(seed);
      const { journal } = stage.plans.disturbed.school;
      const handle = await stage.apply('disturbed', {
        batch: { user: 1, course: 1, enrolment: 1 },
        sliceMs: 800,
        heartbeatMs: 1_500,
        retryMs: 1_000,
      });
      let open = 0;
      // more than 25 where chance has hit too few open transactions
      for (let kill = 0; kill < RANDOM_KILLS || (open < OPEN_TRANSACTIONS_WANTED && kill < 40); kill++) {
        const worker = await stage.startWorker();
        await waitForWriter(stage);
        await pause(random.below(200));
        worker.freeze();
        // by its connection: other tests write to this server as well
        const [rows] = (await journal.db.raw(
          `SELECT COUNT(*) AS n FROM information_schema.innodb_trx
            JOIN target ON target.writer_connection = trx_mysql_thread_id WHERE trx_rows_modified > 0`,
        )) as unknown as [{ n: number }[]];
        if ((rows[0]?.n ?? 0) > 0) open++;
        await worker.kill();
      }
      const last = await stage.startWorker();
      expect((await handle.result()).ended).toBe('done');
      await last.stop();
      await expectSameRows(stage);
      expect(open, `kills that hit an open transaction, seed ${seed}`).toBeGreaterThanOrEqual(
        OPEN_TRANSACTIONS_WANTED,
      );
    },
  );
});

/** Until a worker has taken a fence that nobody had before, that is: until it writes. */
async function waitForWriter(stage: Stage): Promise<void> {
  const { journal } = stage.plans.disturbed.school;
  const read = async (): Promise<number> => {
    const [rows] = (await journal.db.raw('SELECT fence FROM target WHERE id = ?', [
      journal.targetId,
    ])) as unknown as [{ fence: number }[]];
    return rows[0]?.fence ?? 0;
  };
  const before = await read();
  for (let tries = 0; tries < 2_400; tries++) {
    if ((await read()) !== before) return;
    await pause(25);
  }
  throw castDatabaseError(new Error('No worker began to write.'));
}
