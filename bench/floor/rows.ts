/** The very rows that were written between two marks, in memory. */
import { createConnection, type Connection } from 'mysql2/promise';
import type { DatabaseAddress } from '../../data/database/connect.js';
import type { Marks } from './marks.js';

export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A plain connection: no pool, no query builder, dates and large numbers as they are. */
export async function connectPlainly(address: DatabaseAddress, database?: string): Promise<Connection> {
  const { host, port, user, password } = address;
  return createConnection({
    ...{ host, port, user, password, charset: 'utf8mb4', dateStrings: true, supportBigNumbers: true },
    ...(database === undefined ? {} : { database }),
  });
}

/** Rows that came after `before` and not after `after`. Tables without any are left out. */
export async function readRows(
  address: DatabaseAddress,
  schema: string,
  before: Marks,
  after: Marks,
): Promise<TableRows[]> {
  const connection = await connectPlainly(address, schema);
  try {
    const found: TableRows[] = [];
    for (const [table, last] of after) {
      const first = before.get(table) ?? 0;
      if (last <= first) continue;
      const sql = `SELECT * FROM \`${table}\` WHERE id > ? AND id <= ? ORDER BY id`;
      const [rows, fields] = await connection.query({ sql, values: [first, last], rowsAsArray: true });
      if ((rows as unknown[]).length === 0) continue;
      found.push({ table, columns: fields.map((field) => field.name), rows: rows as unknown[][] });
    }
    return found;
  } finally {
    await connection.end();
  }
}

export function countRows(tables: readonly TableRows[]): number {
  return tables.reduce((sum, { rows }) => sum + rows.length, 0);
}
