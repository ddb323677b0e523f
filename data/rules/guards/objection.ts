/** A plan that a guard holds is approved only by somebody who says that it is meant. Pure; safe in workflows. */
import type { ErrorCode } from '../../model/errors.js';
import type { Decision } from '../../model/gate.js';

/** How many guards hold the plan with these counts. */
export function exceededIn(counts: Readonly<Record<string, number>>): number {
  return counts['guard.exceeded'] ?? 0;
}

/** The condition of gates plan and removals on an approval. */
export function objectToUnusual(
  counts: Readonly<Record<string, number>>,
): (decision: Decision) => ErrorCode | null {
  return ({ beyondUsual }) => (exceededIn(counts) > 0 && beyondUsual !== true ? 'GuardExceeded' : null);
}
