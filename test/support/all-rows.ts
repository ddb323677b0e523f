/** Every row of every table of a Moodle, without what may differ: signals, sessions, logs and times. */
import type { Knex } from 'knex';

const leftOut = /^(cache_flags|sessions|log|logstore_.*|task_log)$/;
const times = new Set(['timemodified', 'cacherev']);

export type AllRows = Readonly<Record<string, readonly string[]>>;

async function tablesOf(db: Knex, database: string): Promise<string[]> {
  const [rows] = (await db.raw(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'`,
    [database],
  )) as unknown as [{ name: string }[]];
  return rows.map((row) => row.name);
}

/** Rows by table, as text; empty tables are left out. */
export async function allRows(db: Knex, database: string, prefix = 'mdl_'): Promise<AllRows> {
  const all: Record<string, string[]> = {};
  for (const table of (await tablesOf(db, database)).sort()) {
    const name = table.slice(prefix.length);
    if (leftOut.test(name)) continue;
    const [rows] = (await db.raw('SELECT * FROM ??', [`${database}.${table}`])) as unknown as [object[]];
    const texts = rows.map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).filter(([column]) => !times.has(column)))),
    );
    if (texts.length > 0) all[name] = texts.sort();
  }
  return all;
}

/** What one has and the other has not, by table; empty: equal. */
export function differences(
  before: AllRows,
  after: AllRows,
): Record<string, { gone: string[]; added: string[] }> {
  const found: Record<string, { gone: string[]; added: string[] }> = {};
  for (const table of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [new Set(before[table]), new Set(after[table])];
    const gone = [...old].filter((row) => !now.has(row));
    const added = [...now].filter((row) => !old.has(row));
    if (gone.length + added.length > 0) found[table] = { gone: gone.slice(0, 5), added: added.slice(0, 5) };
  }
  return found;
}
