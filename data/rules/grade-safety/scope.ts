/** Whether a plan can concern anybody whose grades and work exist. Pure. */
import { changeKinds, type PlanCounts } from '../../model/plan.js';

/** False: everything of the plan is new, so there is nothing that could be lost. */
export function mayConcernExisting(counts: PlanCounts): boolean {
  return Object.entries(counts).some(([name, count]) => {
    if (count === 0) return false;
    const [kind = '', operation = ''] = name.split('.');
    if (kind === 'managed') return true;
    return changeKinds.some((one) => one === kind) && operation !== 'create';
  });
}
