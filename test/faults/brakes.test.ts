/** Drift and cancelling on real servers: what a run leaves behind when it does not come to its end. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { selectRuns } from '../../data/journal/runs.js';
import { selectTarget } from '../../data/journal/targets.js';
import type { Gate, OpenGate } from '../../data/model/gate.js';
import { decide, status } from '../../workflows/messages.js';
import { describeWithMoodle } from '../support/database.js';
import { makeTestFolder } from '../support/folder.js';
import { killAll } from '../support/processes.js';
import { carryOut } from './carry-out.js';
import { passages } from './passages.js';
import { calmSurroundings, createStand, MOODLE, type Stand } from './stand.js';
import { createTemplates } from './templates.js';
import { expectSound } from './verdict.js';

describeWithMoodle('a rollover that does not come to its end', () => {
  let folder: string;
  let stand: Stand;
  const [passage] = passages;
  if (passage === undefined) throw new Error('There is no passage.');

  beforeEach(async () => {
    folder = makeTestFolder('brakes');
    const place = join(folder, 'stand');
    await createTemplates(join(folder, 'templates'), passages).copy(passage, place, calmSurroundings);
    stand = await createStand({ folder: place });
    await passage.prepare(stand);
    await stand.startWorker();
  }, 240_000);
  afterEach(async () => {
    await stand.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(killAll);

  async function waitFor(handle: WorkflowHandle, gate: Gate, opening = 1): Promise<OpenGate> {
    for (let tries = 0; tries < 600; tries++) {
      const { open } = await handle.query(status);
      if (open?.gate === gate && open.opening === opening) return open;
      await pause(100);
    }
    throw new Error(`Gate ${gate} did not open ${opening} times.`);
  }

  async function approve(handle: WorkflowHandle, gate: Gate, opening = 1): Promise<void> {
    const { hash } = await waitFor(handle, gate, opening);
    const by = { by: 'admin', withoutBackup: true, beyondUsual: true };
    await handle.executeUpdate(decide, {
      args: [{ decisionId: randomUUID(), gate, opening, verdict: 'approve', hash, ...by }],
    });
  }

  async function count(sql: string): Promise<number> {
    const [rows] = (await stand.root.raw(sql)) as [{ n: number }[]];
    return Number(rows[0]?.n);
  }

  async function startToPlan(): Promise<WorkflowHandle> {
    if (passage === undefined) throw new Error('There is no passage.');
    const handle = await passage.start(stand);
    for (const gate of ['backups', 'knowledgenet', 'data'] as const) await approve(handle, gate);
    await waitFor(handle, 'plan');
    return handle;
  }

  async function expectCancelled(handle: WorkflowHandle): Promise<void> {
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(expect.objectContaining({ cause: expect.anything() }));
    await expectSound(stand);
    const [run] = await selectRuns(stand.journal(), 1);
    expect(run).toMatchObject({ outcome: 'cancelled', report: expect.stringContaining('{') });
    expect(await selectTarget(stand.journal())).toMatchObject({ holder: null, brake: 'go' });
  }

  async function finish(): Promise<void> {
    if (passage === undefined) throw new Error('There is no passage.');
    const { end } = await carryOut(stand, passage, {
      seed: 'after',
      faults: [],
      surroundings: calmSurroundings,
    });
    expect(end).toMatchObject({ ended: 'completed', result: { outcome: 'completed' } });
    await expectSound(stand);
  }

  test(
    'too much drift stops it at a new opening of gate plan; cancelled there, it can be begun again',
    { timeout: 300_000 },
    async () => {
      const handle = await startToPlan();
      // somebody takes twenty of the logins that the plan gives away
      await stand.root
        .raw(`INSERT INTO ${MOODLE}.mdl_user (auth, confirmed, mnethostid, username, password, idnumber, firstname, lastname, email, timecreated, timemodified)
      SELECT 'manual', 1, 1, JSON_VALUE(body, '$.values.username'), '', '', 'Some', 'Body', CONCAT('taken', seq, '@example.org'), 1, 1
      FROM plan_change WHERE kind = 'user' AND operation = 'create' ORDER BY seq DESC LIMIT 20`);
      await stand.root.raw(`INSERT INTO ${MOODLE}.mdl_context (contextlevel, instanceid, depth, path)
      SELECT 30, u.id, 2, CONCAT('/1/x', u.id) FROM ${MOODLE}.mdl_user u WHERE u.email LIKE 'taken%'`);
      await stand.root.raw(
        `UPDATE ${MOODLE}.mdl_context SET path = CONCAT('/1/', id) WHERE path LIKE '/1/x%'`,
      );
      await approve(handle, 'plan');
      const open = await waitFor(handle, 'plan', 2);
      expect(open.subject.id).toBeGreaterThan(1);
      expect(
        await count("SELECT COUNT(*) AS n FROM plan_change WHERE state = 'conflict'"),
      ).toBeGreaterThanOrEqual(10);
      await expectCancelled(handle);
      await finish();
    },
  );

  test(
    'cancelled in the middle of applying it leaves whole batches and a report, and can be begun again',
    { timeout: 300_000 },
    async () => {
      const handle = await startToPlan();
      await approve(handle, 'plan');
      const applied = "SELECT COUNT(*) AS n FROM plan_change WHERE state = 'applied'";
      while ((await count(applied)) === 0) await pause(5);
      await expectCancelled(handle);
      const left = await count("SELECT COUNT(*) AS n FROM plan_change WHERE state = 'pending'");
      expect(left).toBeGreaterThan(0);
      await finish();
    },
  );
});
