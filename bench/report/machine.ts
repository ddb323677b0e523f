/** On what it was measured: seconds do not travel, ratios of one run do. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import type { Knex } from 'knex';

export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly database: string;
  readonly durability: Readonly<Record<string, string>>;
  readonly moodle: string;
  /** One-minute load when it began and when it ended. */
  readonly load: readonly [number, number];
}

const durable = [
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'sync_binlog',
  'log_bin',
  'innodb_buffer_pool_size',
  'innodb_log_file_size',
] as const;

export async function describeMachine(db: Knex, moodle: string, loadBefore: number): Promise<Machine> {
  const names = [...durable, 'version'];
  const [rows] = (await db.raw(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map(() => '?').join(',')})`,
    [...names],
  )) as unknown as [{ Variable_name: string; Value: string }[]];
  const values = new Map(rows.map((row) => [row.Variable_name, row.Value]));
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    database: values.get('version') ?? 'unknown',
    durability: Object.fromEntries(durable.map((name) => [name, values.get(name) ?? ''])),
    moodle,
    load: [loadBefore, loadavg()[0] ?? 0],
  };
}
