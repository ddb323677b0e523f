/** Is a dump what it was, and does it restore? */
import { dirname } from 'node:path';
import {
  markDamaged,
  markVerified,
  selectBackup,
  selectBackupRowCounts,
  type Backup,
  type RowCounts,
  type VerifiedHow,
} from '../journal/backups.js';
import { RolloverError } from '../model/errors.js';
import type { School } from '../schools.js';
import { findProgram } from './programs.js';
import { readDumpFile } from './read-file.js';
import { withRestored } from './restore.js';
import { countRows, differingTables } from './row-counts.js';

/** Why a dump was only compared with its hash. */
export type OnlyHashed = 'NotOurs' | 'NoClient' | 'NoRight';

export interface Verification {
  readonly backupId: number;
  readonly how: VerifiedHow;
  /** Null when it was restored. */
  readonly onlyHashed: OnlyHashed | null;
  readonly tables: number | null;
  readonly rows: number | null;
}

async function fail(school: School, backup: Backup, message: string, details = {}): Promise<never> {
  await markDamaged(school.journal, backup.id);
  throw new RolloverError('BackupFailed', message, { backupId: backup.id, ...details });
}

async function checkFile(school: School, backup: Backup, file: string, signal?: AbortSignal): Promise<void> {
  const read = await readDumpFile(file, signal);
  if (read.sha256 !== backup.sha256)
    await fail(school, backup, `The file of backup ${backup.id} is not what it was: its hash differs.`);
  if (!read.whole) await fail(school, backup, `Backup ${backup.id} has no end mark, so it is not whole.`);
}

/** Another person's dump may name other schemas (USE, CREATE DATABASE): only ours is read into the server. */
async function restoreAndCount(
  school: School,
  backup: Backup,
  file: string,
  expected: RowCounts | null,
  signal?: AbortSignal,
): Promise<RowCounts | OnlyHashed> {
  if (backup.kind !== 'made' || expected === null) return 'NotOurs';
  const client = await findProgram('client');
  if (client === null) return 'NoClient';
  const place = { id: backup.id, file, folder: dirname(file) };
  const found = await withRestored(
    school,
    client,
    place,
    (schema) => countRows(school.db, schema, signal),
    signal,
  );
  return found ?? 'NoRight';
}

/**
 * Compares the hash always; where rights allow restores into a scratch schema and compares the rows of every table.
 *
 * @throws RolloverError BackupNotFound; BackupFailed when it cannot be relied on, which is then kept
 */
export async function verifyBackup(
  school: School,
  backupId: number,
  signal?: AbortSignal,
): Promise<Verification> {
  const backup = await selectBackup(school.journal, backupId);
  const { file } = backup;
  if (file === null)
    throw new RolloverError('BackupNotFound', `Backup ${backupId} is elsewhere; we have no file to look at.`);
  await checkFile(school, backup, file, signal);
  const expected = await selectBackupRowCounts(school.journal, backupId);
  const found = await restoreAndCount(school, backup, file, expected, signal);
  if (typeof found === 'string') {
    await markVerified(school.journal, backupId, 'hash');
    return { backupId, how: 'hash', onlyHashed: found, tables: null, rows: null };
  }
  const differing = differingTables(expected ?? {}, found);
  if (differing.length > 0)
    await fail(school, backup, `${differing.length} tables of backup ${backupId} restore with other rows.`, {
      tables: differing.slice(0, 20).join(', '),
    });
  await markVerified(school.journal, backupId, 'restored');
  const counts = Object.values(found);
  return {
    backupId,
    how: 'restored',
    onlyHashed: null,
    tables: counts.length,
    rows: counts.reduce((sum, count) => sum + count, 0),
  };
}
