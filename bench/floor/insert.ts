/** The floor: the same rows by plain multi-row INSERTs from Node into empty copies of the tables. */
import { randomBytes } from 'node:crypto';
import type { DatabaseAddress } from '../../data/database/connect.js';
import { connectPlainly, type TableRows } from './rows.js';

/** What is fastest here; 200 and 5,000 are slower. */
const ROWS_PER_STATEMENT = 1_000;

export interface Floor {
  readonly seconds: number;
  readonly statements: number;
  readonly rows: number;
}

/**
 * Makes empty copies of the tables, keys included, and inserts the rows: one transaction per statement. Only the
 * transactions are timed. `inspect` sees the copies before they are dropped.
 */
export async function insertFloor(
  address: DatabaseAddress,
  from: string,
  tables: readonly TableRows[],
  inspect: (schema: string) => Promise<void> = async () => undefined,
): Promise<Floor> {
  const schema = `floor_${randomBytes(5).toString('hex')}`;
  const connection = await connectPlainly(address);
  try {
    await connection.query(`CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
    for (const { table } of tables)
      await connection.query(`CREATE TABLE \`${schema}\`.\`${table}\` LIKE \`${from}\`.\`${table}\``);
    const began = performance.now();
    let statements = 0;
    for (const { table, columns, rows } of tables) {
      const names = columns.map((name) => `\`${name}\``).join(', ');
      for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
        await connection.query('START TRANSACTION');
        await connection.query(`INSERT INTO \`${schema}\`.\`${table}\` (${names}) VALUES ?`, [
          rows.slice(at, at + ROWS_PER_STATEMENT),
        ]);
        await connection.query('COMMIT');
        statements += 3;
      }
    }
    const seconds = (performance.now() - began) / 1000;
    await inspect(schema);
    return { seconds, statements, rows: tables.reduce((sum, { rows }) => sum + rows.length, 0) };
  } finally {
    await connection.query(`DROP DATABASE IF EXISTS \`${schema}\``);
    await connection.end();
  }
}
