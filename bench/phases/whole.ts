/** Everything for real: a worker process, Temporal, gates, two years, and the runs that change nothing. */
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { readFloor } from '../floor/reads.js';
import { insertFloor, type Floor } from '../floor/insert.js';
import { readMarks } from '../floor/marks.js';
import { countRows, readRows } from '../floor/rows.js';
import { readHistory, type RunHistory } from '../measure/history.js';
import { cpuSeconds, peakMemoryMiB } from '../measure/process.js';
import { between, readCounters, type ServerCounters } from '../measure/server-counters.js';
import type { BenchSchool } from '../stand/school.js';
import { benchSettings } from '../stand/settings.js';
import { startWorker } from '../stand/worker.js';
import { timeReading, upload, uploadOnce } from './apart.js';
import { driveSync, driveToEnd, driveToVisible, startCheck, startRollover, type Driven } from './drive.js';

export interface Sources {
  readonly first: string;
  /** The same content in other bytes. */
  readonly firstAgain: string;
  readonly second: string;
}

export interface RunCost extends ServerCounters {
  readonly seconds: number;
  readonly workerCpuSeconds: number;
  readonly serverCpuSeconds: number;
}

export interface WholeResult {
  readonly create: RunCost & RunHistory;
  readonly workerStartMs: number;
  readonly reexported: RunCost & { readonly written: number };
  readonly sameFile: RunCost & { readonly written: number };
  readonly delta: RunCost & RunHistory & { readonly floor: Floor };
  readonly readFloorSeconds: number;
  /** Uploading and reading the same source, beside the run of the re-exported one; the mean of before and after. */
  readonly readingSeconds: number;
  readonly peakMemoryMiB: number;
}

export interface WholeInput {
  readonly bench: BenchSchool;
  readonly folder: string;
  readonly temporal: { readonly address: string; readonly client: Client };
  readonly serverPid: number;
  readonly counting: Knex;
  readonly year: number;
  readonly sources: Sources;
  readonly say: (text: string) => void;
}

/** What one run cost its worker and the server. */
async function cost<T>(
  { counting, serverPid }: WholeInput,
  workerPid: number,
  work: () => Promise<T>,
): Promise<{ value: T; cost: RunCost }> {
  const [worker, server] = [cpuSeconds(workerPid), cpuSeconds(serverPid)];
  const before = await readCounters(counting);
  const began = performance.now();
  const value = await work();
  const seconds = (performance.now() - began) / 1000;
  const after = await readCounters(counting);
  return {
    value,
    cost: {
      seconds,
      workerCpuSeconds: cpuSeconds(workerPid) - worker,
      serverCpuSeconds: cpuSeconds(serverPid) - server,
      ...between(before, after),
    },
  };
}

function expectOutcome({ outcome }: Driven, wanted: string): void {
  if (outcome !== wanted) throw new Error(`A run ended ${outcome} instead of ${wanted}.`);
}

/** The rollover and the children that applied its plans; a plan without changes has none. */
const idsOf = (visible: Driven, ended: Driven): string[] => [
  visible.workflowId,
  ...[...visible.planIds, ...ended.planIds].map((planId) => `${visible.workflowId}/apply/${planId}`),
];

/** A year's rollover: what it cost until it was visible in Moodle, and the history of all of it. */
async function rollOver(
  input: WholeInput,
  workerPid: number,
  year: number,
  file: string,
): Promise<RunCost & RunHistory> {
  const { bench, temporal } = input;
  const visible = await cost(input, workerPid, async () => {
    const uploadId = await upload(bench.school, file);
    const workflowId = await startRollover(temporal.client, bench.school.code, year, uploadId);
    return driveToVisible(temporal.client, workflowId);
  });
  if (visible.value.outcome !== null) throw new Error(`A rollover ended ${visible.value.outcome} unseen.`);
  const ended = await driveToEnd(temporal.client, visible.value.workflowId);
  expectOutcome(ended, 'completed');
  return { ...visible.cost, ...(await readHistory(temporal.client, idsOf(visible.value, ended))) };
}

/** A sync that must find nothing to do; how many rows Moodle has more after it. */
async function unchanged(
  input: WholeInput,
  workerPid: number,
  file: string,
): Promise<RunCost & { readonly written: number }> {
  const { bench, temporal, counting } = input;
  const { school, moodle } = bench;
  const before = await readMarks(counting, moodle.database);
  const done = await cost(input, workerPid, async () =>
    driveSync(temporal.client, school.code, await uploadOnce(school, file)),
  );
  expectOutcome(done.value, 'nothing-to-do');
  const after = await readMarks(counting, moodle.database);
  return {
    ...done.cost,
    written: countRows(await readRows(school.database, moodle.database, before, after)),
  };
}

/** Next year, and the floor of the rows that it wrote. */
async function nextYear(input: WholeInput, workerPid: number): Promise<WholeResult['delta']> {
  const { bench, counting, year, sources } = input;
  const { school, moodle } = bench;
  await bench.setSettings(benchSettings(year + 1));
  const before = await readMarks(counting, moodle.database);
  const done = await rollOver(input, workerPid, year + 1, sources.second);
  const after = await readMarks(counting, moodle.database);
  const rows = await readRows(school.database, moodle.database, before, after);
  return { ...done, floor: await insertFloor(school.database, moodle.database, rows) };
}

/** A whole school into an empty Moodle, the same again twice, and the year after. */
export async function goWhole(input: WholeInput): Promise<WholeResult> {
  const { bench, temporal, year, sources, say } = input;
  const { school, moodle } = bench;
  // a workflow that waits shows when the worker takes its first task
  const waiting = await startCheck(temporal.client, school.code);
  const worker = await startWorker(input.folder, school, temporal.address);
  try {
    await temporal.client.workflow.getHandle(waiting).result();
    const { firstTaskAt } = await readHistory(temporal.client, [waiting]);
    say('whole run');
    const create = await rollOver(input, worker.pid, year, sources.first);
    say('re-exported source');
    const readingBefore = await timeReading(school, sources.first);
    const reexported = await unchanged(input, worker.pid, sources.firstAgain);
    const readingSeconds = (readingBefore + (await timeReading(school, sources.first))) / 2;
    const readFloorSeconds = await readFloor(school.database, moodle.database, moodle.prefix);
    say('same file');
    const sameFile = await unchanged(input, worker.pid, sources.firstAgain);
    const peak = peakMemoryMiB(worker.pid);
    say("next year's run");
    const delta = await nextYear(input, worker.pid);
    return {
      create,
      workerStartMs: firstTaskAt - worker.spawnedAt,
      reexported,
      sameFile,
      delta,
      readFloorSeconds,
      readingSeconds,
      peakMemoryMiB: Math.max(peak, peakMemoryMiB(worker.pid)),
    };
  } finally {
    await worker.stop();
  }
}
