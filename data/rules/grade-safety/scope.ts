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

/** Enrolments of a plan beyond which it is taken to concern everybody of ours. */
const VERY_MANY = 20_000;

export function concernsEverybody(counts: PlanCounts): boolean {
  const enrolments = Object.entries(counts).filter(([name]) => /^enrolment\.[a-z]+$/.test(name));
  return enrolments.reduce((sum, [, count]) => sum + count, 0) > VERY_MANY;
}
