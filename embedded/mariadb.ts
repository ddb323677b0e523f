/**
 * A private MariaDB server: own data folder, loopback only, free port, a root password that nobody else knows.
 * No service of the machine is touched; any number of such servers can run beside each other.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import type { DatabaseAddress } from '../data/database/connect.js';
import { RolloverError } from '../data/model/errors.js';
import { endProcess, findProgram, freePort, isAlive, isOurs, startDetached, until } from './process.js';
import { readRecord, writeRecord } from './record.js';

const execFileAsync = promisify(execFile);
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 60_000;
/** Longest path that a Unix socket may have (sun_path, less its end mark). */
const LONGEST_SOCKET_PATH = 100;

export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
}

export interface MariadbOptions {
  /** Arguments for mariadbd that come after ours, e.g. `--innodb-buffer-pool-size=1G`. */
  readonly extraArguments?: readonly string[];
  readonly preferredPort?: number;
}

export interface EmbeddedMariadb {
  readonly address: DatabaseAddress;
  readonly socketPath: string;
  readonly pid: number;
  readonly folder: string;
  /** It was running already when we came. */
  readonly found: boolean;
  /** Ends the server in an orderly way; the data stay. */
  stop(): Promise<void>;
}

/** What is kept beside the data folder, readable for its owner only. */
interface ServerRecord {
  readonly pid: number;
  readonly port: number;
  readonly socketPath: string;
  readonly password: string;
}

/** The server's programs on this machine, or undefined when they are not installed. */
export async function findMariadb(): Promise<MariadbPrograms | undefined> {
  const server = await findProgram(['mariadbd']);
  const install = await findProgram(['mariadb-install-db', 'mysql_install_db']);
  return server === undefined || install === undefined ? undefined : { server, install };
}

/**
 * Starts the server of a folder, or finds it running. The folder is made, and its data folder initialised, when
 * they are not there.
 * @throws RolloverError ProgramMissing when MariaDB is not installed, DatabaseUnavailable when it does not start
 */
export async function startMariadb(folder: string, options: MariadbOptions = {}): Promise<EmbeddedMariadb> {
  const home = resolve(folder);
  const running = await runningMariadb(home);
  if (running !== undefined) return running;
  const programs = await findMariadb();
  if (programs === undefined)
    throw new RolloverError(
      'ProgramMissing',
      'MariaDB is missing: install the packages mariadb-server-core and mariadb-client-core.',
    );
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chmod(home, 0o700);
  await initialise(home, programs);
  const record = await launch(home, programs, options);
  return handle(home, record, false);
}

/** The server of this folder, if it runs. @throws RolloverError DatabaseUnavailable when it runs and does not answer */
export async function runningMariadb(folder: string): Promise<EmbeddedMariadb | undefined> {
  const home = resolve(folder);
  const record = await recordOf(home);
  if (record === undefined || !(await isOurs(record.pid, mark(home)))) return undefined;
  // it may be starting, because another command of ours began a moment ago; or ending, because somebody killed it
  const settled = await until(
    async () => !isAlive(record.pid) || (await answers(record)),
    READY_WITHIN_MS,
    100,
  );
  if (!settled)
    throw new RolloverError('DatabaseUnavailable', `MariaDB runs but does not answer; see ${logFile(home)}.`);
  if (!isAlive(record.pid)) return undefined;
  return handle(home, record, true);
}

/** Ends the server of this folder if it runs; a process that is not this server is left alone. */
export async function stopMariadb(folder: string): Promise<void> {
  const home = resolve(folder);
  const record = await recordOf(home);
  if (record !== undefined) await endProcess(record.pid, mark(home), STOP_WITHIN_MS);
}

function handle(home: string, record: ServerRecord, found: boolean): EmbeddedMariadb {
  return {
    address: addressOf(record),
    socketPath: record.socketPath,
    pid: record.pid,
    folder: home,
    found,
    stop: () => stopMariadb(home),
  };
}

function addressOf(record: ServerRecord): DatabaseAddress {
  return { host: '127.0.0.1', port: record.port, user: 'root', password: record.password };
}

const dataFolder = (home: string): string => join(home, 'data');
const recordFile = (home: string): string => join(home, 'mariadb.json');
/** Of its own: a server that starts removes what others have left in a shared one, and what they still use. */
const temporaryFolder = (home: string): string => join(home, 'tmp');
const pidFile = (home: string): string => join(home, 'mariadbd.pid');
const logFile = (home: string): string => join(home, 'mariadb.log');
/** The argument by which a process is recognised as the server of this folder. */
const mark = (home: string): string => `--datadir=${dataFolder(home)}`;

