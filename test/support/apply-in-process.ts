/** Plans and applies without Temporal: the same code that the activities call. */
import { applySlice, type SliceResult } from '../../data/apply/slice.js';
import type { ApplyPoint } from '../../data/apply/points.js';
import type { SessionInput } from '../../data/apply/session.js';
import type { Plan } from '../../data/model/plan.js';
import { probeSite } from '../../data/moodle/probe.js';
import type { School } from '../../data/schools.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';

export interface StoredPlan {
  readonly planId: number;
  readonly hash: string;
  readonly plan: Plan;
}

/** Computes and stores a plan of a snapshot. */
export async function planSnapshot(school: School, snapshotId: number): Promise<StoredPlan> {
  const computed = await computePlan(school, snapshotId, true);
  return { ...(await storePlan(school, null, snapshotId, computed)), plan: computed.plan };
}

export interface ApplyOptions {
  readonly batch?: SessionInput['batch'];
  readonly sliceMs?: number;
  readonly onPoint?: (point: ApplyPoint) => void | Promise<void>;
  readonly approvedHash?: string;
}

/** One slice, long enough for everything unless told otherwise. */
export async function applyStored(
  school: School,
  stored: StoredPlan,
  options: ApplyOptions = {},
): Promise<SliceResult> {
  return applySlice({
    address: school.database,
    journalSchema: school.journalSchema,
    journal: school.journal,
    planId: stored.planId,
    approvedHash: options.approvedHash ?? stored.hash,
    site: await probeSite(school.db, school.moodle),
    actorId: 2,
    logEvents: true,
    timeZone: 'Pacific/Auckland',
    batch: options.batch ?? {},
    sliceMs: options.sliceMs ?? 600_000,
    signal: new AbortController().signal,
    onPoint: options.onPoint ?? (() => undefined),
    onProgress: () => undefined,
  });
}
