/** A school with a pocket Moodle, a Temporal server and a worker, and the command line in this process. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Knex } from 'knex';
import { stringify } from 'yaml';
import type { Io } from '../../cli/io.js';
import { runCommandLine } from '../../cli/program.js';
import { loadConfiguration, type Configuration, type Environment } from '../../data/configuration.js';
import { openPool } from '../../data/database/connect.js';
import type { Journal } from '../../data/journal/journal.js';
import { openSchools, type Schools } from '../../data/schools.js';
import { createPocketMoodle } from '../../embedded/pocket-moodle.js';
import { createWorker, type WorkerHandle } from '../../workers/worker.js';
import { testServer } from '../support/database.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';

/** What a command line left behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON. */
  json<T>(): T;
}

class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  constructor(
    readonly isTTY = false,
    readonly columns = 200,
  ) {
    super();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}

export interface CommandOptions {
  readonly env?: Environment;
  /** Somebody sits at a terminal and types this. */
  readonly typed?: string;
  readonly cwd?: string;
}

/** Runs a command line in this process. */
export async function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const terminal = options.typed !== undefined;
  const stdout = new Collector(terminal);
  const stderr = new Collector(terminal);
  const stdin = Object.assign(Readable.from(terminal ? [options.typed] : []), { isTTY: terminal });
  const io: Io = {
    stdin,
    stdout,
    stderr,
    env: { NO_COLOR: '1', ...options.env },
    cwd: options.cwd ?? tmpdir(),
    userName: () => 'kiri',
  };
  const code = await runCommandLine(args, io);
  const [out, err] = [stdout.text, stderr.text];
  return { code, stdout: out, stderr: err, json: () => JSON.parse(out) as never };
}

export interface CliSchool {
  readonly folder: string;
  readonly configuration: Configuration;
  readonly temporal: TestTemporal;
  readonly journal: Journal;
  readonly db: Knex;
  readonly moodle: string;
  /** Runs a command line with this school's configuration. */
  run(args: readonly string[], options?: CommandOptions): Promise<Ended>;
  /** The same, and its JSON; fails when the exit code is not 0. */
  ask<T>(...args: readonly string[]): Promise<T>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

/** What a test's configuration has besides the necessary. */
export interface Additions {
  /** Sections beside `schools`. */
  readonly sections?: object;
  /** Keys of the school. */
  readonly school?: object;
  /** Keys of the school's Moodle. */
  readonly moodle?: object;
  readonly env?: Environment;
  /** Files beside the configuration, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

async function writeConfiguration(
  folder: string,
  address: string,
  names: Names,
  { sections, school, moodle }: Additions,
): Promise<string> {
  const { host, port, user } = testServer();
  const path = join(folder, 'rollover.yaml');
  const content = {
    temporal: { address },
    journal: { schema: names.journal },
    schools: {
      kowhai: {
        name: 'Kōwhai College',
        database: { host, port, user, passwordEnv: 'TEST_DATABASE_PASSWORD' },
        moodle: { database: names.moodle, ...moodle },
        ...school,
      },
    },
    ...sections,
  };
  await writeFile(path, stringify(content));
  return path;
}

interface Names {
  readonly journal: string;
  readonly moodle: string;
}

/** Makes everything; the worker is started on its own, because some tests have none. */
export async function createCliSchool(additions: Additions = {}): Promise<CliSchool> {
  const suffix = randomBytes(5).toString('hex');
  const names: Names = { journal: `cli_journal_${suffix}`, moodle: `cli_moodle_${suffix}` };
  const folder = await mkdtemp(join(tmpdir(), 'rollover-cli-'));
  const temporal = await startTestTemporal();
  const db = openPool(testServer(), { max: 2 });
  await createPocketMoodle(db, { database: names.moodle, prefix: 'mdl_' }, 'Kōwhai College');
  for (const [name, content] of Object.entries(additions.files ?? {}))
    await writeFile(join(folder, name), content);
  const path = await writeConfiguration(folder, temporal.address, names, additions);
  const env: Environment = {
    TEST_DATABASE_PASSWORD: testServer().password,
    ROLLOVER_CONFIG: path,
    ...additions.env,
  };
  const configuration = loadConfiguration(path, env);
  const schools: Schools = openSchools(configuration);
  const { journal } = await schools.open('kowhai');
  let worker: { readonly handle: WorkerHandle; readonly ended: Promise<void> } | undefined;

  const run: CliSchool['run'] = (args, options = {}) =>
    runCommand(args, { cwd: folder, ...options, env: { ...env, ...options.env } });
  const stopWorker = async (): Promise<void> => {
    worker?.handle.stop();
    await worker?.ended;
    worker = undefined;
  };
  return {
    folder,
    configuration,
    temporal,
    journal,
    db,
    moodle: names.moodle,
    run,
    async ask(...args) {
      const ended = await run([...args, '--json']);
      if (ended.code !== 0)
        throw new Error(`rollover ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
      return ended.json();
    },
    async startWorker() {
      const handle = await createWorker(configuration);
      worker = { handle, ended: handle.run() };
    },
    stopWorker,
    async close() {
      await stopWorker();
      await schools.close();
      await temporal.stop();
      await db.raw('DROP DATABASE IF EXISTS ??', [names.journal]);
      await db.raw('DROP DATABASE IF EXISTS ??', [names.moodle]);
      await db.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
