/** The demonstration's worker: a process of its own, as in production. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloverError } from '../../data/model/errors.js';
import { endProcess, isAlive, isOurs, startDetached, until } from '../process.js';
import { readRecord, writeRecord } from '../record.js';
import { projectFolder, type DemoHome } from './home.js';

const READY_WITHIN_MS = 60_000;
/** A worker finishes or hands back what it does within a minute. */
const STOP_WITHIN_MS = 70_000;

interface WorkerRecord {
  readonly pid: number;
}

const program = (): string => join(projectFolder(), 'dist/workers/main.js');
/** The worker takes its configuration from the environment; as an argument it is there to be recognised by. */
const mark = (home: DemoHome): string => `${program()} ${home.configuration}`;

export async function isWorkerRunning(home: DemoHome): Promise<boolean> {
  const record = await readRecord<WorkerRecord>(home.workerRecord);
  return record !== undefined && isOurs(record.pid, mark(home));
}

/** @throws RolloverError WorkerUnavailable when it ends before it is ready */
export async function startWorker(home: DemoHome): Promise<void> {
  const begun = (await printed(home.workerLog)).length;
  const env = { ...process.env, ROLLOVER_CONFIG: home.configuration };
  const pid = startDetached(process.execPath, [program(), home.configuration], home.workerLog, env);
  await writeRecord(home.workerRecord, { pid } satisfies WorkerRecord);
  const ready = await until(
    async () => !isAlive(pid) || (await printed(home.workerLog)).slice(begun).includes('Worker started'),
    READY_WITHIN_MS,
    100,
  );
  if (!ready || !isAlive(pid))
    throw new RolloverError('WorkerUnavailable', `The worker did not start; see ${home.workerLog}.`);
}

export async function stopWorker(home: DemoHome): Promise<void> {
  const record = await readRecord<WorkerRecord>(home.workerRecord);
  if (record !== undefined) await endProcess(record.pid, mark(home), STOP_WITHIN_MS);
}

async function printed(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
