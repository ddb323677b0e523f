/** What an open transaction changed in a whole schema, seen beside what is committed. */
import type { Knex } from 'knex';
import type { Changes, Row, RowChange, TableChanges } from './trace.js';

interface Place {
  readonly database: string;
  readonly prefix: string;
}

async function rowsOf<T>(db: Knex, sql: string, bindings: readonly string[] = []): Promise<T[]> {
  const [rows] = (await db.raw(sql, bindings as string[])) as [T[], unknown];
  return rows;
}

/** Every table of the schema, Moodle's or not: a stray row anywhere is a change. */
export async function listTables(db: Knex, database: string): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    db,
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name`,
    [database],
  );
  return rows.map((row) => row.name);
}

async function checksums(
  db: Knex,
  database: string,
  tables: readonly string[],
): Promise<Map<string, string>> {
  const names = tables.map((table) => `\`${database}\`.\`${table}\``).join(', ');
  const rows = await rowsOf<{ Table: string; Checksum: number | string }>(db, `CHECKSUM TABLE ${names}`);
  return new Map(rows.map((row) => [row.Table.slice(database.length + 1), String(row.Checksum)]));
}

async function readTable(db: Knex, database: string, table: string): Promise<Map<string, Row>> {
  const rows = await rowsOf<Row>(db, `SELECT * FROM \`${database}\`.\`${table}\``);
  return new Map(rows.map((row) => [String(row['id']), row]));
}

/** `inside` sees the open transaction, `outside` what was there before it. */
export async function findChanges(
  inside: Knex,
  outside: Knex,
  place: Place,
  tables: readonly string[],
): Promise<Changes> {
  const after = await checksums(inside, place.database, tables);
  const before = await checksums(outside, place.database, tables);
  const changes: Record<string, TableChanges> = {};
  for (const table of tables) {
    if (after.get(table) === before.get(table)) continue;
    const name = table.startsWith(place.prefix) ? table.slice(place.prefix.length) : table;
    changes[name] = compareTables(
      await readTable(outside, place.database, table),
      await readTable(inside, place.database, table),
    );
  }
  return changes;
}

function compareTables(before: ReadonlyMap<string, Row>, after: ReadonlyMap<string, Row>): TableChanges {
  const inserted = [...after].filter(([id]) => !before.has(id)).map(([, row]) => row);
  const deleted = [...before].filter(([id]) => !after.has(id)).map(([, row]) => row);
  const updated: RowChange[] = [];
  for (const [id, row] of after) {
    const old = before.get(id);
    if (old === undefined) continue;
    const names = Object.keys(row).filter((name) => row[name] !== old[name]);
    if (names.length > 0) updated.push({ id, before: only(old, names), after: only(row, names) });
  }
  return { inserted, updated, deleted };
}

function only(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
