/** Which uploads, snapshots and plans have lost their personal content, and why. Their descriptions stay. */
import { RolloverError, type ErrorCode } from '../model/errors.js';
import { select, write, type Journal } from './journal.js';

export type PurgedKind = 'upload' | 'snapshot' | 'plan';
/** retention: its time was over. forgetting: it held a person who was forgotten. */
export type PurgeReason = 'retention' | 'forgetting';

/** Notes that something is about to go; from here on nobody is given half of it. */
export async function beginPurge(
  journal: Journal,
  kind: PurgedKind,
  id: number,
  reason: PurgeReason,
): Promise<void> {
  const statement = 'INSERT IGNORE INTO purged (target_id, kind, subject_id, reason) VALUES (?, ?, ?, ?)';
  await write(journal.db, statement, [journal.targetId, kind, id, reason]);
}

/** Notes that it is gone whole. */
export async function endPurge(journal: Journal, kind: PurgedKind, id: number): Promise<void> {
  const statement = `UPDATE purged SET ended_at = CURRENT_TIMESTAMP(3)
    WHERE target_id = ? AND kind = ? AND subject_id = ? AND ended_at IS NULL`;
  await write(journal.db, statement, [journal.targetId, kind, id]);
}

const words: Readonly<Record<PurgedKind, readonly [string, ErrorCode]>> = {
  upload: ['The files of upload', 'UploadNotFound'],
  snapshot: ['The records of snapshot', 'SnapshotNotFound'],
  plan: ['The changes of plan', 'PlanNotFound'],
};

const reasons: Readonly<Record<PurgeReason, string>> = {
  retention: 'were deleted after the time that the settings allow (retentionDays)',
  forgetting: 'were deleted because a person was forgotten',
};

/** Why and since when the content is gone; null: it is kept. */
export async function selectPurged(
  journal: Journal,
  kind: PurgedKind,
  id: number,
): Promise<{ readonly reason: PurgeReason; readonly day: string } | null> {
  const statement = `SELECT reason, DATE_FORMAT(begun_at, '%Y-%m-%d') AS day FROM purged
    WHERE target_id = ? AND kind = ? AND subject_id = ?`;
  const [row] = await select<{ reason: PurgeReason; day: string }>(journal.db, statement, [
    journal.targetId,
    kind,
    id,
  ]);
  return row ?? null;
}

/** @throws RolloverError UploadNotFound, SnapshotNotFound, PlanNotFound when it is gone, saying why and since when */
export async function refusePurged(journal: Journal, kind: PurgedKind, id: number): Promise<void> {
  const row = await selectPurged(journal, kind, id);
  if (row === null) return;
  const [what, code] = words[kind];
  throw new RolloverError(code, `${what} ${id} ${reasons[row.reason]}, on ${row.day}.`);
}
