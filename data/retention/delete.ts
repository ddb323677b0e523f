/** Deleting in small batches, so that no lock lasts and no transaction grows. Each function is one statement. */
import { write, type Journal } from '../journal/journal.js';

async function deleteSome(journal: Journal, statement: string, id: number): Promise<number> {
  return (await write(journal.db, statement, [id])).affectedRows;
}

/** A chunk holds up to half a megabyte. */
export async function deleteChunks(journal: Journal, uploadId: number): Promise<number> {
  return deleteSome(journal, 'DELETE FROM upload_chunk WHERE upload_id = ? LIMIT 16', uploadId);
}

/** A page holds up to 5,000 records. */
export async function deletePages(journal: Journal, snapshotId: number): Promise<number> {
  return deleteSome(journal, 'DELETE FROM snapshot_page WHERE snapshot_id = ? LIMIT 16', snapshotId);
}

export async function deleteFindings(journal: Journal, snapshotId: number): Promise<number> {
  return deleteSome(journal, 'DELETE FROM finding WHERE snapshot_id = ? LIMIT 2000', snapshotId);
}

/** Ids of people and classes whose records a finding had held back. */
export async function clearWithheld(journal: Journal, snapshotId: number): Promise<void> {
  const statement = `UPDATE snapshot SET withheld = '{"persons":[],"groups":[]}' WHERE id = ?`;
  await write(journal.db, statement, [snapshotId]);
}

/** The ids under which passwords were sealed. The passwords themselves have gone long before, whatever became of the run. */
export async function deleteSealedIds(journal: Journal, uploadId: number): Promise<number> {
  return deleteSome(journal, 'DELETE FROM renamed_password WHERE upload_id = ? LIMIT 2000', uploadId);
}

export async function deleteChanges(journal: Journal, planId: number): Promise<number> {
  return deleteSome(journal, 'DELETE FROM plan_change WHERE plan_id = ? LIMIT 2000', planId);
}

export async function deleteItems(journal: Journal, planId: number): Promise<number> {
  return deleteSome(journal, 'DELETE FROM plan_item WHERE plan_id = ? LIMIT 2000', planId);
}

/** Repeats a batch until nothing is left. @returns rows deleted */
export async function untilGone(batch: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let deleted = await batch(); deleted > 0; deleted = await batch()) sum += deleted;
  return sum;
}
