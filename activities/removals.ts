/** Stage 8's steps: what is withdrawn is planned, verified, and allowed; the target is let go of and taken again. */
import { deletePasswordHashes, deletePasswords, deleteRenamedPasswords } from '../data/journal/passwords.js';
import { selectRunPlanIds } from '../data/journal/runs.js';
import type { Verification } from '../data/journal/runs.js';
import { deleteSettledInputs } from '../data/journal/settled-inputs.js';
import { releaseTarget, selectTarget } from '../data/journal/targets.js';
import type { Season } from '../data/model/guard.js';
import type { PlanCounts } from '../data/model/plan.js';
import type { SchoolSettings } from '../data/model/settings.js';
import {
  computeRemovals,
  readingForRemovals,
  storeRemovals,
  verifyRemovals,
} from '../data/stages/compute-removals.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function removalActivities(context: ActivityContext) {
  return {
    /** Plans what is suspended and hidden. `runId` null: a dry run. */
    async makeRemovalPlan(input: {
      school: string;
      runId: number | null;
      snapshotId: number;
      season: Season;
    }): Promise<{ planId: number; hash: string; counts: PlanCounts; snapshotId: number }> {
      return alive(async () => {
        const school = await context.open(input.school);
        const snapshotId = await readingForRemovals(school, input.snapshotId);
        const computed = await computeRemovals(school, snapshotId, input.season);
        const stored = await storeRemovals(school, input.runId, snapshotId, computed);
        if (input.runId !== null && computed.plan.changes.length > 0)
          await deleteSettledInputs(school.journal);
        return { ...stored, counts: computed.plan.counts, snapshotId };
      });
    },

    /** Plans once more what is withdrawn, and counts what is left over. */
    async verifyRemovals(input: {
      school: string;
      runId: number;
      planId: number;
      season: Season;
    }): Promise<Verification> {
      const { runId, planId, season } = input;
      return alive(async () => verifyRemovals(await context.open(input.school), runId, planId, season));
    },

    /** What the settings allow to be removed now. */
    async readDeletion(input: { school: string }): Promise<SchoolSettings['deletion']> {
      const { journal } = await context.open(input.school);
      return (await settingsInForce(journal)).settings.deletion;
    },

    /**
     * Lets go of the target while people are at work for weeks, so that other runs may have it. Passwords have had
     * their use by then.
     */
    async letGo(input: {
      school: string;
      runId: number;
      uploadId: number | null;
      holder: string;
    }): Promise<void> {
      const { journal } = await context.open(input.school);
      for (const planId of await selectRunPlanIds(journal, input.runId))
        await deletePasswordHashes(journal, planId);
      const { holder } = await selectTarget(journal);
      if (input.uploadId !== null && holder === input.holder) {
        await deletePasswords(journal, input.uploadId);
        await deleteRenamedPasswords(journal, input.uploadId);
      }
      await releaseTarget(journal, input.holder);
    },
  };
}
