/** Whether people see what a run made: written before Moodle is asked, and again when it has answered. */
import type { LateReason } from '../model/notice.js';
import type { Visibility } from '../model/run.js';
import { select, write, type Journal } from './journal.js';

export interface Shown {
  readonly planId: number;
  readonly visibility: Visibility;
  readonly reason: LateReason | null;
}

/** Keeps the newest answer of a run. */
export async function storeShown(journal: Journal, runId: number, shown: Shown): Promise<void> {
  const statement = `INSERT INTO shown (run_id, plan_id, visibility, reason) VALUES (?, ?, ?, ?)
    ON DUPLICATE KEY UPDATE plan_id = VALUES(plan_id), visibility = VALUES(visibility), reason = VALUES(reason),
    changed_at = CURRENT_TIMESTAMP(3)`;
  await write(journal.db, statement, [runId, shown.planId, shown.visibility, shown.reason]);
}

/** The newest answer, or null when Moodle was never asked. */
export async function selectShown(journal: Journal, runId: number): Promise<Shown | null> {
  const statement = 'SELECT plan_id AS planId, visibility, reason FROM shown WHERE run_id = ?';
  const [row] = await select<Shown>(journal.db, statement, [runId]);
  return row ?? null;
}
