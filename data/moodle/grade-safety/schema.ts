/** What this Moodle has to watch, from its own schema. */
import type { Knex } from 'knex';
import { watchedTables, type SchemaColumn, type Watched } from '../../rules/grade-safety/watched-tables.js';
import { selectRows, tableName, type TablePlace } from '../sql/statement.js';

interface ColumnRow extends Omit<SchemaColumn, 'nullable'> {
  readonly nullable: 'YES' | 'NO';
}

/** The columns of every table with the prefix that the account may read. */
async function selectSchema(db: Knex, { database, prefix }: TablePlace): Promise<SchemaColumn[]> {
  const rows = await selectRows<ColumnRow>(
    db,
    `SELECT table_name AS \`table\`, column_name AS \`column\`, column_type AS type, is_nullable AS nullable
      FROM information_schema.columns WHERE table_schema = ? AND LEFT(table_name, ?) = ?
      ORDER BY table_name, ordinal_position`,
    [database, prefix.length, prefix],
  );
  return rows.map((row) => ({
    ...row,
    table: row.table.slice(prefix.length),
    nullable: row.nullable === 'YES',
  }));
}

async function selectModules(db: Knex, place: TablePlace): Promise<string[]> {
  const rows = await selectRows<{ name: string }>(
    db,
    `SELECT name FROM ${tableName(place, 'modules')} ORDER BY name`,
  );
  return rows.map((row) => row.name);
}

/** The tables to watch. */
export async function findWatchedTables(db: Knex, place: TablePlace): Promise<Watched> {
  return watchedTables(await selectSchema(db, place), await selectModules(db, place));
}
