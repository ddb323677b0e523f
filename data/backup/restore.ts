/** A dump of ours read into a scratch schema, so that its rows can be counted. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { write } from '../journal/journal.js';
import { RolloverError } from '../model/errors.js';
import type { School } from '../schools.js';
import { firstLine } from './dump.js';
import { withOptionFile } from './option-file.js';
import { programEnvironment, type Program } from './programs.js';
import { readText } from './read-file.js';

/** No right to make or drop a schema, or to make a table in it. */
const denied = new Set([1044, 1045, 1142, 1227]);

/** A name of our own: several journals on one server have the same ids. */
export function scratchSchema(journalSchema: string, backupId: number): string {
  const owner = createHash('sha256').update(journalSchema).digest('hex').slice(0, 8);
  return `rollover_verify_${owner}_${backupId}`;
}

async function dropScratch(db: Knex, schema: string): Promise<void> {
  await write(db, 'DROP DATABASE IF EXISTS ??', [schema]);
}

/** False when the account may not. */
async function createScratch(db: Knex, schema: string): Promise<boolean> {
  try {
    await dropScratch(db, schema); // what a killed verification left
    await write(db, 'CREATE DATABASE ?? CHARACTER SET utf8mb4', [schema]);
    return true;
  } catch (error) {
    if (denied.has((error as { errno?: number }).errno ?? 0)) return false;
    throw error;
  }
}

/** `--binary-mode`: what stands in texts is never taken for a command of the client. */
async function load(
  client: Program,
  optionFile: string,
  schema: string,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const args = [
    `--defaults-file=${optionFile}`,
    '--batch',
    '--binary-mode',
    '--default-character-set=utf8mb4',
    `--database=${schema}`,
  ];
  const child = spawn(client.path, args, { env: programEnvironment(), stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(0, 4096)));
  const exit = new Promise<number | string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    child.once('close', (code, killedBy) => resolve(code ?? killedBy ?? 'unknown'));
  });
  try {
    await readText(file, child.stdin, signal);
  } catch (error) {
    // EPIPE: the client has ended already, and its exit says why
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') {
      child.kill('SIGKILL');
      await exit;
      throw error;
    }
  }
  const code = await exit;
  if (code !== 0)
    throw new RolloverError(
      'BackupFailed',
      `Restoring ended with ${code}: ${firstLine(stderr) || 'no word of why'}.`,
    );
}

/** Restores, lends the scratch schema, drops it whatever happens. Null when the account may not make schemas. */
export async function withRestored<T>(
  school: School,
  client: Program,
  backup: { readonly id: number; readonly file: string; readonly folder: string },
  work: (schema: string) => Promise<T>,
  signal?: AbortSignal,
): Promise<T | null> {
  const schema = scratchSchema(school.journalSchema, backup.id);
  if (!(await createScratch(school.db, schema))) return null;
  try {
    await withOptionFile(`${backup.folder}/.options-${school.code}-`, school.database, (optionFile) =>
      load(client, optionFile, schema, backup.file, signal),
    );
    return await work(schema);
  } finally {
    await dropScratch(school.db, schema);
  }
}