/** mariadbd refuses to run as root unless that is asked for. */
const userArgument = (): string[] => (process.getuid?.() === 0 ? [`--user=${userInfo().username}`] : []);

async function initialise(home: string, programs: MariadbPrograms): Promise<void> {
  const data = dataFolder(home);
  if (existsSync(join(data, 'initialised'))) return;
  await rm(data, { recursive: true, force: true }); // an initialisation that was interrupted
  try {
    // --rpm keeps the script from changing the owner of the machine's own PAM helper
    await execFileAsync(programs.install, [
      '--no-defaults',
      '--rpm',
      ...userArgument(),
      `--datadir=${data}`,
      `--tmpdir=${home}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    await writeFile(logFile(home), `${stdout ?? ''}\n${stderr ?? ''}\n`, { flag: 'a', mode: 0o600 });
    throw new RolloverError(
      'DatabaseUnavailable',
      `MariaDB could not prepare its data folder; see ${logFile(home)}.`,
    );
  }
  await writeFile(join(data, 'initialised'), '');
}

async function launch(
  home: string,
  programs: MariadbPrograms,
  options: MariadbOptions,
): Promise<ServerRecord> {
  const earlier = await recordOf(home);
  const password = earlier?.password ?? randomBytes(24).toString('base64url');
  const port = await freePort(options.preferredPort ?? earlier?.port);
  const socketPath = chooseSocketPath(home);
  const setup = join(home, 'set-password.sql');
  await rm(socketPath, { force: true });
  await mkdir(temporaryFolder(home), { recursive: true });
  await writeFile(setup, accountStatements(password), { mode: 0o600 });
  try {
    // written first, so that a server whose starter is killed right now can still be found and stopped
    await writeRecord(recordFile(home), { pid: 0, port, socketPath, password });
    const args = serverArguments(home, port, socketPath, setup, options);
    const pid = startDetached(programs.server, args, logFile(home));
    const record: ServerRecord = { pid, port, socketPath, password };
    await writeRecord(recordFile(home), record);
    const ready = await until(async () => !isAlive(pid) || (await answers(record)), READY_WITHIN_MS, 100);
    if (!ready || !isAlive(pid)) {
      await endProcess(pid, mark(home), 5_000);
      throw new RolloverError('DatabaseUnavailable', `MariaDB did not start; see ${logFile(home)}.`);
    }
    return record;
  } finally {
    await rm(setup, { force: true });
  }
}

/** Loopback has its own account: with --skip-name-resolve 127.0.0.1 is not "localhost". */
function accountStatements(password: string): string {
  const accounts = ["'root'@'localhost'", "'root'@'127.0.0.1'"];
  return accounts
    .flatMap((account) => [
      `CREATE USER IF NOT EXISTS ${account};`,
      `ALTER USER ${account} IDENTIFIED BY '${password}';`,
      `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;`,
    ])
    .join('\n');
}

function serverArguments(
  home: string,
  port: number,
  socketPath: string,
  setup: string,
  options: MariadbOptions,
): string[] {
  return [
    '--no-defaults',
    ...userArgument(),
    mark(home),
    `--tmpdir=${temporaryFolder(home)}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${socketPath}`,
    `--pid-file=${pidFile(home)}`,
    `--init-file=${setup}`,
    '--skip-name-resolve',
    '--local-infile=0',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--innodb-buffer-pool-size=256M',
    '--innodb-flush-log-at-trx-commit=1',
    ...(options.extraArguments ?? []),
  ];
}

function chooseSocketPath(home: string): string {
  const inside = join(home, 'mariadb.sock');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
  return join(mkdtempSync(join(tmpdir(), 'rollover-')), 'mariadb.sock');
}

async function recordOf(home: string): Promise<ServerRecord | undefined> {
  const record = await readRecord<ServerRecord>(recordFile(home));
  return record?.pid === 0 ? { ...record, pid: await readPidFile(home) } : record;
}

/** The server writes its own id too; 0 when it has not. */
async function readPidFile(home: string): Promise<number> {
  try {
    return Number.parseInt(await readFile(pidFile(home), 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}

/** Whether the server answers to this password. */
async function answers(record: ServerRecord): Promise<boolean> {
  try {
    const connection = await createConnection({ ...addressOf(record), connectTimeout: 5_000 });
    await connection.end();
    return true;
  } catch {
    return false; // not yet: the caller asks again until its time is over
  }
}
