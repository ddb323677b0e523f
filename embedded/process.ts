/** Processes of ours: started detached, recognised by their command line before anything is done to them. */
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RolloverError } from '../data/model/errors.js';

const execFileAsync = promisify(execFile);

/** Folders that hold server programs but are often not on an ordinary account's PATH. */
const extraFolders = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
];

/** The first of these programs that exists, as an absolute path; `folders` are searched before PATH. */
export async function findProgram(
  names: readonly string[],
  folders: readonly string[] = [],
): Promise<string | undefined> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, ...path, ...extraFolders]) {
    for (const name of names) {
      const candidate = join(folder, name);
      if (await isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where tools that set-up fetched are kept: `$XDG_CACHE_HOME/moodle-rollover`, else below `~/.cache`. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'moodle-rollover');
}

/** A loopback port that nothing listens on; the preferred one if it is free, so that addresses stay the same. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await tryPort(preferred)) !== undefined) return preferred;
  const port = await tryPort(0);
  if (port === undefined) throw new RolloverError('Internal', 'No free port was found on 127.0.0.1.');
  return port;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

/** Whether a process with this id exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false; // 0 and below name process groups
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false; // no /proc here: signal 0 has already answered
  }
}

/** The command line of a process, arguments separated by blanks; undefined when it is gone. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    // macOS has no /proc
  }
  try {
    return (await execFileAsync('ps', ['-p', String(pid), '-o', 'command='])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Whether this id is (still) the process we mean: process ids are used again after a restart. */
export async function isOurs(pid: number, mark: string): Promise<boolean> {
  return (await commandLine(pid))?.includes(mark) ?? false;
}

/** Starts a program that outlives us unless stopped: own process group, output appended to a log file. */
export function startDetached(
  program: string,
  args: readonly string[],
  logFile: string,
  env: NodeJS.ProcessEnv = process.env,
): number {
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], env });
    child.on('error', () => undefined); // the caller waits for readiness and reports what it does not see
    child.unref();
    if (child.pid === undefined)
      throw new RolloverError('ProgramMissing', `The program ${program} cannot be started.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/**
 * Ends a process in an orderly way, after `graceMs` by force; does nothing to a process that is not ours.
 * @param mark text that the command line of our process contains
 */
export async function endProcess(pid: number, mark: string, graceMs = 30_000): Promise<void> {
  if (!(await isOurs(pid, mark))) return;
  process.kill(pid, 'SIGTERM');
  if (await until(() => !isAlive(pid), graceMs)) return;
  if (await isOurs(pid, mark)) process.kill(pid, 'SIGKILL');
  await until(() => !isAlive(pid), 5_000);
}

/** Waits until a condition holds; false when it did not within the time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await sleep(everyMs);
  }
}
