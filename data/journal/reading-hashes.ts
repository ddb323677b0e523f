/** Hashes of readings as they came (`hashReading`), beside the snapshots that were made of them. */
import { select, write, type Journal } from './journal.js';

/** Stores the hash of what an unsealed snapshot is made of. */
export async function insertReadingHash(journal: Journal, snapshotId: number, sha256: string): Promise<void> {
  const statement = 'INSERT INTO reading_hash (snapshot_id, sha256) VALUES (?, ?)';
  await write(journal.db, statement, [snapshotId, sha256]);
}

/** Null: the snapshot was made before such hashes were kept. */
export async function selectReadingHash(journal: Journal, snapshotId: number): Promise<string | null> {
  const statement = 'SELECT sha256 FROM reading_hash WHERE snapshot_id = ?';
  const [row] = await select<{ sha256: string }>(journal.db, statement, [snapshotId]);
  return row?.sha256 ?? null;
}
