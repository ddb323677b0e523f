/** Dumps of Moodle's database that are known: made by us, named by a person, or only said to exist elsewhere. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { RolloverError } from '../model/errors.js';
import { select, write, type Journal } from './journal.js';

/** made: by us. named: a file on the worker's machine. elsewhere: a person says that it exists. */
export type BackupKind = 'made' | 'named' | 'elsewhere';
/** hash: the file is what it was. restored: it was read into a scratch schema and every table's rows were counted. */
export type VerifiedHow = 'hash' | 'restored';
/** Table → rows. */
export type RowCounts = Readonly<Record<string, number>>;

export interface NewBackup {
  readonly kind: BackupKind;
  /** Absolute path on the worker's machine; null when it is elsewhere. */
  readonly file: string | null;
  /** What a person said of a dump that is elsewhere. */
  readonly statement: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly moodleDatabase: string | null;
  readonly serverVersion: string | null;
  readonly rowCounts: RowCounts | null;
  /** The moment whose data it holds. */
  readonly takenAt: Date;
  /** Account id. */
  readonly by: string;
}

export interface Backup extends Omit<NewBackup, 'rowCounts' | 'takenAt'> {
  readonly id: number;
  /** UTC. */
  readonly takenAt: string;
  readonly finishedAt: string;
  readonly verifiedAt: string | null;
  readonly verifiedHow: VerifiedHow | null;
  /** When it was found not to be what it was. */
  readonly damagedAt: string | null;
  readonly ageHours: number;
}

const columns = `id, kind, file, statement, bytes, sha256, moodle_database AS moodleDatabase,
  server_version AS serverVersion, taken_at AS takenAt, finished_at AS finishedAt, made_by AS \`by\`,
  verified_at AS verifiedAt, verified_how AS verifiedHow, damaged_at AS damagedAt,
  TIMESTAMPDIFF(SECOND, taken_at, UTC_TIMESTAMP(3)) AS ageSeconds`;

type Row = Omit<Backup, 'ageHours'> & { readonly ageSeconds: number };

function toBackup({ ageSeconds, ...row }: Row): Backup {
  return { ...row, ageHours: ageSeconds / 3600 };
}

/** As DATETIME(3) in UTC. */
function toDatetime(time: Date): string {
  return time.toISOString().slice(0, 23).replace('T', ' ');
}

/** Writes down a dump that is whole. */
export async function insertBackup(journal: Journal, backup: NewBackup): Promise<number> {
  const statement = `INSERT INTO moodle_dump (target_id, kind, file, statement, bytes, sha256, moodle_database,
    server_version, row_counts, taken_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const counts = backup.rowCounts === null ? null : gzipSync(JSON.stringify(backup.rowCounts));
  const { insertId } = await write(journal.db, statement, [
    journal.targetId,
    backup.kind,
    backup.file,
    backup.statement,
    backup.bytes,
    backup.sha256,
    backup.moodleDatabase,
    backup.serverVersion,
    counts,
    toDatetime(backup.takenAt),
    backup.by,
  ]);
  return insertId;
}

/** Those that were not deleted, newest first. */
export async function selectBackups(journal: Journal): Promise<Backup[]> {
  const statement = `SELECT ${columns} FROM moodle_dump WHERE target_id = ? AND deleted_at IS NULL
    ORDER BY taken_at DESC, id DESC`;
  return (await select<Row>(journal.db, statement, [journal.targetId])).map(toBackup);
}

/** @throws RolloverError BackupNotFound when it is another school's or was deleted */
export async function selectBackup(journal: Journal, id: number): Promise<Backup> {
  const statement = `SELECT ${columns} FROM moodle_dump WHERE target_id = ? AND id = ? AND deleted_at IS NULL`;
  const [row] = await select<Row>(journal.db, statement, [journal.targetId, id]);
  if (row === undefined)
    throw new RolloverError('BackupNotFound', `There is no backup ${id} of this school.`);
  return toBackup(row);
}

/** The newest that is not known to be damaged, or null. */
export async function selectNewestBackup(journal: Journal): Promise<Backup | null> {
  const statement = `SELECT ${columns} FROM moodle_dump
    WHERE target_id = ? AND deleted_at IS NULL AND damaged_at IS NULL ORDER BY taken_at DESC, id DESC LIMIT 1`;
  const [row] = await select<Row>(journal.db, statement, [journal.targetId]);
  return row === undefined ? null : toBackup(row);
}

/** Rows per table that the dump holds; null where we did not make it. */
export async function selectBackupRowCounts(journal: Journal, id: number): Promise<RowCounts | null> {
  const statement = 'SELECT row_counts AS counts FROM moodle_dump WHERE target_id = ? AND id = ?';
  const [row] = await select<{ counts: Buffer | null }>(journal.db, statement, [journal.targetId, id]);
  const counts = row?.counts ?? null;
  return counts === null ? null : (JSON.parse(gunzipSync(counts).toString('utf8')) as RowCounts);
}

/** Notes that it is good; a dump that was found damaged before is trusted again, because its bytes are right. */
export async function markVerified(journal: Journal, id: number, how: VerifiedHow): Promise<void> {
  const statement = `UPDATE moodle_dump SET verified_at = CURRENT_TIMESTAMP(3), verified_how = ?, damaged_at = NULL
    WHERE target_id = ? AND id = ?`;
  await write(journal.db, statement, [how, journal.targetId, id]);
}

/** Notes that it cannot be relied on. */
export async function markDamaged(journal: Journal, id: number): Promise<void> {
  const statement = `UPDATE moodle_dump SET damaged_at = CURRENT_TIMESTAMP(3) WHERE target_id = ? AND id = ?`;
  await write(journal.db, statement, [journal.targetId, id]);
}

/** Takes it from the list; the row stays, and says who did it. */
export async function markDeleted(journal: Journal, id: number, by: string): Promise<void> {
  const statement = `UPDATE moodle_dump SET deleted_at = CURRENT_TIMESTAMP(3), deleted_by = ?
    WHERE target_id = ? AND id = ? AND deleted_at IS NULL`;
  await write(journal.db, statement, [by, journal.targetId, id]);
}
