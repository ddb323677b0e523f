/**
 * A stage for accidents: one server with two equal Moodles and their journals, one Temporal, and a school's plan for
 * each. One Moodle is disturbed while its plan is applied, the other is not; afterwards they must have the same rows.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { loadConfiguration } from '../../data/configuration.js';
import { openPool, type DatabaseAddress } from '../../data/database/connect.js';
import { storeSettings } from '../../data/journal/settings.js';
import { holdTarget } from '../../data/journal/targets.js';
import { openSchools, type School, type Schools } from '../../data/schools.js';
import { defaultSettings } from '../../data/settings/defaults.js';
import { settingsHash } from '../../data/settings/hash.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyPlan } from '../../workflows/index.js';
import type { ApplyTuning } from '../../workflows/messages.js';
import { loadDump, sharedMoodle } from '../support/database.js';
import { startScript, type TestProcess } from '../support/processes.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { readSchool } from '../support/read-school.js';

const workerFile = join(dirname(fileURLToPath(import.meta.url)), '../support/worker-process.ts');

export type SchoolName = 'disturbed' | 'calm';

export interface ApprovedPlan {
  readonly school: School;
  readonly planId: number;
  readonly hash: string;
  readonly changes: number;
}

export interface Stage {
  readonly temporal: TestTemporal;
  readonly schools: Schools;
  readonly plans: Readonly<Record<SchoolName, ApprovedPlan>>;
  readonly configFile: string;
  /** A worker process; `failAt` is "point:n". */
  startWorker(failAt?: string): Promise<TestProcess>;
  /** Starts applying; sub-second slices and batches of a few rows make many places to be hit. */
  apply(
    name: SchoolName,
    tuning?: ApplyTuning,
    /** Another plan of that school than the prepared one. */
    plan?: Pick<ApprovedPlan, 'planId' | 'hash'>,
  ): Promise<WorkflowHandleWithFirstExecutionRunId<typeof applyPlan>>;
  close(): Promise<void>;
}

/** Small batches and quick detection of dead workers. */
export const nervous: ApplyTuning = {
  batch: { user: 15, course: 4, enrolment: 30, category: 5 },
  sliceMs: 500,
  heartbeatMs: 2_000,
  retryMs: 1_000,
};

const database: Readonly<Record<SchoolName, string>> = { disturbed: 'moodle_disturbed', calm: 'moodle_calm' };

function configuration(
  address: DatabaseAddress,
  temporal: string,
  taskQueue: string,
  suffix: string,
): string {
  const school = (name: SchoolName): object => ({
    name,
    database: { host: address.host, port: address.port, user: address.user, passwordEnv: 'STAGE_PASSWORD' },
    moodle: { database: database[name] + suffix },
    journalSchema: `journal_${name}${suffix}`,
  });
  return JSON.stringify({
    temporal: { address: temporal, namespace: 'default', taskQueue },
    schools: { disturbed: school('disturbed'), calm: school('calm') },
  });
}

/** Fills a school's journal with the sample school and an approved plan for it. */
async function preparePlan(school: School, students: number): Promise<ApprovedPlan> {
  const defaults = defaultSettings(2027);
  const settings = {
    ...defaults,
    mode: 'snapshot-only' as const,
    groupTypes: {
      ...defaults.groupTypes,
      default: { ...defaults.groupTypes.default, provisioning: 'enabled' as const },
    },
  };
  await storeSettings(school.journal, settings, settingsHash(settings), 'test');
  const workbook = toWorkbook(sampleSchool({ seed: 'survival', year: 2027, students }), 'xlsx');
  const { snapshotId } = await readSchool(school, [{ name: 'school.xlsx', bytes: workbook }]);
  const computed = await computePlan(school, snapshotId, false);
  await holdTarget(school.journal, 'test');
  const stored = await storePlan(school, null, snapshotId, computed);
  return { school, ...stored, changes: computed.plan.changes.length };
}

export async function createStage(
  address: DatabaseAddress,
  students = 120,
  temporal?: TestTemporal,
): Promise<Stage> {
  const suffix = `_${randomUUID().slice(0, 8)}`;
  const folder = await mkdtemp(join(tmpdir(), 'rollover-survival-'));
  const server = temporal ?? (await startTestTemporal());
  const taskQueue = `survival${suffix}`;
  const configFile = join(folder, 'rollover.yaml');
  await writeFile(configFile, configuration(address, server.address, taskQueue, suffix));
  const env = { STAGE_PASSWORD: address.password, ROLLOVER_CONFIG: configFile };
  const root = openPool(address, { max: 1 });
  for (const name of ['disturbed', 'calm'] as const) {
    await root.raw('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [
      database[name] + suffix,
    ]);
    await loadDump(join(sharedMoodle() ?? '', 'moodle-4.5.sql.gz'), database[name] + suffix, address);
  }
  const schools = openSchools(loadConfiguration(configFile, { ...process.env, ...env }));
  const plans = {
    disturbed: await preparePlan(await schools.open('disturbed'), students),
    calm: await preparePlan(await schools.open('calm'), students),
  };
  const workers: TestProcess[] = [];
  return {
    temporal: server,
    schools,
    plans,
    configFile,
    async startWorker(failAt = '') {
      const worker = startScript(workerFile, [], { env: { ...env, FAIL_AT: failAt } });
      workers.push(worker);
      await worker.waitFor('worker ready');
      return worker;
    },
    apply(name, tuning = nervous, { planId, hash } = plans[name]) {
      const workflowId = `apply/${name}/${planId}/${randomUUID().slice(0, 8)}`;
      const input = { school: name, runId: 0, planId, hash, holder: 'test', uploadId: null, tuning };
      return server.client.workflow.start(applyPlan, { taskQueue, workflowId, args: [input] });
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()));
      await schools.close();
      for (const name of ['disturbed', 'calm'] as const) {
        await root.raw('DROP DATABASE IF EXISTS ??', [database[name] + suffix]);
        await root.raw('DROP DATABASE IF EXISTS ??', [`journal_${name}${suffix}`]);
      }
      await root.destroy();
      if (temporal === undefined) await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
