/** The whole path on real servers: last year's school, then next year's rollover, through every gate. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { historyFromJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../activities/index.js';
import { castingInterceptor } from '../../activities/failures.js';
import { selectRuns } from '../../data/journal/runs.js';
import { selectManaged } from '../../data/journal/managed.js';
import { selectTarget } from '../../data/journal/targets.js';
import type { Gate } from '../../data/model/gate.js';
import { eachEnrolment, findEnrolment } from '../../data/model/managed-enrolments.js';
import type { RunReport } from '../../data/model/run.js';
import { computePlan } from '../../data/stages/compute-plan.js';
import { nextYear, sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { workflowsPath } from '../../workers/bundle.js';
import { decide, rolloverWorkflowId, status, syncWorkflowId } from '../../workflows/messages.js';
import { rollover, sync } from '../../workflows/index.js';
import { describeWithMoodle } from '../support/database.js';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import { allTexts, findPrivate, privateTexts } from '../support/private-texts.js';
import { uploadFiles } from '../support/read-school.js';
import { histories, recordHistory } from '../support/record-history.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';

/** One folder per released version; what is recorded now belongs to the version of package.json. */
const logged: string[] = [];

describeWithMoodle('two years of a school', () => {
  let own: TestSchool;
  let temporal: TestTemporal;
  let bundle: WorkflowBundleWithSourceMap;
  const taskQueue = `path-${randomUUID()}`;
  const lastYear = sampleSchool({ seed: 'path', year: 2026, students: 200 });
  const thisYear = nextYear(lastYear);

  beforeAll(async () => {
    Runtime.install({
      logger: new DefaultLogger('DEBUG', (entry) =>
        logged.push(JSON.stringify([entry.message, entry.meta], replacer)),
      ),
    });
    own = await createSchool('4.5', openSettings(2026));
    temporal = await startTestTemporal({ logger: false });
    bundle = await bundleWorkflowCode({ workflowsPath });
  });
  afterAll(async () => {
    await temporal?.stop();
    await own?.close();
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

  async function broken(): Promise<Record<string, string[]>> {
    const { database } = own.school.moodle;
    return brokenInvariants(own.school.db, { database, prefix: 'mdl_' }, await readInvariants());
  }

  async function upload(school: SampleSchool): Promise<number> {
    return uploadFiles(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }]);
  }

  async function approve(workflowId: string, gate: Gate, opening = 1): Promise<void> {
    const handle = temporal.client.workflow.getHandle(workflowId);
    for (let tries = 0; tries < 600; tries++) {
      const { open } = await handle.query(status);
      if (open?.gate === gate && open.opening === opening) {
        const decision = {
          decisionId: randomUUID(),
          gate,
          opening,
          verdict: 'approve' as const,
          hash: open.hash,
          by: 'admin',
          withoutBackup: true,
        };
        await handle.executeUpdate(decide, { args: [decision] });
        return;
      }
      await pause(100);
    }
    throw new Error(`Gate ${gate} did not open.`);
  }

  async function rollOver(school: SampleSchool): Promise<RunReport> {
    const workflowId = rolloverWorkflowId('test', school.year);
    const handle = await temporal.client.workflow.start(rollover, {
      taskQueue,
      workflowId,
      args: [{ school: 'test', year: school.year, uploadId: await upload(school), startedBy: 'admin' }],
    });
    for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy', 'removals'] as const)
      await approve(workflowId, gate);
    expect((await handle.result()).outcome).toBe('completed');
    const [run] = await selectRuns(own.school.journal, 1);
    return JSON.parse(run?.report ?? '{}') as RunReport;
  }

  function applied(report: RunReport, what: string): number {
    return report.plans
      .flatMap((plan) => plan.outcomes)
      .reduce((sum, one) => sum + (one.what === what && one.state === 'applied' ? one.count : 0), 0);
  }

  async function histories2(): Promise<{ name: string; history: History }[]> {
    const result = [];
    for await (const execution of temporal.client.workflow.list()) {
      const history = await temporal.client.workflow
        .getHandle(execution.workflowId, execution.runId)
        .fetchHistory();
      result.push({ name: execution.workflowId.replaceAll('/', '-'), history });
    }
    return result;
  }

  test(
    'last year comes into an empty Moodle; a second plan has no changes and every invariant holds',
    { timeout: 180_000 },
    async () => {
      const report = await withWorker(() => rollOver(lastYear));
      expect(applied(report, 'user.create')).toBe(lastYear.students.length + lastYear.teachers.length);
      expect(applied(report, 'course.create')).toBe(lastYear.groups.length);
      expect(report).toMatchObject({ verified: true, remaining: 0, removals: 'nothing' });
      expect(await broken()).toEqual({});
      const { appliedSnapshotId, holder } = await selectTarget(own.school.journal);
      expect(holder).toBeNull();
      expect((await computePlan(own.school, appliedSnapshotId ?? 0, false)).plan.changes).toEqual([]);
    },
  );

  test(
    'this year: joiners, new classes and new names come, nobody goes, who left is listed as kept',
    { timeout: 180_000 },
    async () => {
      const before = await selectManaged(own.school.journal);
      const report = await withWorker(() => rollOver(thisYear));
      const known = new Set([...lastYear.students, ...lastYear.teachers].map((person) => person.externalId));
      const joiners = [...thisYear.students, ...thisYear.teachers].filter(
        (person) => !known.has(person.externalId),
      );
      expect(applied(report, 'user.create')).toBe(joiners.length);
      expect(report.plans.at(-1)?.kept).toBeGreaterThan(0);
      expect(report).toMatchObject({ verified: true, removals: 'not-allowed' });
      const after = await selectManaged(own.school.journal);
      expect(after.users.size).toBe(before.users.size + joiners.length);
      for (const one of eachEnrolment(before.enrolments))
        expect(findEnrolment(after.enrolments, one.group, one.person)).toEqual(one);
      expect(await broken()).toEqual({});
    },
  );

  test('a sync of the same workbook finds nothing to do', { timeout: 120_000 }, async () => {
    const uploadId = await upload(thisYear);
    const outcome = await withWorker(async () => {
      const handle = await temporal.client.workflow.start(sync, {
        taskQueue,
        workflowId: syncWorkflowId('test'),
        args: [{ school: 'test', uploadId, startedBy: 'admin' }],
      });
      return (await handle.result()).outcome;
    });
    expect(outcome).toBe('nothing-to-do');
  });

  test(
    'no history, memo, failure, search attribute or log line holds personal data',
    { timeout: 120_000 },
    async () => {
      const secret = privateTexts([lastYear, thisYear]);
      expect(secret.size).toBeGreaterThan(500);
      const texts = [...allTexts(await histories2())];
      for await (const execution of temporal.client.workflow.list()) texts.push(...allTexts(execution.raw));
      expect(findPrivate(secret, texts)).toEqual([]);
      expect(findPrivate(secret, logged)).toEqual([]);
    },
  );

  test(
    'the search for personal data is itself able to find: one planted name',
    { timeout: 120_000 },
    async () => {
      const secret = privateTexts([lastYear]);
      const [planted] = lastYear.students;
      const handle = await temporal.client.workflow.start(sync, {
        taskQueue,
        workflowId: 'sync/planted',
        args: [{ school: 'test', uploadId: 1, startedBy: `${planted?.firstName} ${planted?.surname}` }],
      });
      const texts = [...allTexts(await histories2())];
      expect(findPrivate(secret, texts)).toContain(planted?.surname);
      await handle.terminate();
    },
  );

  test(
    'every history can be replayed by this code, and so can those recorded before',
    { timeout: 120_000 },
    async () => {
      const fresh = await histories2();
      expect(fresh.length).toBeGreaterThanOrEqual(5);
      for (const { name, history } of fresh) {
        if (name.includes('planted')) continue;
        await Worker.runReplayHistory({ workflowBundle: bundle }, history, name.replaceAll('-', '/'));
        if (process.env['RECORD_HISTORIES'] === '1')
          await recordHistory(temporal, name.replaceAll('-', '/'), name);
      }
      const recorded = (await readdir(histories, { recursive: true })).filter((file) =>
        file.endsWith('.json'),
      );
      expect(recorded.length).toBeGreaterThanOrEqual(3);
      for (const file of recorded)
        await Worker.runReplayHistory(
          { workflowBundle: bundle },
          historyFromJSON(JSON.parse(await readFile(new URL(file, histories), 'utf8'))),
          basename(file, '.json').replaceAll('-', '/'),
        );
    },
  );
});

function replacer(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Error ? { ...value, text: value.message, stack: value.stack } : value;
}
