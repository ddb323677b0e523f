/** Whether a dump will fit. */
import { statfs } from 'node:fs/promises';
import type { Knex } from 'knex';
import { select } from '../journal/journal.js';
import { RolloverError } from '../model/errors.js';

const MEGABYTE = 1_000_000;

/** Bytes that the server says the data take; an estimate, without indexes. */
export async function selectDataBytes(db: Knex, schema: string): Promise<number> {
  const statement = `SELECT COALESCE(SUM(data_length), 0) AS bytes FROM information_schema.tables
    WHERE table_schema = ?`;
  const [row] = await select<{ bytes: number | string }>(db, statement, [schema]);
  return Number(row?.bytes ?? 0);
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * A compressed dump is several times smaller than the data; asking for their whole size leaves room for pictures and
 * other data that do not compress.
 *
 * @throws RolloverError BackupFailed
 */
export function requireSpace(dataBytes: number, free: number): void {
  if (free >= dataBytes) return;
  throw new RolloverError(
    'BackupFailed',
    `The backup folder has ${Math.floor(free / MEGABYTE)} MB free; Moodle's data take ${Math.ceil(dataBytes / MEGABYTE)} MB.`,
    { freeBytes: free, dataBytes },
  );
}
