import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { startMariadb, type EmbeddedMariadb } from '../../embedded/mariadb.js';
import type { ApplyTuning } from '../../workflows/messages.js';
import { describeWithMoodle } from '../support/database.js';
import { makeTestFolder } from '../support/folder.js';
import { killAll } from '../support/processes.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { expectSameRows } from './same-rows.js';
import { createStage, nervous, type Stage } from './stage.js';

/** So little at a time that much is left to do when a server is back, however slow it starts. */
const little: ApplyTuning = {
  ...nervous,
  batch: { user: 5, course: 2, enrolment: 5, category: 1 },
  sliceMs: 200,
};

describeWithMoodle('servers that are killed while changes are applied', () => {
  let folder: string;
  let mariadb: EmbeddedMariadb;
  let temporal: TestTemporal;
  let stage: Stage;

  beforeEach(async () => {
    folder = makeTestFolder('servers');
    mariadb = await startMariadb(folder);
    temporal = await startTestTemporal();
    stage = await createStage(mariadb.address, 120, temporal);
  }, 240_000);
  afterEach(async () => {
    await stage.close();
    await temporal.stop();
    await mariadb.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(killAll);

  async function applied(): Promise<number> {
    const { journal } = stage.plans.disturbed.school;
    const [rows] = (await journal.db.raw(
      "SELECT COUNT(*) AS n FROM plan_change WHERE state = 'applied'",
    )) as unknown as [{ n: number }[]];
    return rows[0]?.n ?? 0;
  }

  async function waitForSome(more: number): Promise<void> {
    const before = await applied();
    if (before + more > stage.plans.disturbed.changes) throw new Error('Too little is left to be disturbed.');
    while ((await applied()) < before + more) await pause(20);
  }

  test('MariaDB three times: the run goes on by itself when it is back', { timeout: 900_000 }, async () => {
    const worker = await stage.startWorker();
    await (await stage.apply('calm')).result();
    const handle = await stage.apply('disturbed', little);
    for (let time = 0; time < 3; time++) {
      await waitForSome(40);
      process.kill(mariadb.pid, 'SIGKILL');
      await pause(1_500);
      mariadb = await startMariadb(folder);
    }
    expect((await handle.result()).ended).toBe('done');
    await worker.stop();
    await expectSameRows(stage);
  });

  test('Temporal twice: nothing is lost and nothing runs twice', { timeout: 900_000 }, async () => {
    const worker = await stage.startWorker();
    await (await stage.apply('calm')).result();
    const { workflowId } = await stage.apply('disturbed', little);
    for (let time = 0; time < 2; time++) {
      await waitForSome(60);
      await temporal.killAndRestart();
    }
    const handle = temporal.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toMatchObject({ ended: 'done' });
    await worker.stop();
    await expectSameRows(stage);
  });
});
