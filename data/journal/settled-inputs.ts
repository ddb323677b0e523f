/** What the last run that left nothing open was computed from. One row per target, replaced by each such run. */
import { select, write, type Journal } from './journal.js';

export interface SettledInputs {
  /** SHA-256 of everything that planning depends on, Moodle's own rows apart. */
  readonly inputsHash: string;
  readonly snapshotId: number;
  /** SHA-256 of the uploaded files as they were given; null for a database. */
  readonly sourceSha256: string | null;
  /** clean: verified, nothing held, failed or in conflict. rejected, stopped-by-findings: a person has said no, or must mend. */
  readonly outcome: 'clean' | 'rejected' | 'stopped-by-findings';
  readonly runId: number;
}

/** The last settled inputs if they are younger than `hours`: once a day everything is compared again. */
export async function selectSettledInputs(journal: Journal, hours = 24): Promise<SettledInputs | null> {
  const statement = `SELECT inputs_hash AS inputsHash, snapshot_id AS snapshotId, source_sha256 AS sourceSha256, outcome, run_id AS runId FROM settled_inputs
    WHERE target_id = ? AND settled_at > CURRENT_TIMESTAMP(3) - INTERVAL ? HOUR`;
  const [row] = await select<SettledInputs>(journal.db, statement, [journal.targetId, hours]);
  return row ?? null;
}

/** Remembers what a run was computed from. */
export async function putSettledInputs(journal: Journal, settled: SettledInputs): Promise<void> {
  const statement = `INSERT INTO settled_inputs (target_id, inputs_hash, snapshot_id, source_sha256, outcome, run_id) VALUES (?, ?, ?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE inputs_hash = VALUES(inputs_hash), snapshot_id = VALUES(snapshot_id), source_sha256 = VALUES(source_sha256), outcome = VALUES(outcome),
      run_id = VALUES(run_id), settled_at = CURRENT_TIMESTAMP(3)`;
  const { inputsHash, snapshotId, sourceSha256, outcome, runId } = settled;
  await write(journal.db, statement, [
    journal.targetId,
    inputsHash,
    snapshotId,
    sourceSha256,
    outcome,
    runId,
  ]);
}

/** Other files have said the very same. When everything was compared last stays as it is. */
export async function putSettledSource(journal: Journal, sourceSha256: string): Promise<void> {
  const statement = 'UPDATE settled_inputs SET source_sha256 = ? WHERE target_id = ?';
  await write(journal.db, statement, [sourceSha256, journal.targetId]);
}

/** From now on everything is compared again. */
export async function deleteSettledInputs(journal: Journal): Promise<void> {
  await write(journal.db, 'DELETE FROM settled_inputs WHERE target_id = ?', [journal.targetId]);
}
