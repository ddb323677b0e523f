/** A school's second year with removals allowed, through real servers: to the end, and back again. */
import { randomUUID } from 'node:crypto';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../activities/index.js';
import { selectManaged } from '../../data/journal/managed.js';
import { selectRuns } from '../../data/journal/runs.js';
import { storeSettings } from '../../data/journal/settings.js';
import { selectTarget } from '../../data/journal/targets.js';
import { selectWithdrawn } from '../../data/journal/withdrawn.js';
import type { Gate } from '../../data/model/gate.js';
import type { RunReport } from '../../data/model/run.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { nextYear, sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { workflowsPath } from '../../workers/bundle.js';
import { castingInterceptor } from '../../activities/failures.js';
import { rollover, sync } from '../../workflows/index.js';
import { decide, planAgain, rolloverWorkflowId, status, syncWorkflowId } from '../../workflows/messages.js';
import { describeWithMoodle } from '../support/database.js';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import { uploadFiles } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';

const lastYear = sampleSchool({ seed: 'leavers', year: 2026, students: 60 });
const thisYear = nextYear(lastYear);
const stillThere = new Set([...thisYear.students, ...thisYear.teachers].map((one) => one.externalId));
const leavers = [...lastYear.students, ...lastYear.teachers]
  .map((one) => one.externalId)
  .filter((externalId) => !stillThere.has(externalId));

