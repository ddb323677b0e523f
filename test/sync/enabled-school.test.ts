/** An Enabled school on real servers: three days of small changes by itself, the fourth and large one is held. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Configuration } from '../../data/configuration.js';
import { storeSettings } from '../../data/journal/settings.js';
import { selectRuns } from '../../data/journal/runs.js';
import { setAppliedSnapshot } from '../../data/journal/targets.js';
import type { SyncMode } from '../../data/model/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { createWorker, type WorkerHandle } from '../../workers/worker.js';
import {
  decide,
  rolloverWorkflowId,
  status,
  syncScheduleId,
  syncWorkflowId,
  workflowTypes,
} from '../../workflows/messages.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';

describeWithMoodle('an Enabled school', () => {
  let own: TestSchool;
  let temporal: TestTemporal;
  let folder: string;
  let worker: WorkerHandle;
  let running: Promise<void>;
  const taskQueue = `enabled-${randomUUID()}`;
  const school: SampleSchool = sampleSchool({ seed: 'enabled', year: 2027, students: 300 });

  beforeAll(async () => {
    own = await createSchool('4.5', openSettings(2027));
    folder = await mkdtemp(join(tmpdir(), 'rollover-watched-'));
    const first = await readSchool(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }]);
    await applyStored(own.school, await planSnapshot(own.school, first.snapshotId));
    await setAppliedSnapshot(own.school.journal, first.snapshotId);
    temporal = await startTestTemporal();
    worker = await createWorker(configuration());
    running = worker.run();
  });
  afterAll(async () => {
    worker?.stop();
    await running;
    await temporal?.stop();
    await own?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  function configuration(): Configuration {
    const watched = { ...own.school, knowledgenet: { watchFolder: folder } };
    return {
      path: '',
      temporal: { address: temporal.address, namespace: 'default', taskQueue },
      schools: new Map([['test', watched]]),
      limits: {},
      monitoring: {},
    };
  }

  async function setMode(mode: SyncMode): Promise<void> {
    const { settings } = await settingsInForce(own.school.journal);
    const changed = { ...settings, mode };
    await storeSettings(own.school.journal, changed, settingsHash(changed), 'admin');
    await temporal.client.workflow.execute(workflowTypes.followMode, {
      taskQueue,
      workflowId: `follow-${randomUUID()}`,
      args: [{ school: 'test' }],
    });
  }

  const schedule = () => temporal.client.schedule.getHandle(syncScheduleId('test'));

  /** An export of now, put into the folder a minute ago. */
  async function putExport(name: string): Promise<void> {
    const path = join(folder, name);
    await writeFile(path, toWorkbook(school, 'xlsx'));
    const before = new Date(Date.now() - 60_000);
    await utimes(path, before, before);
  }

  /** The schedule's time has come. Returns the outcome of the run it makes, or null when it is still under way. */
  async function comeRound(): Promise<string | null> {
    // the schedule skips its time while the last run is under way
    await expect
      .poll(async () => (await schedule().describe()).info.runningActions.length, { timeout: 60_000 })
      .toBe(0);
    const runs = (await selectRuns(own.school.journal, 1000)).length;
    await pause(1_100); // its workflows are named by the second
    await schedule().trigger();
    await expect
      .poll(async () => (await selectRuns(own.school.journal, 1000)).length, { timeout: 60_000 })
      .toBe(runs + 1);
    await expect
      .poll(
        async () => {
          const [run] = await selectRuns(own.school.journal, 1);
          return run?.endedAt !== null || run.stage === 'plan';
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    const [run] = await selectRuns(own.school.journal, 1);
    return run?.outcome ?? null;
  }

  async function lastnamesInMoodle(name: string): Promise<number> {
    const [rows] = (await own.school.db.raw('SELECT COUNT(*) AS count FROM ?? WHERE lastname = ?', [
      `${own.school.moodle.database}.mdl_user`,
      name,
    ])) as unknown as [{ count: number }[]];
    return rows[0]?.count ?? 0;
  }

  function rename(from: number, to: number, surname: string): void {
    for (const student of school.students.slice(from, to)) student.surname = surname;
  }

  test('is looked at by a schedule that is paused in every other mode', async () => {
    await expect.poll(async () => (await schedule().describe()).state.paused, { timeout: 30_000 }).toBe(true);
    await setMode('enabled');
    const { state, policies } = await schedule().describe();
    expect(state.paused).toBe(false);
    expect(policies.overlap).toBe('SKIP');
    expect(policies.catchupWindow).toBeLessThanOrEqual(3_600_000);
  });

  test('does nothing until a file is there', async () => {
    expect(await comeRound()).toBe('nothing-to-do');
  });

  test('brings three days of small changes into Moodle by itself', async () => {
    for (const day of [1, 2, 3]) {
      rename(day * 3, day * 3 + 3, `Day${day}`);
      await putExport(`kn-day-${day}.xlsx`);
      expect(await comeRound()).toBe('completed');
      expect(await lastnamesInMoodle(`Day${day}`)).toBe(3);
      // the same file once more is no work
      expect(await comeRound()).toBe('nothing-to-do');
    }
  });

  test('holds the fourth, large one until a person has decided', async () => {
    rename(50, 170, 'Day4');
    await putExport('kn-day-4.xlsx');
    expect(await comeRound()).toBeNull();
    expect(await lastnamesInMoodle('Day4')).toBe(0);
    const handle = temporal.client.workflow.getHandle(syncWorkflowId('test'));
    await expect.poll(async () => (await handle.query(status)).open?.gate, { timeout: 30_000 }).toBe('plan');
    const { open } = await handle.query(status);
    expect(open?.counts).toMatchObject({ 'user.update': 120, 'guard.user.change': 120 });
    const decision = {
      decisionId: 'd4',
      gate: 'plan',
      opening: 1,
      verdict: 'approve',
      by: 'admin',
      hash: open?.hash ?? '',
      withoutBackup: true,
    } as const;
    const plain = handle.executeUpdate(decide, { args: [decision] });
    await expect(plain).rejects.toMatchObject({ cause: { type: 'GuardExceeded' } });
    await handle.executeUpdate(decide, { args: [{ ...decision, decisionId: 'd4b', beyondUsual: true }] });
    expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    expect(await lastnamesInMoodle('Day4')).toBe(120);
  });

  test('does not come again with what a person has rejected', async () => {
    rename(180, 300, 'Day5');
    await putExport('kn-day-5.xlsx');
    expect(await comeRound()).toBeNull();
    const handle = temporal.client.workflow.getHandle(syncWorkflowId('test'));
    await expect.poll(async () => (await handle.query(status)).open?.gate, { timeout: 30_000 }).toBe('plan');
    const hash = (await handle.query(status)).open?.hash ?? '';
    const decision = { decisionId: 'd5', gate: 'plan', opening: 1, verdict: 'reject', by: 'admin' } as const;
    await handle.executeUpdate(decide, { args: [{ ...decision, hash }] });
    expect(await handle.result()).toMatchObject({ outcome: 'rejected' });
    expect(await comeRound()).toBe('nothing-to-do');
    expect(await lastnamesInMoodle('Day5')).toBe(0);
  });

  test('is paused while a rollover is under way', async () => {
    const workflowId = rolloverWorkflowId('test', 2028);
    const handle = await temporal.client.workflow.start(workflowTypes.rollover, {
      taskQueue,
      workflowId,
      args: [{ school: 'test', year: 2028, uploadId: null, startedBy: 'admin' }],
    });
    await expect
      .poll(async () => (await handle.query(status)).open?.gate, { timeout: 30_000 })
      .toBe('backups');
    expect((await schedule().describe()).state.paused).toBe(true);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    // it ended early, so it left the mode Disabled
    expect((await schedule().describe()).state.paused).toBe(true);
  });
});
