/** Taking a run back: planning, verifying, and what comes back beside Moodle. */
import { updateVerification, type Verification } from '../data/journal/runs.js';
import { deleteSettledInputs } from '../data/journal/settled-inputs.js';
import { selectUndoWish } from '../data/journal/undo-wishes.js';
import type { PlanCounts } from '../data/model/plan.js';
import { countDuplicates } from '../data/moodle/duplicates.js';
import { probeSite } from '../data/moodle/probe.js';
import { computeUndo, countRemaining, storeUndo } from '../data/undo/compute-undo.js';
import { restoreAppliedSnapshot, restoreSettings } from '../data/undo/follow-journal.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function undoActivities(context: ActivityContext) {
  return {
    /** Plans what comes back. `runId` null: a dry run. @throws RolloverError RunNotFound, RunNotUndoable */
    async planUndo(input: {
      school: string;
      runId: number | null;
      wishId: number;
    }): Promise<{ planId: number; hash: string; counts: PlanCounts }> {
      return alive(async () => {
        const school = await context.open(input.school);
        const wish = await selectUndoWish(school.journal, input.wishId);
        const computed = await computeUndo(school, wish);
        const stored = await storeUndo(school, input.runId, wish, computed);
        if (input.runId !== null) await deleteSettledInputs(school.journal);
        return { ...stored, counts: computed.plan.counts };
      });
    },

    /** Plans once more and counts what is left over. */
    async verifyUndo(input: { school: string; runId: number; wishId: number }): Promise<Verification> {
      return alive(async () => {
        const school = await context.open(input.school);
        const remaining = await countRemaining(school, await selectUndoWish(school.journal, input.wishId));
        const site = await probeSite(school.db, school.moodle);
        const verification = { remaining, duplicates: await countDuplicates(school.db, site) };
        await updateVerification(school.journal, input.runId, verification);
        return verification;
      });
    },

    /** After a whole run: its settings come back, and the next reading is compared with the one before it. */
    async followUndo(input: { school: string; wishId: number; by: string }): Promise<void> {
      const { journal } = await context.open(input.school);
      const { undoneRunId, scope } = await selectUndoWish(journal, input.wishId);
      if (scope.kind !== 'whole') return;
      await restoreSettings(journal, undoneRunId, input.by);
      await restoreAppliedSnapshot(journal, undoneRunId);
    },
  };
}
