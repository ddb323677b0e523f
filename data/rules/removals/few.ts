/** May a run withdraw by itself, without a person? Pure. */
import type { PlanCounts } from '../../model/plan.js';

/** As many of a type may go unasked, whatever the share. */
const FEW = 5;
/** And so may this share of what is ours, in percent. */
const SMALL_SHARE_PERCENT = 5;

const operations = { user: 'suspend', course: 'hide', enrolment: 'suspend' } as const;

/** Fewer than five of each type, or no more than one in twenty; and nothing waits for an answer. */
export function mayWithdrawUnattended(counts: PlanCounts): boolean {
  if ((counts['notice.held'] ?? 0) > 0) return false;
  return Object.entries(operations).every(([kind, operation]) => {
    const count = counts[`${kind}.${operation}`] ?? 0;
    return count < FEW || count * 100 <= (counts[`managed.${kind}`] ?? 0) * SMALL_SHARE_PERCENT;
  });
}
