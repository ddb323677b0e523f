/** What a stored plan is for; a plan without a row here is for applying. */
import type { PlanPurpose } from '../model/plan.js';
import { select, write, type Journal } from './journal.js';

/** Says what a plan is for, before it is sealed. */
export async function insertPlanPurpose(
  journal: Journal,
  planId: number,
  purpose: PlanPurpose,
): Promise<void> {
  await write(journal.db, 'INSERT INTO plan_purpose (plan_id, purpose) VALUES (?, ?)', [planId, purpose]);
}

/** Says which run a plan takes back, and what of it. */
export async function insertUndoPurpose(
  journal: Journal,
  planId: number,
  undoneRunId: number,
  scope: string,
): Promise<void> {
  const statement = `INSERT INTO plan_purpose (plan_id, purpose, undone_run_id, scope) VALUES (?, 'undo', ?, ?)`;
  await write(journal.db, statement, [planId, undoneRunId, scope]);
}

/** Stands where a purpose does, and is none: no change belongs to such a plan, and nothing that reads plans by purpose finds it. */
const DELETION_LOOK = 'deletion';

/**
 * The number under which grades around a list of deletions are compared. It is an unsealed plan of the list's run:
 * nobody sees or approves it, and it goes with the run's plans.
 */
export async function insertDeletionLook(
  journal: Journal,
  { id, runId, snapshotId }: { readonly id: number; readonly runId: number; readonly snapshotId: number },
): Promise<number> {
  const plan = `INSERT INTO plan (target_id, run_id, snapshot_id, settings_hash, rules_version, moodle_release, counts, satisfied)
    VALUES (?, ?, ?, '', 0, '', '{}', 0)`;
  const { insertId } = await write(journal.db, plan, [journal.targetId, runId, snapshotId]);
  const purpose = 'INSERT INTO plan_purpose (plan_id, purpose, scope) VALUES (?, ?, ?)';
  await write(journal.db, purpose, [insertId, DELETION_LOOK, String(id)]);
  return insertId;
}

/** Of a list, or of all lists of a run; the first of each list counts. */
export async function selectDeletionLooks(
  journal: Journal,
  of: { readonly runId: number; readonly deletionId?: number },
): Promise<number[]> {
  const statement = `SELECT MIN(p.id) AS id FROM plan p JOIN plan_purpose q ON q.plan_id = p.id AND q.purpose = ?
    WHERE p.target_id = ? AND p.run_id = ? AND q.scope = COALESCE(?, q.scope) GROUP BY q.scope ORDER BY 1`;
  const list = of.deletionId === undefined ? null : String(of.deletionId);
  const rows = await select<{ id: number }>(journal.db, statement, [
    DELETION_LOOK,
    journal.targetId,
    of.runId,
    list,
  ]);
  return rows.map(({ id }) => id);
}

/** What each of these plans is for. */
export async function selectPlanPurposes(
  journal: Journal,
  planIds: readonly number[],
): Promise<Map<number, PlanPurpose>> {
  const purposes = new Map<number, PlanPurpose>(planIds.map((planId) => [planId, 'apply']));
  if (planIds.length === 0) return purposes;
  const statement = 'SELECT plan_id AS planId, purpose FROM plan_purpose WHERE plan_id IN (?)';
  const rows = await select<{ planId: number; purpose: PlanPurpose }>(journal.db, statement, [planIds]);
  for (const { planId, purpose } of rows) purposes.set(planId, purpose);
  return purposes;
}

/** The reading that a run's removals were last planned from; null: none were. */
export async function selectRemovalReading(journal: Journal, runId: number): Promise<number | null> {
  const statement = `SELECT p.snapshot_id AS snapshotId FROM plan p JOIN plan_purpose u ON u.plan_id = p.id
    WHERE p.target_id = ? AND p.run_id = ? AND u.purpose = 'removals' ORDER BY p.id DESC LIMIT 1`;
  const [row] = await select<{ snapshotId: number }>(journal.db, statement, [journal.targetId, runId]);
  return row?.snapshotId ?? null;
}
