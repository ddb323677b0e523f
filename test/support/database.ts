/** Schemas for tests on the run's database server, and whole Moodle databases from the shared folder. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { createConnection } from 'mysql2/promise';
import { inject } from 'vitest';
import type { DatabaseAddress } from '../../data/database/connect.js';
import { describeWhere } from './needs.js';

const unzip = promisify(gunzip);
const projectFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Versions of which a whole database is in the shared folder. */
export type MoodleVersion = '4.1' | '4.5' | '5.0';
export const moodleVersions: readonly MoodleVersion[] = ['4.1', '4.5', '5.0'];

export interface TestSchema {
  readonly name: string;
  readonly drop: () => Promise<void>;
}

export interface TestMoodle {
  readonly database: string;
  readonly prefix: string;
  readonly drop: () => Promise<void>;
}

/** The run's server; its account may do everything. */
export function testServer(): DatabaseAddress {
  return inject('databaseServer');
}

/** A new, empty schema with a name of its own, so that test files can run beside each other. */
export async function createSchema(prefix: string): Promise<TestSchema> {
  const name = `${prefix}_${randomBytes(5).toString('hex')}`;
  await runStatements(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  return { name, drop: () => runStatements(`DROP DATABASE IF EXISTS \`${name}\``) };
}

/** The folder with real Moodle databases, or null where it is not at hand. `ROLLOVER_SHARED` names another place. */
export function sharedMoodle(): string | null {
  const shared = process.env['ROLLOVER_SHARED'] ?? join(projectFolder, '../shared');
  const folder = resolve(shared, 'moodle');
  return existsSync(join(folder, 'schema.json')) ? folder : null;
}

/** A freshly installed Moodle in a schema of its own (about 3 s). Use inside {@link describeWithMoodle}. */
export async function loadMoodle(version: MoodleVersion): Promise<TestMoodle> {
  const folder = sharedMoodle();
  if (folder === null) throw new Error('The folder of shared Moodle databases is not at hand.');
  const schema = await createSchema(`moodle${version.replace('.', '')}`);
  await loadDump(join(folder, `moodle-${version}.sql.gz`), schema.name);
  return { database: schema.name, prefix: 'mdl_', drop: schema.drop };
}

/** Loads a zipped or plain SQL dump into a schema of the run's server, or of another one. */
export async function loadDump(file: string, schema: string, address = testServer()): Promise<void> {
  const bytes = await readFile(file);
  const sql = file.endsWith('.gz') ? await unzip(bytes) : bytes;
  await runStatements(sql.toString('utf8'), schema, address);
}

/** A suite that needs the shared Moodle databases: skipped with a word where they are not, a failure under CI. */
export function describeWithMoodle(name: string, suite: () => void): void {
  const lacks = 'no shared Moodle databases; ROLLOVER_SHARED names their folder';
  describeWhere(sharedMoodle() !== null, lacks, name, suite);
}

async function runStatements(sql: string, schema?: string, address = testServer()): Promise<void> {
  const { host, port, user, password } = address;
  const connection = await createConnection({
    host,
    port,
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
