/** A Moodle-like load beside an apply, in a process of its own: how long its readers and writers wait. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { School } from '../../data/schools.js';
import { quantile } from '../measure/statistics.js';
import { projectFolder } from '../stand/moodle.js';

const fromSource = import.meta.url.endsWith('.ts');
const script = fileURLToPath(new URL(`./load-process.${fromSource ? 'ts' : 'js'}`, import.meta.url));

export interface Waits {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** The longest wait of each kind of request. */
  readonly longestOf: Readonly<Record<string, number>>;
}

export interface Wait {
  readonly what: string;
  readonly ms: number;
}

export function summarize(waits: readonly Wait[]): Waits {
  const all = waits.map(({ ms }) => ms);
  const longestOf: Record<string, number> = {};
  for (const { what, ms } of waits) longestOf[what] = Math.max(longestOf[what] ?? 0, ms);
  return {
    count: waits.length,
    p50: quantile(all, 0.5),
    p99: quantile(all, 0.99),
    longest: all.reduce((most, ms) => Math.max(most, ms), 0),
    longestOf,
  };
}

/** Runs the work with the load beside it. */
export async function withLoadBeside(school: School, work: () => Promise<void>): Promise<Waits> {
  const { host, port, user, password } = school.database;
  const settings = JSON.stringify({ host, port, user, password, ...school.moodle });
  const child = spawn(process.execPath, fromSource ? ['--import', 'tsx', script] : [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: projectFolder,
  });
  const ended = once(child, 'close');
  child.stdin.write(`${settings}\n`);
  await once(child.stdout, 'readable'); // its first line: it has begun
  const printed = text(child.stdout);
  try {
    await work();
  } finally {
    child.stdin.end();
  }
  const lines = (await printed).trim().split('\n');
  await ended;
  return summarize(JSON.parse(lines.at(-1) ?? '[]') as Wait[]);
}
