/** A dump of Moodle's database: streamed, compressed, hashed, and only called good when it is whole. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, Writable, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Backups } from '../configuration/production.js';
import { select } from '../journal/journal.js';
import type { RowCounts } from '../journal/backups.js';
import { RolloverError } from '../model/errors.js';
import type { School } from '../schools.js';
import { awaitCleanMoment } from './clean-moment.js';
import { withOptionFile } from './option-file.js';
import { requireWholeSchema } from './privileges.js';
import { findProgram, programEnvironment, type Program } from './programs.js';
import { RowCounter, selectTableNames } from './row-counts.js';
import { freeBytes, requireSpace, selectDataBytes } from './space.js';

export interface DumpProgress {
  /** Of the dump's text. */
  readonly bytes: number;
  readonly rows: number;
  /** The server's estimate of Moodle's data. */
  readonly ofBytes: number;
}

export interface DumpOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DumpProgress) => void;
}

export interface Dump {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly serverVersion: string;
  readonly rowCounts: RowCounts;
  /** When it was begun: the moment whose data it holds. */
  readonly takenAt: Date;
}

/** Arguments for both families of programs; nothing secret is among them. */
export function dumpArguments(optionFile: string, schema: string, flavour: Program['flavour']): string[] {
  return [
    `--defaults-file=${optionFile}`,
    '--single-transaction',
    '--quick',
    '--routines',
    '--triggers',
    '--hex-blob',
    '--no-tablespaces',
    '--default-character-set=utf8mb4',
    ...(flavour === 'mysql' ? ['--set-gtid-purged=OFF', '--column-statistics=0'] : []),
    '--',
    schema,
  ];
}

/** The program's own number and first words; quoted values and names of accounts are left out. */
export function firstLine(stderr: string): string {
  const line = stderr.split('\n').find((text) => /error|denied/i.test(text)) ?? stderr.split('\n')[0] ?? '';
  return (
    line
      // from the first quote to the last: a statement that is quoted has quotes of its own
      .replace(/(?<!\w)(['"`]).*\1/, '…')
      .replace(/^\S*?(mariadb-dump|mysqldump|mariadb|mysql):\s*/, '')
      .slice(0, 200)
      .trim()
  );
}

function stamp(time: Date): string {
  return time.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
}

/** Makes the folder where it is missing, and removes what a killed process left: one backup of a school runs at a time. */
async function prepareFolder(folder: string, school: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (((await stat(folder)).mode & 0o077) !== 0)
    throw new RolloverError(
      'BackupFailed',
      'Others than the worker may look into the backup folder: chmod 700.',
    );
  const left = [
    `^${school}-\\d{8}-\\d{6}\\.sql\\.gz\\.partial$`,
    `^\\.options-${school}-[0-9a-f]{16}(\\.ca)?$`,
  ];
  const pattern = new RegExp(left.join('|'));
  for (const name of await readdir(folder))
    if (pattern.test(name)) await rm(join(folder, name), { force: true });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Lets everything pass and tells somebody. */
function watching(told: (piece: Buffer) => void): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      told(piece);
      done(null, piece);
    },
  });
}

/** A file's own stream would close it before it is synced. */
function into(handle: FileHandle): Writable {
  return new Writable({
    write(piece: Buffer, _encoding, done) {
      handle.appendFile(piece).then(() => done(), done);
    },
  });
}

interface Streamed {
  readonly bytes: number;
  readonly sha256: string;
  readonly counter: RowCounter;
}

