/** Real processes for tests that kill, freeze and restart them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createConnection } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { isAlive, until } from '../../embedded/process.js';

export interface TestProcess {
  readonly pid: number;
  /** Everything it has printed so far, both streams in order of arrival. */
  output(): string;
  /** Its exit code, or the signal's name. Resolves once it has ended and its output is complete. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Waits until it has printed a text; rejects when it ends before that or the time is over. */
  waitFor(text: string | RegExp, timeoutMs?: number): Promise<void>;
  /** SIGTERM, and SIGKILL after the grace time. */
  stop(graceMs?: number): Promise<number | NodeJS.Signals>;
  /** SIGKILL for it and everything that it started. */
  kill(): Promise<void>;
  /** SIGSTOP: still there, holds its connections, does nothing. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

export interface SpawnOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const started = new Set<TestProcess>();

/** Starts a program. Whatever is still running when the test file ends is killed by {@link killAll}. */
export function startProcess(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): TestProcess {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = collectOutput(child);
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0));
  });
  ended.catch(() => undefined); // reported to whoever awaits it
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} cannot be started.`);
  const handle: TestProcess = {
    pid,
    output: () => printed.join(''),
    ended,
    waitFor: (text, timeoutMs = 60_000) => waitForOutput(handle, text, timeoutMs),
    stop: async (graceMs = 30_000) => {
      if (isAlive(pid)) child.kill('SIGTERM');
      if (!(await until(() => !isAlive(pid), graceMs))) killTree(pid);
      return ended;
    },
    kill: async () => {
      killTree(pid);
      await ended;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
  started.add(handle);
  void ended.finally(() => started.delete(handle)).catch(() => undefined);
  return handle;
}

/** A TypeScript file of ours in a process of its own. */
export function startScript(
  file: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
): TestProcess {
  return startProcess(process.execPath, ['--import', 'tsx', file, ...args], options);
}

/** For `afterAll`: ends what a failed test left running. */
export async function killAll(): Promise<void> {
  for (const handle of [...started]) await handle.kill();
}

/** SIGKILL for a process and all its descendants; the parent first, so that it cannot answer to a child's death. */
export function killTree(pid: number): void {
  for (const one of treeOf(pid)) {
    try {
      process.kill(one, 'SIGKILL');
    } catch (error) {
      // it has ended by itself
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** Waits until something listens on a loopback port. */
export async function waitForPort(port: number, timeoutMs = 30_000): Promise<void> {
  if (!(await until(() => listens(port), timeoutMs, 100)))
    throw new Error(`Nothing listens on 127.0.0.1:${port} after ${timeoutMs} ms.`);
}

/** Waits until nothing listens on a loopback port any more. */
export async function waitForPortClosed(port: number, timeoutMs = 30_000): Promise<void> {
  if (!(await until(async () => !(await listens(port)), timeoutMs, 100)))
    throw new Error(`Something still listens on 127.0.0.1:${port} after ${timeoutMs} ms.`);
}

function collectOutput(child: ChildProcess): string[] {
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => printed.push(text));
  }
  return printed;
}

async function waitForOutput(handle: TestProcess, text: string | RegExp, timeoutMs: number): Promise<void> {
  const seen = (): boolean =>
    typeof text === 'string' ? handle.output().includes(text) : text.test(handle.output());
  const over = await until(() => seen() || !isAlive(handle.pid), timeoutMs);
  if (seen()) return;
  if (over) await handle.ended;
  if (seen()) return;
  const why = over ? 'ended' : `did not print it within ${timeoutMs} ms`;
  throw new Error(`Waiting for ${String(text)}: the process ${why}. It printed:\n${handle.output()}`);
}

/** Linux only, as are the tests that kill. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // gone between the listing and now
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const end = (result: boolean): void => {
      socket.destroy();
      done(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
