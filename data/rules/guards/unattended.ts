/** May a scheduled run apply its plan without a person? Pure. */
import { guardedKinds, guardedTypes } from '../../model/guard.js';
import type { PlanCounts } from '../../model/plan.js';
import { countOf, totalOf } from './thresholds.js';

/** A plan of this many changes of one type waits for a person. */
const TOO_MANY = 25;
/** And so does one that concerns this share of what is ours, in percent. */
const TOO_LARGE_PERCENT = 5;

/**
 * Fewer than 25 users, courses and enrolments each are created or changed, and fewer than 5 % of each type; nothing
 * asks for an answer.
 */
export function mayApplyUnattended(counts: PlanCounts): boolean {
  const asks = ['notice.conflict', 'notice.held', 'reused', 'proposal.user', 'proposal.course'];
  if (asks.some((name) => (counts[name] ?? 0) > 0)) return false;
  return guardedTypes.every((type) => {
    const count = guardedKinds.reduce((sum, kind) => sum + countOf(counts, type, kind), 0);
    return count === 0 || (count < TOO_MANY && count * 100 < totalOf(counts, type) * TOO_LARGE_PERCENT);
  });
}