describeWithMoodle('a second year with removals', () => {
  let temporal: TestTemporal;
  let bundle: WorkflowBundleWithSourceMap;
  let own: TestSchool;
  const taskQueue = `removals-${randomUUID()}`;

  beforeAll(async () => {
    temporal = await startTestTemporal();
    bundle = await bundleWorkflowCode({ workflowsPath });
    own = await createSchool('4.5', { ...openSettings(2026), calendar: { removals: 'any-time' } });
  }, 240_000);
  afterAll(async () => {
    await own.close();
    await temporal.stop();
  });

  async function withWorker<T>(work: () => Promise<T>): Promise<T> {
    const worker = await Worker.create({
      connection: temporal.connection,
      taskQueue,
      workflowBundle: bundle,
      activities: createActivities({
        open: async () => own.school,
        passwordKey: null,
        limits: {},
        onApplyPoint: () => undefined,
      }),
      interceptors: { activity: [castingInterceptor] },
    });
    return worker.runUntil(work());
  }

  const upload = (school: SampleSchool): Promise<number> =>
    uploadFiles(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }]);

  async function change(settings: Partial<SchoolSettings>): Promise<void> {
    const next = { ...(await settingsInForce(own.school.journal)).settings, ...settings };
    await storeSettings(own.school.journal, next, settingsHash(next), 'admin');
  }

  async function approve(workflowId: string, gate: Gate, opening = 1): Promise<Record<string, number>> {
    const handle = temporal.client.workflow.getHandle(workflowId);
    for (let tries = 0; tries < 600; tries++) {
      const { open } = await handle.query(status);
      if (open?.gate === gate && open.opening === opening) {
        const decision = {
          ...{ decisionId: randomUUID(), gate, opening, verdict: 'approve' as const, hash: open.hash },
          ...{ by: 'admin', withoutBackup: true, beyondUsual: true },
        };
        await handle.executeUpdate(decide, { args: [decision] });
        return open.counts;
      }
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`Gate ${gate} did not open; ${JSON.stringify(await handle.query(status))}`);
  }

  async function start(school: SampleSchool): Promise<string> {
    const workflowId = rolloverWorkflowId('test', school.year);
    await temporal.client.workflow.start(rollover, {
      taskQueue,
      workflowId,
      args: [{ school: 'test', year: school.year, uploadId: await upload(school), startedBy: 'admin' }],
    });
    return workflowId;
  }

  async function syncOf(school: SampleSchool, gates: readonly Gate[] = []): Promise<string> {
    const uploadId = await upload(school);
    const handle = await temporal.client.workflow.start(sync, {
      taskQueue,
      workflowId: syncWorkflowId('test'),
      args: [{ school: 'test', uploadId, startedBy: 'admin' }],
    });
    for (const gate of gates) await approve(syncWorkflowId('test'), gate);
    const late = new Promise<never>((_, reject) => {
      const say = (now: object): void => reject(new Error(`The sync did not end: ${JSON.stringify(now)}`));
      setTimeout(() => void handle.query(status).then(say, reject), 60_000).unref();
    });
    return (await Promise.race([handle.result(), late])).outcome;
  }

  async function suspended(): Promise<Set<string>> {
    const [rows] = (await own.school.db.raw(
      `SELECT idnumber FROM \`${own.school.moodle.database}\`.mdl_user WHERE suspended = 1`,
    )) as unknown as [{ idnumber: string }[]];
    return new Set(rows.map((row) => row.idnumber));
  }

  async function soundness(): Promise<object> {
    const { database } = own.school.moodle;
    return brokenInvariants(own.school.db, { database, prefix: 'mdl_' }, await readInvariants());
  }

  test(
    'who left is suspended after the gate, syncs go on meanwhile, and nobody is ever made anew',
    { timeout: 300_000 },
    async () => {
      await withWorker(async () => {
        const first = await start(lastYear);
        for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy', 'removals'] as const)
          await approve(first, gate);
        await temporal.client.workflow.getHandle(first).result();
        await change({ mode: 'snapshot-only' });

        const second = await start(thisYear);
        for (const gate of ['backups', 'knowledgenet', 'data', 'plan'] as const) await approve(second, gate);
        const handle = temporal.client.workflow.getHandle(second);
        for (let tries = 0; tries < 600 && (await handle.query(status)).open?.gate !== 'tidy'; tries++)
          await new Promise((done) => setTimeout(done, 100));
        expect((await selectTarget(own.school.journal)).holder).toBeNull();
        expect(await syncOf(thisYear)).toBe('nothing-to-do');
        await approve(second, 'tidy');
        for (let tries = 0; tries < 600 && (await handle.query(status)).open?.gate !== 'removals'; tries++)
          await new Promise((done) => setTimeout(done, 100));
        expect((await handle.query(status)).open?.counts).toMatchObject({
          'allowable.user': leavers.length,
          'kept.user': leavers.length,
        });
        await change({ deletion: { users: true, enrolments: true, courses: 'hide' } });
        await handle.signal(planAgain, { by: 'admin' });
        const counts = await approve(second, 'removals', 2);
        expect(counts).toMatchObject({ 'user.suspend': leavers.length });
        expect(await handle.result()).toMatchObject({ outcome: 'completed' });
      });
      expect(await suspended()).toEqual(new Set(leavers));
      const runs = await selectRuns(own.school.journal, 10);
      const run = runs.find((one) => one.workflowId === rolloverWorkflowId('test', thisYear.year));
      const report = JSON.parse(run?.report ?? '{}') as RunReport;
      expect(report).toMatchObject({ removals: 'applied', verified: true, remaining: 0 });
      expect(await soundness()).toEqual({});
    },
  );

  test('a sync suspends nobody twice, and brings back who is back', { timeout: 240_000 }, async () => {
    const { users } = await selectManaged(own.school.journal);
    const back = lastYear.students.find((one) => one.externalId === leavers[0])!;
    const withOne: SampleSchool = { ...thisYear, students: [...thisYear.students, { ...back, groups: [] }] };
    await withWorker(async () => {
      expect(await syncOf(thisYear)).toBe('nothing-to-do');
      expect(await syncOf(withOne, ['plan'])).toBe('completed');
    });
    expect(await suspended()).toEqual(new Set(leavers.slice(1)));
    expect((await selectManaged(own.school.journal)).users.size).toBe(users.size);
    await withWorker(async () => expect(await syncOf(thisYear, ['removals'])).toBe('completed'));
    expect(await suspended()).toEqual(new Set(leavers));
    const ours = (await selectWithdrawn(own.school.journal)).filter((one) => one.kind === 'user');
    expect(ours.map((one) => one.externalId).sort()).toEqual([...leavers].sort());
    expect(await soundness()).toEqual({});
  });
});
