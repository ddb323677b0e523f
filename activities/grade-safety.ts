/** Around each apply: nothing of anybody's grades and work may be lost. */
import { compareAfter, fingerprintBefore, refuseLoss } from '../data/stages/grade-safety.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function gradeSafetyActivities(context: ActivityContext) {
  return {
    /** Before the first write of a plan. Repeatable: the first look stands. */
    async lookAtGrades(input: { school: string; planId: number }): Promise<void> {
      await alive(async (signal) =>
        fingerprintBefore(await context.open(input.school), input.planId, signal),
      );
    },

    /**
     * After the last write of a plan. Counts only; who lost what stays in the journal.
     *
     * @throws RolloverError GradeLoss
     */
    async compareGrades(input: {
      school: string;
      planId: number;
    }): Promise<{ readonly losses: number; readonly others: number }> {
      const safety = await alive(async (signal) =>
        compareAfter(await context.open(input.school), input.planId, { signal }),
      );
      refuseLoss(safety);
      return { losses: 0, others: safety?.after?.others ?? 0 };
    },
  };
}
