/** The end of a run in numbers: what was applied, what was not and why, what is kept, what people see when. */
import type { Journal } from '../journal/journal.js';
import { selectPlanItems } from '../journal/plan-items.js';
import { countOutcomes, selectPlanHeader } from '../journal/plans.js';
import { selectRunPlanIds, selectVerification } from '../journal/runs.js';
import { selectShown } from '../journal/shown.js';
import { selectPlanPurposes } from '../journal/plan-purpose.js';
import type { PlanCounts, PlanPurpose } from '../model/plan.js';
import type { RemovalEnd, RunOutcome, RunReport } from '../model/run.js';

async function reportPlan(
  journal: Journal,
  planId: number,
  purpose: PlanPurpose,
): Promise<RunReport['plans'][number]> {
  const header = await selectPlanHeader(journal, planId);
  const notices: Record<string, number> = {};
  for (const notice of await selectPlanItems(journal, planId, 'notice'))
    notices[notice.code] = (notices[notice.code] ?? 0) + 1;
  const outcomes = (await countOutcomes(journal, planId)).map((row) => ({
    what: `${row.kind}.${row.operation}`,
    state: row.state,
    reason: row.reason,
    count: row.count,
  }));
  const kept = (await selectPlanItems(journal, planId, 'kept')).length;
  return {
    planId,
    hash: header.hash,
    snapshotId: header.snapshotId,
    outcomes,
    notices,
    kept,
    satisfied: header.satisfied,
    purpose,
  };
}

/** What Moodle answered when it was told; where nobody told it, everything written may be late. */
async function reportVisibility(
  journal: Journal,
  runId: number,
  made: boolean,
): Promise<Pick<RunReport, 'visibility' | 'late'>> {
  const shown = await selectShown(journal, runId);
  if (shown === null) return { visibility: made ? 'not-yet-visible' : 'visible' };
  return { visibility: shown.visibility, ...(shown.reason === null ? {} : { late: shown.reason }) };
}

/** Whether something that might have been withdrawn was not allowed. */
function wasWithheld(counts: PlanCounts): boolean {
  return Object.entries(counts).some(([name, count]) => name.startsWith('allowable.') && count > 0);
}

async function reportRemovals(journal: Journal, plans: RunReport['plans']): Promise<RemovalEnd> {
  const removals = plans.filter(({ purpose }) => purpose === 'removals');
  const last = removals.at(-1);
  if (last === undefined) return 'not-planned';
  const isDone = ({ outcomes }: RunReport['plans'][number]): boolean =>
    outcomes.some(({ state }) => state === 'applied');
  if (removals.some(isDone)) return 'applied';
  if (last.outcomes.length > 0) return 'left-out';
  const { counts } = await selectPlanHeader(journal, last.planId);
  return wasWithheld(counts) ? 'not-allowed' : 'nothing';
}

/** Builds the report of a run from the journal. Counts and codes only. */
export async function buildReport(journal: Journal, runId: number, outcome: RunOutcome): Promise<RunReport> {
  const plans: RunReport['plans'][number][] = [];
  const planIds = await selectRunPlanIds(journal, runId);
  const purposes = await selectPlanPurposes(journal, planIds);
  for (const planId of planIds)
    plans.push(await reportPlan(journal, planId, purposes.get(planId) ?? 'apply'));
  const made = plans.some((plan) => plan.outcomes.some((one) => one.state === 'applied'));
  const verification = await selectVerification(journal, runId);
  return {
    outcome,
    plans,
    verified: verification === null ? null : verification.remaining === 0,
    remaining: verification?.remaining ?? 0,
    ...(await reportVisibility(journal, runId, made)),
    removals: await reportRemovals(journal, plans),
  };
}
