/** Stage 8's last steps: the list of what may be deleted for good, the decision about it, and carrying it out. */
import { compareAfterBreak, compareAfterDeletion, lookBeforeDeletion } from '../data/deletion/grades.js';
import { makeDeletionList } from '../data/deletion/make-list.js';
import { deleteSlice, type DeletionSlice } from '../data/deletion/slice.js';
import { settleInFlight } from '../data/deletion/unanswered.js';
import { verifyDeletion, type DeletionVerification } from '../data/deletion/verify.js';
import { selectNewestBackup } from '../data/journal/backups.js';
import { decideDeletion } from '../data/journal/deletions.js';
import { RolloverError } from '../data/model/errors.js';
import { probeSite } from '../data/moodle/probe.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

/** A list as a workflow sees it: numbers and ids. */
export interface ListedDeletions {
  readonly deletionId: number;
  readonly hash: string;
  readonly counts: Readonly<Record<string, number>>;
  /** False: Moodle's web services have to be set up first. */
  readonly ready: boolean;
  readonly secondPerson: boolean;
}

/** A dump counts as fresh for so many hours. */
const FRESH_HOURS = 24;

export function deletionActivities(context: ActivityContext) {
  return {
    /** Makes the list of what may be deleted for good. Null: there is none to make. */
    async listDeletions(input: {
      school: string;
      runId: number;
      /** A person has ended the grace period before its time. */
      graceOver?: boolean;
    }): Promise<ListedDeletions | null> {
      return alive(async (signal) => {
        const school = await context.open(input.school);
        const { runId, graceOver = false } = input;
        const list = await makeDeletionList(school, { runId, graceOver, signal });
        if (list === null) return null;
        const { settings } = await settingsInForce(school.journal);
        return {
          deletionId: list.id,
          hash: list.hash,
          counts: list.counts,
          ready: list.setup.length === 0,
          secondPerson: settings.deletion.secondPerson === true,
        };
      });
    },

    /**
     * Writes down the decision, and the dump that is fresh now.
     *
     * @throws RolloverError BackupMissing when it is approved and no dump is younger than a day
     */
    async decideDeletion(input: {
      school: string;
      deletionId: number;
      verdict: 'approved' | 'rejected';
      by: string;
    }): Promise<void> {
      const { journal } = await context.open(input.school);
      const newest = await selectNewestBackup(journal);
      const fresh = newest !== null && newest.ageHours < FRESH_HOURS;
      if (input.verdict === 'approved' && !fresh)
        throw new RolloverError('BackupMissing', "No dump of Moodle's database is younger than 24 hours.");
      await decideDeletion(journal, input.deletionId, {
        verdict: input.verdict,
        dumpId: fresh ? newest.id : null,
        account: input.by,
      });
    },

    /**
     * Deletes through Moodle's web services until `sliceMs` is over, nothing is pending, the brake is set or Moodle
     * refuses us. Repeatable at any moment: the journal is the cursor, and Moodle says what an unanswered call did.
     *
     * @throws RolloverError PlanAltered, TargetHeld, Fenced, WebServiceUnavailable, DatabaseUnavailable.
     */
    async deleteListed(input: {
      school: string;
      deletionId: number;
      hash: string;
      holder: string;
      sliceMs: number;
      unansweredMs: number;
    }): Promise<DeletionSlice> {
      return alive(async (signal) => {
        const school = await context.open(input.school);
        const { deletionId, hash: approvedHash, holder, sliceMs, unansweredMs } = input;
        await lookBeforeDeletion(school, deletionId, signal);
        const slice = await deleteSlice({
          school,
          place: await probeSite(school.db, school.moodle),
          deletionId,
          approvedHash,
          holder,
          sliceMs,
          unansweredMs,
          signal,
          onPoint: context.onDeletionPoint ?? (() => undefined),
        });
        // a list that is made anew is looked around by itself
        if (slice.ended === 'refused') await compareAfterDeletion(school, deletionId, signal);
        return slice;
      });
    },

    /** Settles what was in flight when deleting was ended before its time. Repeatable; the caller holds the target. */
    async settleDeletions(input: { school: string; unansweredMs: number }): Promise<void> {
      return alive(async (signal) => {
        const school = await context.open(input.school);
        const site = await probeSite(school.db, school.moodle);
        await settleInFlight(school, site, { unansweredMs: input.unansweredMs, signal });
        await compareAfterBreak(school, signal);
      });
    },

    /** Compares every item of the list with Moodle. */
    async verifyDeletion(input: { school: string; deletionId: number }): Promise<DeletionVerification> {
      return alive(async (signal) => {
        const school = await context.open(input.school);
        await compareAfterDeletion(school, input.deletionId, signal);
        return verifyDeletion(school, await probeSite(school.db, school.moodle), input.deletionId);
      });
    },
  };
}
