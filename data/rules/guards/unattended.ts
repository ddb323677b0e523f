/** May a scheduled run apply its plan without a person? Pure. */
import { guardedKinds, guardedTypes } from '../../model/guard.js';
import type { PlanCounts } from '../../model/plan.js';
import { exceededIn } from './objection.js';
import { UNATTENDED_AT_MOST } from './limits.js';
import { countOf, isFirstTime } from './thresholds.js';

/** What asks somebody something. */
const asks = ['notice.conflict', 'notice.held', 'reused', 'proposal.user', 'proposal.course'] as const;

/**
 * No guard holds the plan, nothing asks for an answer, something of ours is there to compare with, and there are no more
 * changes than may go unseen in any school.
 */
export function mayApplyUnattended(counts: PlanCounts, atMost = UNATTENDED_AT_MOST): boolean {
  if (exceededIn(counts) > 0 || isFirstTime(counts)) return false;
  if (asks.some((name) => (counts[name] ?? 0) > 0)) return false;
  const changes = guardedTypes.flatMap((type) => guardedKinds.map((kind) => countOf(counts, type, kind)));
  return changes.reduce((sum, count) => sum + count, 0) <= atMost;
}
