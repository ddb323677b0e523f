/** Deleting a dump: only because a person asked, and only a file that we made. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Backups } from '../configuration/production.js';
import { markDeleted, selectBackup } from '../journal/backups.js';
import { RolloverError } from '../model/errors.js';
import type { Journal } from '../journal/journal.js';

/** Whether a file went; another person's file stays where it is and is only forgotten. */
export async function deleteBackup(
  journal: Journal,
  backups: Backups | undefined,
  backupId: number,
  by: string,
): Promise<{ readonly fileDeleted: boolean }> {
  const { kind, file } = await selectBackup(journal, backupId);
  const ours = kind === 'made' && file !== null;
  if (ours && dirname(file) !== backups?.folder)
    throw new RolloverError('BackupNotFound', 'The file is not in the backup folder of this worker.');
  if (ours) await rm(file, { force: true });
  await markDeleted(journal, backupId, by);
  return { fileDeleted: ours };
}
