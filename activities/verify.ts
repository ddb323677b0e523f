/** Stage 6's end: what was applied is read again. */
import type { Verification } from '../data/journal/runs.js';
import { verifyPlan } from '../data/stages/verify.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function verifyActivities(context: ActivityContext) {
  return {
    /** Plans once more and counts what is left over and what is there twice. */
    async verify(input: { school: string; runId: number; planId: number }): Promise<Verification> {
      return alive(async () => verifyPlan(await context.open(input.school), input.runId, input.planId));
    },
  };
}
