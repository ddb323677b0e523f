/** A Moodle restored from a backup: what is gone, and after a person's word the journal follows. */
import { within } from '../journal/journal.js';
import { giveUp } from '../journal/managed-history.js';
import { renameManagedCourses, updateManaged } from '../journal/managed.js';
import {
  insertRelinking,
  moveManagedUser,
  pinSiteAnew,
  resetAppliedSnapshot,
  selectAppliedUpdates,
  selectProvenance,
  selectRelinked,
  selectSnapshotBefore,
} from '../journal/relinkings.js';
import { deleteSettledInputs } from '../journal/settled-inputs.js';
import { selectTarget } from '../journal/targets.js';
import { RolloverError } from '../model/errors.js';
import type { Provenance } from '../model/relink.js';
import { probeSite } from '../moodle/probe.js';
import type { MoodleSite } from '../moodle/site.js';
import { selectCategories } from '../moodle/sql/category.js';
import { selectCoursesById } from '../moodle/sql/course.js';
import { selectEnrolmentsById } from '../moodle/sql/enrol.js';
import { selectUsersById, selectUsersByIdnumber } from '../moodle/sql/user.js';
import { judgeRelink, type MoodleNow, type RelinkFinding, type UserNow } from '../rules/relink.js';
import type { School } from '../schools.js';
import { hashJson } from '../settings/hash.js';

export interface RelinkLook {
  readonly finding: RelinkFinding;
  /** The journal belongs to another site than this Moodle says it is. */
  readonly siteChanged: boolean;
  /** Of everything above: what a person confirms. */
  readonly hash: string;
}

const idsOf = (rows: readonly Provenance[], kind: Provenance['kind']): number[] =>
  rows.flatMap((row) => (row.kind === kind ? [row.moodleId] : []));

const byId = <R extends { readonly id: number }>(rows: readonly R[]): Map<number, R> =>
  new Map(rows.map((row) => [row.id, row]));

async function readMoodle(
  { db }: School,
  site: MoodleSite,
  provenance: readonly Provenance[],
): Promise<MoodleNow> {
  const users = byId(await selectUsersById(db, site, idsOf(provenance, 'user'), false));
  const missing = provenance.filter(
    (row) => row.kind === 'user' && users.get(row.moodleId)?.timecreated !== row.naturalNumber,
  );
  const usersByIdnumber = new Map<string, UserNow[]>();
  const wanted = missing.map((row) => row.externalId);
  for (const user of await selectUsersByIdnumber(db, site, wanted))
    usersByIdnumber.set(user.idnumber, [...(usersByIdnumber.get(user.idnumber) ?? []), user]);
  return {
    users,
    usersByIdnumber,
    courses: byId(await selectCoursesById(db, site, idsOf(provenance, 'course'), false)),
    enrolments: byId(await selectEnrolmentsById(db, site, idsOf(provenance, 'enrolment'))),
    categories: byId(await selectCategories(db, site)),
  };
}

/** Reads and compares; nothing is written. @throws RolloverError MoodleUnsupported */
async function look(school: School, site: MoodleSite): Promise<RelinkLook> {
  if (site.support === 'refused')
    throw new RolloverError('MoodleUnsupported', 'This Moodle differs from the versions that we know.');
  const { siteIdentifier } = await selectTarget(school.journal);
  const provenance = await selectProvenance(school.journal);
  const moodle = await readMoodle(school, site, provenance);
  const finding = judgeRelink(provenance, moodle, await selectAppliedUpdates(school.journal));
  const siteChanged = siteIdentifier !== null && siteIdentifier !== site.siteIdentifier;
  const hash = hashJson({ finding, siteIdentifier, now: site.siteIdentifier });
  return { finding, siteChanged, hash };
}

/** What is gone, without changing anything. */
export async function lookAtRelink(school: School): Promise<RelinkLook> {
  return look(school, await probeSite(school.db, school.moodle));
}

/** Whether there is anything to follow. */
export function isNothingToRelink({ finding, siteChanged }: RelinkLook): boolean {
  const { lost, moved, unarchived, stale } = finding;
  return !siteChanged && lost.length + moved.length + unarchived.length + stale.length === 0;
}

/** The snapshot that Moodle has everything of, after the restore; never a later one than before. */
async function snapshotLeft(
  { journal }: School,
  firstPlan: number,
  applied: number | null,
): Promise<number | null> {
  const before = await selectSnapshotBefore(journal, firstPlan);
  return before === null || applied === null ? null : Math.min(before, applied);
}

export interface RelinkOrder {
  /** Of what was shown. */
  readonly hash: string;
  readonly acceptSite: boolean;
  readonly account: string;
  /** Finds what an interrupted attempt has done already. */
  readonly workflowId: string;
}

/**
 * Lets the journal follow a restored Moodle, in one transaction. Nothing is written to Moodle.
 *
 * @throws RolloverError StaleDecision when something else is found than was shown; MoodleRestored for another site
 *   that was not accepted
 */
export async function relink(school: School, order: RelinkOrder): Promise<Readonly<Record<string, number>>> {
  const { journal } = school;
  const done = await selectRelinked(journal, order.workflowId);
  if (done !== null) return done;
  const site = await probeSite(school.db, school.moodle);
  const { finding, siteChanged, hash } = await look(school, site);
  if (hash !== order.hash)
    throw new RolloverError('StaleDecision', 'What is missing in Moodle is not what was shown.');
  if (siteChanged && !order.acceptSite)
    throw new RolloverError(
      'MoodleRestored',
      'This is another Moodle site than the one the journal belongs to; say --accept-site if it is meant.',
    );
  const { siteIdentifier: siteBefore, appliedSnapshotId } = await selectTarget(journal);
  const { firstPlan } = finding;
  const applied =
    firstPlan === null ? appliedSnapshotId : await snapshotLeft(school, firstPlan, appliedSnapshotId);
  await journal.db.transaction(async (tx) => {
    const own = within(journal, tx);
    await giveUp(own, finding.lost, 'relink', order.account);
    await renameManagedCourses(own, finding.unarchived);
    for (const { externalId, to } of finding.moved) await moveManagedUser(own, externalId, to);
    for (const kind of ['user', 'course'] as const)
      await updateManaged(
        own,
        kind,
        finding.stale.filter((one) => one.kind === kind),
      );
    if (siteChanged) await pinSiteAnew(own, site.siteIdentifier);
    await resetAppliedSnapshot(own, applied);
    await deleteSettledInputs(own);
    const { counts } = finding;
    const { workflowId, account } = order;
    await insertRelinking(own, {
      workflowId,
      hash,
      counts,
      siteBefore,
      siteAfter: site.siteIdentifier,
      account,
    });
  });
  return finding.counts;
}
