/**
 * Readings whose plan was carried out and verified. Not the same as the applied reading, which stays the one before
 * while a question about class codes is open: what somebody has once believed of the source need not be held again.
 */
import { select, write, type Journal } from './journal.js';

/** Repeatable. */
export async function insertBelieved(journal: Journal, snapshotId: number): Promise<void> {
  const statement = `INSERT INTO believed_reading (target_id, snapshot_id) VALUES (?, ?)
    ON DUPLICATE KEY UPDATE snapshot_id = VALUES(snapshot_id)`;
  await write(journal.db, statement, [journal.targetId, snapshotId]);
}

/** The newest believed reading before a snapshot. It stays the same when that one is believed too. */
export async function selectBelievedBefore(journal: Journal, snapshotId: number): Promise<number | null> {
  const statement = `SELECT MAX(snapshot_id) AS id FROM believed_reading WHERE target_id = ? AND snapshot_id < ?`;
  const [row] = await select<{ id: number | null }>(journal.db, statement, [journal.targetId, snapshotId]);
  return row?.id ?? null;
}
