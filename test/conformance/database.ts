/** Schemas with Moodle databases in them, without a test runner. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { createConnection } from 'mysql2/promise';
import type { DatabaseAddress } from '../../data/database/connect.js';

const unzip = promisify(gunzip);

async function run(address: DatabaseAddress, sql: string, schema?: string): Promise<void> {
  const { socketPath, host, port, user, password } = address;
  const connection = await createConnection({
    ...(socketPath === undefined ? { host, port } : { socketPath }),
    user,
    password,
    ...(schema === undefined ? {} : { database: schema }),
    multipleStatements: true,
    charset: 'utf8mb4',
  });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

/** Loads a dump, zipped or not, into a new schema. */
export async function loadIntoNewSchema(
  address: DatabaseAddress,
  dump: string,
): Promise<{ readonly database: string; readonly drop: () => Promise<void> }> {
  const bytes = await readFile(dump);
  const sql = (dump.endsWith('.gz') ? await unzip(bytes) : bytes).toString('utf8');
  const database = `conformance_${randomBytes(5).toString('hex')}`;
  await run(address, `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  const drop = (): Promise<void> => run(address, `DROP DATABASE IF EXISTS \`${database}\``);
  try {
    await run(address, sql, database);
  } catch (error) {
    await drop();
    throw error;
  }
  return { database, drop };
}
