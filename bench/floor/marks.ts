/** Where every table of a Moodle ends: rows with a larger id were written after it. */
import type { Knex } from 'knex';

/** Table → largest id. */
export type Marks = ReadonlyMap<string, number>;

async function tablesWithId(db: Knex, schema: string): Promise<string[]> {
  const [rows] = (await db.raw(
    `SELECT t.table_name AS name FROM information_schema.tables t
       JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
      WHERE t.table_schema = ? AND t.table_type = 'BASE TABLE' AND c.column_name = 'id'`,
    [schema],
  )) as unknown as [{ name: string }[]];
  return rows.map((row) => row.name).sort();
}

export async function readMarks(db: Knex, schema: string): Promise<Marks> {
  const tables = await tablesWithId(db, schema);
  const each = tables
    .map(() => 'SELECT ? AS name, COALESCE(MAX(id), 0) AS last FROM ??.??')
    .join(' UNION ALL ');
  const bindings = tables.flatMap((table) => [table, schema, table]);
  const [rows] = (await db.raw(each, bindings)) as unknown as [{ name: string; last: number }[]];
  return new Map(rows.map((row) => [row.name, Number(row.last)]));
}
