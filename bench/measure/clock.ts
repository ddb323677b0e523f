/** One stretch of work in this process: wall, CPU, and what the database server counted. */
import type { Knex } from 'knex';
import { between, readCounters, type ServerCounters } from './server-counters.js';

export interface Stretch extends ServerCounters {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Begins a stretch; the returned function ends it. Looking at the counters is not part of it. */
export async function beginStretch(db: Knex): Promise<() => Promise<Stretch>> {
  const before = await readCounters(db);
  const cpu = process.cpuUsage();
  const began = performance.now();
  return async () => {
    const seconds = (performance.now() - began) / 1000;
    const used = process.cpuUsage(cpu);
    return {
      seconds,
      cpuSeconds: (used.user + used.system) / 1e6,
      ...between(before, await readCounters(db)),
    };
  };
}

export async function measure<T>(
  db: Knex,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly stretch: Stretch }> {
  const end = await beginStretch(db);
  const value = await work();
  return { value, stretch: await end() };
}

export const noStretch: Stretch = { seconds: 0, cpuSeconds: 0, statements: 0, bytesIn: 0, bytesOut: 0 };

export function add(one: Stretch, other: Stretch): Stretch {
  return {
    seconds: one.seconds + other.seconds,
    cpuSeconds: one.cpuSeconds + other.cpuSeconds,
    statements: one.statements + other.statements,
    bytesIn: one.bytesIn + other.bytesIn,
    bytesOut: one.bytesOut + other.bytesOut,
  };
}
