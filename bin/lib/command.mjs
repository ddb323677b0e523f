/** Running other programs, and telling a person what goes on. Nothing but Node is needed. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where fetched tools are kept between runs. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'moodle-rollover');

/** Why a command ends here, in one sentence for whoever started it. Exit codes are those of the product. */
export class Refusal extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Something has to be installed by a person. */
export const missing = (message) => new Refusal(message, 9);

/** The program's absolute path, or undefined. */
export function which(name, folders = []) {
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...path, ...folders].map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether the program ends with 0; its output is dropped. */
export function succeeds(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/**
 * Runs a program with our output as its own. Resolves to its exit code; 130 when Ctrl-C ended it, 128 for
 * any other signal.
 * `quiet` keeps its output back and shows the end of it only when it failed.
 */
export function run(program, args, { env = {}, quiet = false, timeoutMs, cwd = projectFolder } = {}) {
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      timeout: timeoutMs,
    });
    let output = '';
    const keep = (text) => (output = (output + text).slice(-4000));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    // Ctrl-C reaches the child as well: it tidies up, and we end after it
    const wait = () => undefined;
    process.on('SIGINT', wait);
    const end = (code) => {
      process.off('SIGINT', wait);
      if (code !== 0 && quiet && output !== '') process.stderr.write(`${output.trimEnd()}\n`);
      done(code);
    };
    child.on('error', () => end(127));
    child.on('close', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 128)));
  });
}

const started = Date.now();

/** One step with a title; prints how long it took and what came of it. */
export async function step(title, work) {
  const begin = Date.now();
  process.stdout.write(`» ${title} …\n`);
  const outcome = await work();
  process.stdout.write(`  ${outcome ?? 'done'} (${seconds(begin)}, ${seconds(started)} in all)\n`);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs a command of ours; a refusal is told in its sentence, without a stack trace. */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
