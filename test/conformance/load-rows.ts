/** Brings a database to the state after a trace by loading the trace's own rows. */
import type { Knex } from 'knex';
import type { Row, Trace } from './trace.js';

interface Place {
  readonly database: string;
  readonly prefix: string;
}

/** Table with prefix → its columns. */
export type Columns = ReadonlyMap<string, ReadonlySet<string>>;

/** What the schema has: a trace may list what it has not. */
export async function readColumns(db: Knex, database: string): Promise<Columns> {
  const [rows] = (await db.raw(
    `SELECT table_name AS name, column_name AS field FROM information_schema.columns WHERE table_schema = ?`,
    [database],
  )) as [{ name: string; field: string }[], unknown];
  const columns = new Map<string, Set<string>>();
  for (const { name, field } of rows) columns.set(name, (columns.get(name) ?? new Set()).add(field));
  return columns;
}

/**
 * Rows of wide tables may be listed in part: what is not listed gets its default, so strict mode is off here.
 *
 * @throws Error naming the trace when its rows do not fit into the database.
 */
export async function loadRows(db: Knex, place: Place, columns: Columns, trace: Trace): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      await tx.raw("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
      await load(tx, place, columns, trace);
      await tx.raw("SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
    });
  } catch (error) {
    throw new Error(`The rows of trace ${trace.label} cannot be loaded: ${String(error)}`, { cause: error });
  }
}

async function load(tx: Knex, place: Place, columns: Columns, trace: Trace): Promise<void> {
  for (const [table, { inserted, updated, deleted }] of Object.entries(trace.tables)) {
    const known = columns.get(place.prefix + table);
    if (known === undefined) continue;
    const name = `\`${place.database}\`.\`${place.prefix}${table}\``;
    for (const row of inserted) await loadRow(tx, name, known, row);
    for (const { id, after } of updated) {
      const fields = Object.keys(after).filter((field) => known.has(field));
      if (fields.length === 0) continue;
      const set = fields.map((field) => `\`${field}\` = ?`).join(', ');
      await tx.raw(`UPDATE ${name} SET ${set} WHERE id = ?`, [
        ...fields.map((field) => after[field] ?? null),
        id,
      ] as string[]);
    }
    for (const row of deleted) await tx.raw(`DELETE FROM ${name} WHERE id = ?`, [String(row['id'])]);
  }
}

async function loadRow(tx: Knex, table: string, known: ReadonlySet<string>, row: Row): Promise<void> {
  const fields = Object.keys(row).filter((field) => known.has(field));
  await tx.raw(
    `REPLACE INTO ${table} (${fields.map((field) => `\`${field}\``).join(', ')})
     VALUES (${fields.map(() => '?').join(', ')})`,
    fields.map((field) => row[field] ?? null) as string[],
  );
}
