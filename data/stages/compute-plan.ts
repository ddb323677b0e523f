/** snapshot → plan: reads what planning needs, computes with the pure rules, stores the result. */
import type { Season } from '../model/guard.js';
import type { MoodleSide } from '../model/link-sides.js';
import type { Plan } from '../model/plan.js';
import type { Withdrawn } from '../model/removal.js';
import type { SchoolSettings } from '../model/settings.js';
import { insertMoodleSides } from '../journal/link-sides.js';
import { selectAnswers } from '../journal/links.js';
import { selectManaged } from '../journal/managed.js';
import { selectSealedIds } from '../journal/passwords.js';
import { insertPlanItems } from '../journal/plan-items.js';
import { insertChanges, insertPlan, sealPlan } from '../journal/plans.js';
import { readSnapshot, selectSnapshotHeader } from '../journal/snapshots.js';
import { selectUndone } from '../journal/undone.js';
import { deleteWithdrawn, selectWithdrawn } from '../journal/withdrawn.js';
import { foldByCollation } from '../moodle/fold.js';
import { readMoodleSides } from '../moodle/link-sides.js';
import { localMidnight } from '../moodle/midnight.js';
import { branchOf, probeSite } from '../moodle/probe.js';
import { readMoodleState } from '../moodle/read.js';
import type { MoodleSite } from '../moodle/site.js';
import { alreadyBack } from '../rules/plan/already-back.js';
import { planHash } from '../rules/plan/hash.js';
import { makePlan } from '../rules/plan/make-plan.js';
import type { PlanInput, PlanSite } from '../rules/plan/plan-input.js';
import { stringsToFold } from '../rules/plan/strings-to-fold.js';
import type { School } from '../schools.js';
import { readApplied, withRulesFor } from './class-rules.js';
import { guardPlan } from './guard-plan.js';
import { settingsInForce } from './settings-in-force.js';

/** Counts up when the same inputs may lead to another plan; part of what "nothing to do" is compared by. */
export const RULES_VERSION = 5;

/** course.fullname: 254 characters, 1333 since 5.0 (contract §14). */
function fullnameMax(site: MoodleSite): number {
  return branchOf(site) >= 500 ? 1333 : 254;
}

function planSite(site: MoodleSite): PlanSite {
  const enabled = Number(site.pluginConfig.get('enrol_manual/status') ?? 0) === 0;
  return {
    allowSameEmail: site.config.get('allowaccountssameemail') === '1',
    extendedUsernameChars: site.config.get('extendedusernamechars') === '1',
    fullnameMax: fullnameMax(site),
    categoryStep: site.sortorderStep,
    manualInNewCourses: enabled && site.defaultEnrolPlugins.includes('manual'),
  };
}

/** Reads Moodle and the journal; nothing is written. */
export async function readPlanInput(
  school: School,
  snapshotId: number,
  settings: SchoolSettings,
  site: MoodleSite,
  withPasswords: boolean,
): Promise<PlanInput> {
  const { uploadId } = await selectSnapshotHeader(school.journal, snapshotId);
  const passwordsFor =
    withPasswords && uploadId !== null ? await selectSealedIds(school.journal, uploadId) : new Set<string>();
  const snapshot = await readSnapshot(school.journal, snapshotId);
  const input = {
    snapshot,
    settings: await withRulesFor(school.journal, snapshotId, settings),
    moodle: await readMoodleState(school.db, site, { nsnField: settings.users.nsnField }),
    managed: await selectManaged(school.journal),
    withdrawn: await selectWithdrawn(school.journal),
    undone: await selectUndone(school.journal),
    answers: await selectAnswers(school.journal, settings.year),
    ...(await readApplied(school.journal, { snapshotId, snapshot })),
    site: planSite(site),
    dates: (localDate: string) => localMidnight(localDate, settings.timeZone),
    passwordsFor,
  };
  return { ...input, fold: await foldByCollation(school.db, site, stringsToFold(input)) };
}

/** A computed plan with what it was computed from. */
export interface ComputedPlan {
  readonly plan: Plan;
  readonly settingsHash: string;
  readonly moodleRelease: string;
  /** What Moodle says of what is proposed. */
  readonly sides?: readonly MoodleSide[];
  /** Withdrawn rows that are back in KN and, by somebody's hand, in Moodle. */
  readonly back?: readonly Withdrawn[];
}

/** Computes a plan without storing it: planning, dry runs and verifying are this same code [T52]. */
export async function computePlan(
  school: School,
  snapshotId: number,
  withPasswords: boolean,
  season: Season = 'term',
): Promise<ComputedPlan> {
  const site = await probeSite(school.db, school.moodle);
  const { settings, hash } = await settingsInForce(school.journal);
  const input = await readPlanInput(school, snapshotId, settings, site, withPasswords);
  const plan = await guardPlan(school.journal, snapshotId, season, input, makePlan(input));
  const sides = await readMoodleSides(school.db, site, plan.proposals);
  return { plan, settingsHash: hash, moodleRelease: site.release, sides, back: alreadyBack(input) };
}

/** Forgets that what is back was withdrawn; call it once nobody has to be asked about the reading any more. */
export async function forgetBack({ journal }: School, { back = [] }: ComputedPlan): Promise<void> {
  for (const kind of ['user', 'course', 'enrolment'] as const) {
    const ids = back.flatMap((one) => (one.kind === kind ? [one.moodleId] : []));
    await deleteWithdrawn(journal, kind, ids);
  }
}

/** Stores a plan; its last statement seals it. Each attempt stores a plan of its own. */
export async function storePlan(
  school: School,
  runId: number | null,
  snapshotId: number,
  computed: ComputedPlan,
  beforeSealing: (planId: number) => Promise<void> = async () => undefined,
): Promise<{ planId: number; hash: string }> {
  const { plan, settingsHash, moodleRelease, sides = [] } = computed;
  const input = { runId, snapshotId, settingsHash, rulesVersion: RULES_VERSION, moodleRelease };
  const planId = await insertPlan(school.journal, input, plan);
  await insertChanges(school.journal, planId, plan.changes);
  await insertPlanItems(school.journal, planId, plan);
  await insertMoodleSides(school.journal, planId, sides);
  const hash = planHash(plan);
  await beforeSealing(planId);
  await sealPlan(school.journal, planId, hash);
  return { planId, hash };
}
