/** Dumps that were made by other means: a file on the worker's machine, or a person's word. */
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { insertBackup } from '../journal/backups.js';
import type { Journal } from '../journal/journal.js';
import { RolloverError } from '../model/errors.js';
import { readDumpFile } from './read-file.js';

/** Clocks of two machines differ a little. */
const CLOCK_MS = 5 * 60_000;

function requirePast(time: Date): void {
  if (Number.isNaN(time.getTime())) throw new RolloverError('UsageInvalid', 'That is not a time.');
  if (time.getTime() > Date.now() + CLOCK_MS)
    throw new RolloverError('UsageInvalid', 'A dump cannot have been made in the future.');
}

export interface NamedFile {
  /** Absolute path on the worker's machine. */
  readonly file: string;
  /** Null: when the file was last written. */
  readonly takenAt: Date | null;
  readonly by: string;
}

export interface NamedBackup {
  readonly backupId: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Hashes the file and keeps it. @throws RolloverError BackupNotFound, UsageInvalid; BackupFailed when it is not whole */
export async function nameFile(
  journal: Journal,
  named: NamedFile,
  signal?: AbortSignal,
): Promise<NamedBackup> {
  if (!isAbsolute(named.file)) throw new RolloverError('UsageInvalid', 'Name the file with its whole path.');
  const { bytes, sha256, whole } = await readDumpFile(named.file, signal);
  if (!whole)
    throw new RolloverError(
      'BackupFailed',
      'The file does not end as a dump of mariadb-dump or mysqldump does: it is cut off, or something else.',
    );
  const takenAt = named.takenAt ?? (await stat(named.file)).mtime;
  requirePast(takenAt);
  const { file, by } = named;
  const rest = { statement: null, moodleDatabase: null, serverVersion: null, rowCounts: null };
  const backupId = await insertBackup(journal, { kind: 'named', file, bytes, sha256, takenAt, by, ...rest });
  return { backupId, bytes, sha256 };
}

/** Keeps a person's word, with who gave it. @throws RolloverError UsageInvalid */
export async function nameElsewhere(
  journal: Journal,
  { statement, takenAt, by }: { readonly statement: string; readonly takenAt: Date; readonly by: string },
): Promise<number> {
  const text = statement.trim();
  if (text === '' || text.length > 255)
    throw new RolloverError('UsageInvalid', 'Say in at most 255 characters what dump it is and where.');
  requirePast(takenAt);
  const none = { file: null, bytes: null, sha256: null, moodleDatabase: null, serverVersion: null };
  return insertBackup(journal, { kind: 'elsewhere', statement: text, rowCounts: null, takenAt, by, ...none });
}