/** Runs the program into the file. */
async function stream(
  program: Program,
  args: readonly string[],
  handle: FileHandle,
  ofBytes: number,
  { signal, onProgress }: DumpOptions,
): Promise<Streamed> {
  const child = spawn(program.path, args, { env: programEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(0, 4096)));
  const exit = new Promise<number | string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    child.once('close', (code, killedBy) => resolve(code ?? killedBy ?? 'unknown'));
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  const counter = new RowCounter();
  const hash = createHash('sha256');
  let text = 0;
  let bytes = 0;
  try {
    signal?.throwIfAborted();
    const read = watching((piece) => {
      text += piece.length;
      counter.add(piece);
      onProgress?.({ bytes: text, rows: counter.rows, ofBytes });
    });
    const written = watching((piece) => {
      bytes += piece.length;
      hash.update(piece);
    });
    await pipeline(child.stdout, read, createGzip({ level: 6 }), written, into(handle));
  } catch (error) {
    kill();
    await exit;
    throw error;
  } finally {
    signal?.removeEventListener('abort', kill);
  }
  const code = await exit;
  signal?.throwIfAborted();
  if (code !== 0)
    throw new RolloverError(
      'BackupFailed',
      `The dump ended with ${code}: ${firstLine(stderr) || 'no word of why'}.`,
    );
  if (!counter.ended)
    throw new RolloverError('BackupFailed', 'The dump has no end mark, so it is not whole.');
  return { bytes, sha256: hash.digest('hex'), counter };
}

/** Our error for what went wrong while writing. */
export function castDumpError(error: unknown): unknown {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as NodeJS.ErrnoException;
  if (error instanceof RolloverError || code === undefined || code === 'ABORT_ERR') return error;
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'The disk of the backup folder is full; the partial file was removed.'
      : `The dump could not be written (${code}).`;
  return new RolloverError('BackupFailed', why, {}, { cause: error });
}

async function write(
  school: School,
  program: Program,
  folder: string,
  file: string,
  ofBytes: number,
  options: DumpOptions,
): Promise<Streamed> {
  const partial = `${file}.partial`;
  try {
    const handle = await open(partial, 'wx', 0o600);
    try {
      const streamed = await withOptionFile(
        join(folder, `.options-${school.code}-`),
        school.database,
        (optionFile) =>
          stream(
            program,
            dumpArguments(optionFile, school.moodle.database, program.flavour),
            handle,
            ofBytes,
            options,
          ),
      );
      await handle.sync();
      await requireAllTables(school, streamed.counter.counts);
      await rename(partial, file);
      await syncFolder(folder);
      return streamed;
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(partial, { force: true });
    throw castDumpError(error);
  }
}

async function requireAllTables(school: School, counts: RowCounts): Promise<void> {
  const tables = await selectTableNames(school.db, school.moodle.database);
  const missing = tables.filter((name) => counts[name] === undefined);
  if (missing.length > 0)
    throw new RolloverError('BackupFailed', `${missing.length} of Moodle's tables are not in the dump.`, {
      tables: missing.length,
    });
}

/** The server's version and clock. */
async function askServer({ db }: School): Promise<{ readonly version: string; readonly takenAt: Date }> {
  const statement = "SELECT VERSION() AS version, DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ') AS now";
  const [row] = await select<{ version: string; now: string }>(db, statement);
  if (row === undefined) throw new RolloverError('BackupFailed', 'The server did not tell its version.');
  return { version: row.version, takenAt: new Date(row.now) };
}

/** Checks rights and space, then dumps. @throws RolloverError ProgramMissing, MoodlePrivileges, BackupFailed */
export async function makeDump(school: School, backups: Backups, options: DumpOptions = {}): Promise<Dump> {
  const program = await findProgram('dump', backups.program);
  if (program === null)
    throw new RolloverError(
      'ProgramMissing',
      'Neither mariadb-dump nor mysqldump is on the path (Debian: package mariadb-client), and backups.program names none.',
    );
  const { folder } = backups;
  const schema = school.moodle.database;
  await requireWholeSchema(school.db, schema);
  await prepareFolder(folder, school.code);
  const ofBytes = await selectDataBytes(school.db, schema);
  requireSpace(ofBytes, await freeBytes(folder));
  const { version, takenAt } = await askServer(school);
  const file = join(folder, `${school.code}-${stamp(takenAt)}.sql.gz`);
  const moment = await awaitCleanMoment(school.journal);
  const onProgress = (progress: DumpProgress): void => {
    if (progress.rows > 0) moment.fixed();
    options.onProgress?.(progress);
  };
  const watched = { ...options, onProgress };
  const { bytes, sha256, counter } = await write(school, program, folder, file, ofBytes, watched);
  try {
    await moment.confirm();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return { file, bytes, sha256, serverVersion: version, rowCounts: counter.counts, takenAt };
}
