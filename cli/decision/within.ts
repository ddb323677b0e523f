/** Which of a workflow's decisions belong to one run of it. Pure. */
import type { Run } from '../../data/journal/runs.js';

/** Decisions made while the run lasted: a year that was cancelled and started again has the same workflow id. */
export function decisionsWithin<T extends { readonly decidedAt: string }>(
  run: Pick<Run, 'startedAt' | 'endedAt'>,
  decisions: readonly T[],
): T[] {
  return decisions.filter(
    ({ decidedAt }) => decidedAt >= run.startedAt && (run.endedAt === null || decidedAt <= run.endedAt),
  );
}
