/** Questions that can only be asked again by comparing with the reading before: until they are answered it stays the base. */
import type { LinkProposal, PlanCounts, ReusedCode } from '../../model/plan.js';

/** Whether somebody may be a person whose External ID KnowledgeNET has just given up. */
export function isIdChange({ evidence }: LinkProposal): boolean {
  return evidence.includes('id-change');
}

/** Class codes used again, and ids that seem to have changed. */
export function hasOpenQuestions(plan: {
  readonly reusedCodes: readonly ReusedCode[];
  readonly proposals: readonly LinkProposal[];
}): boolean {
  return plan.reusedCodes.length > 0 || plan.proposals.some(isIdChange);
}

/** The same from a stored plan's counts. */
export function countOpenQuestions(counts: PlanCounts): number {
  return (counts['reused'] ?? 0) + (counts['id-change'] ?? 0);
}
