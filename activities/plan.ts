/** Stage 6's computing: snapshot, settings, Moodle and provenance → a stored plan. */
import { deleteSettledInputs } from '../data/journal/settled-inputs.js';
import { computePlan, forgetBack, storePlan } from '../data/stages/compute-plan.js';
import { readSeason } from '../data/stages/guard-plan.js';
import type { PlanCounts } from '../data/model/plan.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function planActivities(context: ActivityContext) {
  return {
    /** Plans. Needs read-only rights on Moodle. `runId` null: a dry run. */
    async makePlan(input: {
      school: string;
      runId: number | null;
      snapshotId: number;
    }): Promise<{ planId: number; hash: string; counts: PlanCounts }> {
      return alive(async () => {
        const school = await context.open(input.school);
        const season = await readSeason(school.journal, input.runId);
        const withPasswords = context.passwordKey !== null;
        const computed = await computePlan(school, input.snapshotId, withPasswords, season);
        const stored = await storePlan(school, input.runId, input.snapshotId, computed);
        // a run that begins to write and does not come to its end must be compared again
        if (input.runId !== null && computed.plan.changes.length > 0)
          await deleteSettledInputs(school.journal);
        // what changes nothing nobody is asked about, unless a guard holds it
        if (
          input.runId !== null &&
          computed.plan.changes.length === 0 &&
          (computed.plan.guards ?? []).length === 0
        )
          await forgetBack(school, computed);
        return { ...stored, counts: computed.plan.counts };
      });
    },
  };
}
