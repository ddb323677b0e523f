/** Stage 6's writing: one slice of an approved plan, as the one writer of its target. */
import { applySlice, type SliceResult } from '../data/apply/slice.js';
import { selectTarget } from '../data/journal/targets.js';
import { RolloverError } from '../data/model/errors.js';
import type { ChangeKind } from '../data/model/plan.js';
import { findTakenUsernames } from '../data/moodle/reread.js';
import { probeSite } from '../data/moodle/probe.js';
import type { MoodleSite } from '../data/moodle/site.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';
import type { School } from '../data/schools.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

/** Moodle user id of the account that our changes are made as; 0 = nobody. @throws RolloverError SettingsInvalid */
async function findActor(school: School, site: MoodleSite, username: string | undefined): Promise<number> {
  if (username === undefined) return 0;
  const id = (await findTakenUsernames(school.db, site, [username])).get(username);
  if (id === undefined)
    throw new RolloverError(
      'SettingsInvalid',
      'The Moodle account named by the setting `actor` does not exist.',
    );
  return id;
}

export function applyActivities(context: ActivityContext) {
  return {
    /**
     * Applies batches until `sliceMs` is over, nothing is pending, the brake is set or too much has drifted. Repeatable
     * at any moment: the journal is the cursor.
     *
     * @throws RolloverError PlanAltered, TargetHeld, Fenced, LockContention, DatabaseUnavailable.
     */
    async applyChanges(input: {
      school: string;
      planId: number;
      hash: string;
      holder: string;
      batch: Partial<Record<ChangeKind, number>>;
      sliceMs: number;
    }): Promise<SliceResult> {
      let batches = 0;
      const result = await alive(
        async (signal) => {
          const school = await context.open(input.school);
          const target = await selectTarget(school.journal);
          if (target.holder !== input.holder)
            throw new RolloverError('TargetHeld', 'Another run holds this Moodle.');
          const site = await probeSite(school.db, school.moodle);
          const { settings } = await settingsInForce(school.journal);
          return applySlice({
            address: school.database,
            journalSchema: school.journalSchema,
            journal: school.journal,
            planId: input.planId,
            approvedHash: input.hash,
            site,
            actorId: await findActor(school, site, settings.actor),
            logEvents: settings.logEvents,
            timeZone: settings.timeZone,
            batch: input.batch,
            sliceMs: input.sliceMs,
            signal,
            onPoint: context.onApplyPoint,
            onProgress: (done) => (batches = done),
          });
        },
        () => ({ batches }),
      );
      await context.onApplyPoint('before-return');
      return result;
    },
  };
}
