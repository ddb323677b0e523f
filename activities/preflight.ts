/** Stage 1's look at Moodle: which one, may we write, is it the one the journal knows. Changes nothing in Moodle. */
import { countDuplicateCourses, countDuplicateUsers } from '../data/moodle/duplicates.js';
import { countMissingCourses, countMissingManaged, countUnlinkedUsers } from '../data/moodle/preflight.js';
import { probePrivileges, probeSite, siteGuards } from '../data/moodle/probe.js';
import { findSecondWriters } from '../data/moodle/second-writers.js';
import { missingRemovalRights } from '../data/moodle/use/rights.js';
import type { MoodleSite, Support } from '../data/moodle/site.js';
import { probeWebService, type WebServiceProbe } from '../data/moodle/webservice/preflight.js';
import { kindsToDelete } from '../data/deletion/setup.js';
import { settleInFlight } from '../data/deletion/unanswered.js';
import { UNANSWERED_MS } from '../data/model/deletion.js';
import { RolloverError } from '../data/model/errors.js';
import type { SecondWriter } from '../data/rules/second-writers.js';
import { pinSite, selectTarget } from '../data/journal/targets.js';
import type { School } from '../data/schools.js';
import { lookAtSource, type SourcePreflight } from '../data/stages/look-at-source.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export interface PreflightResult {
  readonly release: string;
  readonly version: string;
  readonly support: Support;
  readonly accepted: boolean;
  /** What differs from every proven version. */
  readonly differences: readonly string[];
  /** Why Moodle must not be written to now. */
  readonly guards: readonly string[];
  /** Rights that are missing for writing. */
  readonly missingRights: readonly string[];
  /** Rights that only removing by an undo needs; absent before writing, and from workers of earlier versions. */
  readonly missingForUndo?: readonly string[];
  /** Accounts without idnumber: KN's own sync would have doubled them. */
  readonly unlinkedUsers: number;
  /** Idnumbers that several accounts have [T24]. */
  readonly duplicateUsers: number;
  /** Idnumbers or short names that several courses have. */
  readonly duplicateCourses: number;
  /** Users that the journal made and this Moodle does not know: it was restored from an older backup. */
  readonly missingManaged: number;
  /** The same of courses; absent from workers of earlier versions. */
  readonly missingCourses?: number;
  /** Plugins of this Moodle that write people or enrolments too [T44]; absent from workers of earlier versions. */
  readonly secondWriters?: readonly SecondWriter[];
  /** Whether Moodle's lists can be renewed after a run; absent from workers of earlier versions. */
  readonly webService?: WebServiceProbe;
  /** KnowledgeNET's database; null where none is configured, and before writing, which does not need it. */
  readonly knowledgenet?: SourcePreflight | null;
}

/** Looks without judging. */
async function look(school: School, site: MoodleSite, forWriting: boolean): Promise<PreflightResult> {
  const target = await selectTarget(school.journal);
  return {
    release: site.release,
    version: site.version,
    support: site.support,
    accepted: target.acceptedVersion === site.version,
    differences: site.differences,
    guards: siteGuards(site),
    missingRights: (await probePrivileges(school.db, site, school.journalSchema)).writing,
    ...(forWriting ? {} : { missingForUndo: await missingRemovalRights(school.db, site) }),
    unlinkedUsers: await countUnlinkedUsers(school.db, site),
    duplicateUsers: await countDuplicateUsers(school.db, site),
    duplicateCourses: await countDuplicateCourses(school.db, site),
    missingManaged: await countMissingManaged(school.db, site, target.id),
    missingCourses: await countMissingCourses(school.db, site, target.id),
    secondWriters: await findSecondWriters(school.db, site),
    webService: await probeWebService(
      school,
      site,
      undefined,
      kindsToDelete((await settingsInForce(school.journal)).settings),
    ),
    knowledgenet: forWriting ? null : await lookAtSource(school),
  };
}

/** @throws RolloverError for the first reason not to go on. */
function judge(result: PreflightResult): void {
  if (result.support === 'refused')
    throw new RolloverError(
      'MoodleUnsupported',
      `This Moodle (${result.release}) differs in ${result.differences.length} places from the versions that we know.`,
    );
  if (result.support === 'same-shape' && !result.accepted)
    throw new RolloverError(
      'MoodleNotAccepted',
      `This Moodle (${result.release}) has the shape of a proven version but is none.`,
    );
  if (result.guards.length > 0) throw new RolloverError('MoodleBusy', result.guards.join(' '));
  if (result.missingRights.length > 0)
    throw new RolloverError('MoodlePrivileges', `${result.missingRights.length} rights are missing.`, {
      rights: result.missingRights.join('; '),
    });
  const { missingManaged: users, missingCourses: courses = 0 } = result;
  if (users + courses > 0)
    throw new RolloverError(
      'MoodleRestored',
      `${users} users and ${courses} courses that we made are not in this Moodle.`,
      { users, courses },
    );
}

export function preflightActivities(context: ActivityContext) {
  return {
    /**
     * Pre-flight: version, guards, privileges, restored Moodle, duplicates. `forWriting`, by who holds the target,
     * also settles what an earlier run asked Moodle to delete.
     *
     * @throws RolloverError MoodleUnsupported, and with `forWriting` MoodleNotAccepted, MoodleBusy, MoodlePrivileges,
     *   MoodleRestored.
     */
    async preflight(input: { school: string; forWriting: boolean }): Promise<PreflightResult> {
      return alive(async (signal) => {
        const school = await context.open(input.school);
        const site = await probeSite(school.db, school.moodle);
        // else what a run deleted that was ended meanwhile would look like a Moodle that was restored
        if (input.forWriting) await settleInFlight(school, site, { unansweredMs: UNANSWERED_MS, signal });
        const result = await look(school, site, input.forWriting);
        if (input.forWriting) judge(result);
        const target = await selectTarget(school.journal);
        if (target.siteIdentifier !== null && target.siteIdentifier !== site.siteIdentifier)
          throw new RolloverError(
            'MoodleRestored',
            'This is another Moodle site than the one the journal belongs to.',
          );
        await pinSite(school.journal, site.siteIdentifier);
        return result;
      });
    },
  };
}
