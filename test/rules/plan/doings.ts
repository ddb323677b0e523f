/** A plan's counts without the totals that they are compared with. */
import type { Plan, PlanCounts } from '../../../data/model/plan.js';

export function doings({ counts }: Plan): PlanCounts {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !name.startsWith('managed.')));
}
