/** run → plan that takes it back: reads what the rules need, computes, stores. */
import type { Journal } from '../journal/journal.js';
import { insertUndoPurpose } from '../journal/plan-purpose.js';
import { selectGivenUp } from '../journal/managed-history.js';
import { selectManaged } from '../journal/managed.js';
import { insertPlanItems } from '../journal/plan-items.js';
import { insertChanges, insertPlan, sealPlan, selectPlanHeader } from '../journal/plans.js';
import { selectRunPlanIds } from '../journal/runs.js';
import { insertUndoOf } from '../journal/undo.js';
import type { UndoWish } from '../journal/undo-wishes.js';
import { selectWithdrawn } from '../journal/withdrawn.js';
import { enrolmentsByMoodleId } from '../model/managed-enrolments.js';
import type { Managed } from '../model/plan.js';
import { probeSite } from '../moodle/probe.js';
import { missingRemovalRights } from '../moodle/use/rights.js';
import { planHash } from '../rules/plan/hash.js';
import { makeUndoPlan, type UndoPlan } from '../rules/undo/make-undo-plan.js';
import { scopeText } from '../rules/undo/scope.js';
import type { Done, UndoInput } from '../rules/undo/undo-input.js';
import type { School } from '../schools.js';
import { RULES_VERSION } from '../stages/compute-plan.js';
import { settingsInForce } from '../stages/settings-in-force.js';
import { readUndoState } from './read-state.js';
import { findUndoable, refuseLater, selectDone, selectInScope } from './what-is-left.js';

export interface ComputedUndo extends UndoPlan {
  readonly settingsHash: string;
  readonly moodleRelease: string;
  /** The reading that the run was planned from. */
  readonly snapshotId: number;
}

function byMoodleId<R extends { readonly moodleId: number }>(rows: Iterable<R>): Map<number, R> {
  return new Map([...rows].map((row) => [row.moodleId, row]));
}

function oursOf(managed: Managed): UndoInput['ours'] {
  return {
    users: byMoodleId(managed.users.values()),
    courses: byMoodleId(managed.courses.values()),
    enrolments: enrolmentsByMoodleId(managed.enrolments),
  };
}

/** Deleted at the gate: neither a run nor an undo brings it back. */
async function selectDeleted(journal: Journal): Promise<Set<string>> {
  const rows = (await selectGivenUp(journal)).filter((row) => row.reason === 'deleted');
  return new Set(rows.map(({ kind, moodleId }) => `${kind} ${moodleId}`));
}

async function planOf(school: School, wish: UndoWish, done: readonly Done[]): Promise<ComputedUndo> {
  const { db, journal } = school;
  const site = await probeSite(db, school.moodle);
  const { settings, hash } = await settingsInForce(journal);
  const ours = oursOf(await selectManaged(journal));
  const withdrawn = await selectWithdrawn(journal);
  const mayRemove = (await missingRemovalRights(db, site)).length === 0;
  const state = await readUndoState({
    db,
    site,
    done,
    ours,
    withdrawn,
    mayRemove,
    timeZone: settings.timeZone,
  });
  const deleted = await selectDeleted(journal);
  const made = makeUndoPlan({ done, scope: wish.scope, state, ours, withdrawn, deleted });
  const lastPlan = (await selectRunPlanIds(journal, wish.undoneRunId)).at(-1) ?? 0;
  const { snapshotId } = await selectPlanHeader(journal, lastPlan);
  return { ...made, settingsHash: hash, moodleRelease: site.release, snapshotId };
}

/**
 * Computes the plan that takes a run back, without storing it.
 *
 * @throws RolloverError RunNotFound; RunNotUndoable when nothing is left, when it is no longer kept, or when later runs
 *   have changed the same.
 */
export async function computeUndo(school: School, wish: UndoWish): Promise<ComputedUndo> {
  const { journal } = school;
  await findUndoable(journal, wish.undoneRunId);
  const done = await selectDone(journal, wish.undoneRunId);
  await refuseLater(journal, wish.undoneRunId, selectInScope(wish.undoneRunId, done, wish.scope));
  return planOf(school, wish, done);
}

/** What a second plan would still take back. */
export async function countRemaining(school: School, wish: UndoWish): Promise<number> {
  const done = await selectDone(school.journal, wish.undoneRunId);
  if (done.length === 0) return 0;
  return (await planOf(school, wish, done)).plan.changes.length;
}

/** Stores it; the last statement seals it. `runId` null: a dry run. */
export async function storeUndo(
  school: School,
  runId: number | null,
  wish: UndoWish,
  computed: ComputedUndo,
): Promise<{ planId: number; hash: string }> {
  const { journal } = school;
  const { plan, of, settingsHash, moodleRelease, snapshotId } = computed;
  const input = { runId, snapshotId, settingsHash, rulesVersion: RULES_VERSION, moodleRelease };
  const planId = await insertPlan(journal, input, plan);
  await insertUndoPurpose(journal, planId, wish.undoneRunId, scopeText(wish.scope));
  await insertChanges(journal, planId, plan.changes);
  await insertPlanItems(journal, planId, plan);
  await insertUndoOf(journal, planId, of);
  const hash = planHash(plan);
  await sealPlan(journal, planId, hash);
  return { planId, hash };
}
