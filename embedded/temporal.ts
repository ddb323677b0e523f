/** A private Temporal development server: own database file, loopback only, free ports. */
import { chmod, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { RolloverError } from '../data/model/errors.js';
import { searchAttributes } from '../workflows/messages.js';
import {
  cacheFolder,
  endProcess,
  findProgram,
  freePort,
  isAlive,
  isOurs,
  startDetached,
  until,
} from './process.js';
import { readRecord, writeRecord } from './record.js';

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** The development server's words for the types of search attributes that we use. */
const attributeTypes = { KEYWORD: 'Keyword', INT: 'Int' } as const;

export interface TemporalOptions {
  /** Show Temporal UI; without it the server is headless. Default true. */
  readonly ui?: boolean;
  readonly preferredPort?: number;
}

export interface EmbeddedTemporal {
  /** `host:port` of the gRPC front end. */
  readonly address: string;
  readonly namespace: string;
  /** Where a browser finds Temporal UI; undefined when headless. */
  readonly uiAddress: string | undefined;
  readonly pid: number;
  readonly folder: string;
  /** It was running already when we came. */
  readonly found: boolean;
  /** Ends the server; its database file stays. */
  readonly stop: () => Promise<void>;
}

interface ServerRecord {
  readonly pid: number;
  readonly port: number;
  readonly uiPort: number | undefined;
}

/** The `temporal` program: on PATH, where Go installs, where its own installer puts it, or fetched by set-up. */
export async function findTemporal(): Promise<string | undefined> {
  const { GOBIN, GOPATH } = process.env;
  const folders = [
    ...(GOBIN === undefined || GOBIN === '' ? [] : [GOBIN]),
    ...(GOPATH === undefined || GOPATH === '' ? [] : [join(GOPATH, 'bin')]),
    join(homedir(), 'go/bin'),
    join(homedir(), '.temporalio/bin'),
    join(cacheFolder(), 'bin'),
  ];
  return (await findProgram(['temporal'])) ?? (await findProgram(['temporal'], folders));
}

/**
 * Starts the server of a folder, or finds it running; its workflows survive a restart.
 * @throws RolloverError ProgramMissing when Temporal is not installed, TemporalUnavailable when it does not start
 */
export async function startTemporal(
  folder: string,
  options: TemporalOptions = {},
): Promise<EmbeddedTemporal> {
  const home = resolve(folder);
  const running = await runningTemporal(home);
  if (running !== undefined) return running;
  const program = await findTemporal();
  if (program === undefined)
    throw new RolloverError(
      'ProgramMissing',
      'Temporal is missing: install the Temporal CLI (`go install github.com/temporalio/cli/cmd/temporal@v1.5.1`, or https://temporal.io/setup).',
    );
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  return handle(home, await launch(home, program, options), false);
}

/** The server of this folder, if it runs. @throws RolloverError TemporalUnavailable when it runs and does not answer */
export async function runningTemporal(folder: string): Promise<EmbeddedTemporal | undefined> {
  const home = resolve(folder);
  const record = await readRecord<ServerRecord>(recordFile(home));
  if (record === undefined || !(await isOurs(record.pid, mark(home)))) return undefined;
  // it may be starting, because another command of ours began a moment ago; or ending, because somebody killed it
  const settled = await until(
    async () => !isAlive(record.pid) || (await answers(record)),
    READY_WITHIN_MS,
    200,
  );
  if (!settled)
    throw new RolloverError(
      'TemporalUnavailable',
      `Temporal runs but does not answer; see ${logFile(home)}.`,
    );
  if (!isAlive(record.pid)) return undefined;
  return handle(home, record, true);
}

/** Ends the server of this folder if it runs; a process that is not this server is left alone. */
export async function stopTemporal(folder: string): Promise<void> {
  const home = resolve(folder);
  const record = await readRecord<ServerRecord>(recordFile(home));
  if (record !== undefined) await endProcess(record.pid, mark(home), STOP_WITHIN_MS);
}

function handle(home: string, record: ServerRecord, found: boolean): EmbeddedTemporal {
  return {
    address: `127.0.0.1:${record.port}`,
    namespace: 'default',
    uiAddress: record.uiPort === undefined ? undefined : `http://127.0.0.1:${record.uiPort}`,
    pid: record.pid,
    folder: home,
    found,
    stop: () => stopTemporal(home),
  };
}

const recordFile = (home: string): string => join(home, 'temporal.json');
const logFile = (home: string): string => join(home, 'temporal.log');
const databaseFile = (home: string): string => join(home, 'temporal.sqlite');
/** The argument by which a process is recognised as the server of this folder. */
const mark = (home: string): string => `--db-filename=${databaseFile(home)}`;

async function launch(home: string, program: string, options: TemporalOptions): Promise<ServerRecord> {
  const earlier = await readRecord<ServerRecord>(recordFile(home));
  const port = await freePort(options.preferredPort ?? earlier?.port);
  const uiPort = options.ui === false ? undefined : await freePort(earlier?.uiPort);
  const pid = startDetached(program, serverArguments(home, port, uiPort), logFile(home));
  const record: ServerRecord = { pid, port, uiPort };
  await writeRecord(recordFile(home), record);
  const ready = await until(async () => !isAlive(pid) || (await answers(record)), READY_WITHIN_MS, 200);
  if (!ready || !isAlive(pid)) {
    await endProcess(pid, mark(home), 5_000);
    throw new RolloverError('TemporalUnavailable', `Temporal did not start; see ${logFile(home)}.`);
  }
  return record;
}

/**
 * Temporal deals a queue's tasks to four partitions, for many servers and workers. A task that waited in one while no
 * worker was there is looked for again only after seconds; one server with a worker or two needs one partition.
 */
const onePartition = ['Read', 'Write'].flatMap((side) => [
  '--dynamic-config-value',
  `matching.numTaskqueue${side}Partitions=1`,
]);

function serverArguments(home: string, port: number, uiPort: number | undefined): string[] {
  return [
    'server',
    'start-dev',
    mark(home),
    '--ip=127.0.0.1',
    `--port=${port}`,
    ...(uiPort === undefined ? ['--headless'] : ['--ui-ip=127.0.0.1', `--ui-port=${uiPort}`]),
    '--log-level=error',
    ...onePartition,
    ...Object.values(searchAttributes).flatMap(({ name, type }) => [
      '--search-attribute',
      `${name}=${attributeTypes[type]}`,
    ]),
  ];
}

/** Whether the front end answers, the namespace is there and our search attributes are registered. */
async function answers(record: ServerRecord): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address: `127.0.0.1:${record.port}`, connectTimeout: '2s' });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    return Object.values(searchAttributes).every(({ name }) => name in customAttributes);
  } catch {
    return false; // not yet: the caller asks again until its time is over
  } finally {
    await connection?.close();
  }
}
