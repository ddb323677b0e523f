/** Takes runs back without Temporal: the same code that the activities call. */
import { beginRun } from '../../data/journal/runs.js';
import type { School } from '../../data/schools.js';
import type { UndoScope } from '../../data/model/undo.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { computeUndo, storeUndo, type ComputedUndo } from '../../data/undo/compute-undo.js';
import type { StoredPlan } from './apply-in-process.js';

let runs = 0;

/** A run's row in the journal. */
export async function beginTestRun(school: School, kind: 'rollover' | 'sync' | 'undo'): Promise<number> {
  runs += 1;
  const id = `${kind}/test/${runs}`;
  const run = { kind, year: null, workflowId: id, workflowRunId: `r${runs}`, startedBy: 'test' };
  return beginRun(school.journal, run);
}

/** Plans a snapshot as part of a run. */
export async function planInRun(school: School, runId: number, snapshotId: number): Promise<StoredPlan> {
  const computed = await computePlan(school, snapshotId, true);
  return { ...(await storePlan(school, runId, snapshotId, computed)), plan: computed.plan };
}

export interface StoredUndo extends StoredPlan {
  readonly runId: number;
  readonly computed: ComputedUndo;
}

/** Plans taking a run back, as a run of its own. */
export async function planUndo(
  school: School,
  undoneRunId: number,
  scope: UndoScope = { kind: 'whole' },
): Promise<StoredUndo> {
  const computed = await computeUndo(school, { undoneRunId, scope });
  const runId = await beginTestRun(school, 'undo');
  const stored = await storeUndo(school, runId, { undoneRunId, scope }, computed);
  return { ...stored, plan: computed.plan, computed, runId };
}
