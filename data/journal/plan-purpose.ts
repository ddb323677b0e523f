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
