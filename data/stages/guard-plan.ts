/** plan → plan with what holds it: reads the reading before and judges (docs/guards.md). */
import { selectBelievedBefore } from '../journal/believed-readings.js';
import type { Journal } from '../journal/journal.js';
import { selectPurged } from '../journal/purged.js';
import { selectRun } from '../journal/runs.js';
import { readSnapshot, selectSnapshotHeader } from '../journal/snapshots.js';
import { selectTarget } from '../journal/targets.js';
import { seasonOf, type Season } from '../model/guard.js';
import type { Plan } from '../model/plan.js';
import type { Snapshot } from '../model/snapshot.js';
import { judgePlan, withGuards } from '../rules/guards/judge.js';
import type { PlanInput } from '../rules/plan/plan-input.js';

/** The season of a run; a dry run beside a rollover is judged as the rollover's plan will be. */
export async function readSeason(journal: Journal, runId: number | null): Promise<Season> {
  const run = runId === null ? null : await selectRun(journal, runId);
  if (run !== null) return seasonOf(run.kind);
  const { holder } = await selectTarget(journal);
  return holder?.startsWith('rollover/') === true ? 'rollover' : 'term';
}

/** The reading that was the last applied one when this was read, or one that was believed since. */
async function findBaseId(journal: Journal, snapshotId: number): Promise<number | null> {
  const applied = (await selectSnapshotHeader(journal, snapshotId)).comparison?.baseSnapshotId ?? null;
  const believed = await selectBelievedBefore(journal, snapshotId);
  return applied === null || believed === null ? (applied ?? believed) : Math.max(applied, believed);
}

/**
 * What a reading is compared with. It stays the same after this one has been applied, so that removals are compared with
 * what was there before.
 */
async function readBase(
  journal: Journal,
  snapshotId: number,
  previous: Snapshot | null,
): Promise<Snapshot | null> {
  const baseId = await findBaseId(journal, snapshotId);
  const { appliedSnapshotId } = await selectTarget(journal);
  if (baseId === appliedSnapshotId) return previous;
  if (baseId === null || (await selectPurged(journal, 'snapshot', baseId)) !== null) return null;
  return readSnapshot(journal, baseId);
}

/** Judges a computed plan, of whatever purpose. */
export async function guardPlan<P extends Plan>(
  journal: Journal,
  snapshotId: number,
  season: Season,
  input: Pick<PlanInput, 'snapshot' | 'previous' | 'managed' | 'settings'>,
  plan: P,
): Promise<P> {
  const { snapshot, previous, managed, settings } = input;
  const base = await readBase(journal, snapshotId, previous);
  const managedUsers = managed.users.keys();
  return withGuards(plan, judgePlan({ plan, snapshot, base, managedUsers, season, settings }));
}
