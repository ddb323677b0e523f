/** snapshot → what is suspended and hidden: reads what planning reads, computes with the pure rules, stores the result. */
import { insertPlanPurpose } from '../journal/plan-purpose.js';
import { selectPlanHeader } from '../journal/plans.js';
import { selectSnapshotHeader } from '../journal/snapshots.js';
import { selectTarget } from '../journal/targets.js';
import { updateVerification, type Verification } from '../journal/runs.js';
import type { Season } from '../model/guard.js';
import type { Withdrawal } from '../model/removal.js';
import type { Plan } from '../model/plan.js';
import { countDuplicates } from '../moodle/duplicates.js';
import { findPlace, probeSite } from '../moodle/probe.js';
import { makeRemovalPlan } from '../rules/removals/make-removal-plan.js';
import type { School } from '../schools.js';
import { readPlanInput, storePlan, type ComputedPlan } from './compute-plan.js';
import { guardPlan } from './guard-plan.js';
import { settingsInForce } from './settings-in-force.js';

/** A computed plan of removals with what it was computed from. */
export interface ComputedRemovals extends ComputedPlan {
  readonly plan: Plan<Withdrawal>;
}

/** Computes what would be withdrawn, without storing it: gates, dry runs and verifying are this same code. */
export async function computeRemovals(
  school: School,
  snapshotId: number,
  season: Season,
): Promise<ComputedRemovals> {
  const site = await probeSite(school.db, school.moodle);
  const { settings, hash } = await settingsInForce(school.journal);
  const input = await readPlanInput(school, snapshotId, settings, site, false);
  const computed = makeRemovalPlan({ ...input, season });
  const plan = await guardPlan(school.journal, snapshotId, season, input, computed);
  return { plan, settingsHash: hash, moodleRelease: site.release };
}

/** Stores a plan of removals; its purpose is written before it is sealed. */
export async function storeRemovals(
  school: School,
  runId: number | null,
  snapshotId: number,
  computed: ComputedRemovals,
): Promise<{ planId: number; hash: string }> {
  return storePlan(school, runId, snapshotId, computed, (planId) =>
    insertPlanPurpose(school.journal, planId, 'removals'),
  );
}

/**
 * The reading that removals are judged by: the newest that Moodle was brought to, if its absences say anything; else
 * the one given.
 */
export async function readingForRemovals(school: School, snapshotId: number): Promise<number> {
  const { appliedSnapshotId } = await selectTarget(school.journal);
  if (appliedSnapshotId === null || appliedSnapshotId <= snapshotId) return snapshotId;
  const { complete } = await selectSnapshotHeader(school.journal, appliedSnapshotId);
  return complete ? appliedSnapshotId : snapshotId;
}

/** Verifies a plan of removals that was applied: a second one has no changes. Keeps the result with the run. */
export async function verifyRemovals(
  school: School,
  runId: number,
  planId: number,
  season: Season,
): Promise<Verification> {
  const { snapshotId } = await selectPlanHeader(school.journal, planId);
  const { plan } = await computeRemovals(school, snapshotId, season);
  const duplicates = await countDuplicates(school.db, await findPlace(school.db, school.moodle));
  const verification = { remaining: plan.changes.length, duplicates };
  await updateVerification(school.journal, runId, verification);
  return verification;
}
