/** A Moodle to measure on: the real 4.5 database of the shared folder, else the pocket Moodle. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { createConnection } from 'mysql2/promise';
import { openPool, type DatabaseAddress } from '../../data/database/connect.js';
import { createPocketMoodle } from '../../embedded/pocket-moodle.js';

export interface BenchMoodle {
  readonly database: string;
  readonly prefix: string;
  readonly kind: 'Moodle 4.5 (real database)' | 'pocket Moodle';
}

/** From source or compiled below dist. */
export const projectFolder = ['../..', '../../..']
  .map((up) => resolve(dirname(fileURLToPath(import.meta.url)), up))
  .find((folder) => existsSync(join(folder, 'package.json'))) as string;

function dumpFile(): string | null {
  const shared = process.env['ROLLOVER_SHARED'] ?? join(projectFolder, '../shared');
  const file = resolve(shared, 'moodle/moodle-4.5.sql.gz');
  return existsSync(file) ? file : null;
}

async function loadDump(address: DatabaseAddress, database: string, file: string): Promise<void> {
  const { host, port, user, password } = address;
  const options = { host, port, user, password, multipleStatements: true, charset: 'utf8mb4' };
  const connection = await createConnection(options);
  try {
    await connection.query(
      `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; USE \`${database}\``,
    );
    await connection.query((await promisify(gunzip)(await readFile(file))).toString('utf8'));
  } finally {
    await connection.end();
  }
}

/** A freshly installed Moodle in a schema of this name. */
export async function makeMoodle(address: DatabaseAddress, database: string): Promise<BenchMoodle> {
  const file = dumpFile();
  const prefix = 'mdl_';
  if (file !== null) {
    await loadDump(address, database, file);
    return { database, prefix, kind: 'Moodle 4.5 (real database)' };
  }
  const db = openPool(address, { max: 1 });
  try {
    await createPocketMoodle(db, { database, prefix }, 'Bench College');
  } finally {
    await db.destroy();
  }
  return { database, prefix, kind: 'pocket Moodle' };
}
