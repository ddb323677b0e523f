/** A slice: batches until time is up, nothing is pending, the brake is set, or too much has drifted. */
import { castDatabaseError } from '../database/errors.js';
import { takeNumber } from '../journal/fence.js';
import type { Journal } from '../journal/journal.js';
import { countStates, readPlan, selectPlanHeader, type PlanProgress } from '../journal/plans.js';
import { RolloverError } from '../model/errors.js';
import { planHash } from '../rules/plan/hash.js';
import { applyBatch } from './batch.js';
import { closeSession, openSession, type SessionInput } from './session.js';

export type SliceEnd = 'more' | 'done' | 'paused' | 'drift';

export interface SliceResult {
  readonly ended: SliceEnd;
  readonly progress: PlanProgress;
}

/** Rule 6 of the protocol: more than 1 % and at least 10 conflicts stop the run. */
export function hasDrifted(progress: PlanProgress): boolean {
  const total = progress.pending + progress.applied + progress.satisfied + progress.conflict;
  return progress.conflict >= 10 && progress.conflict * 100 > total;
}

/**
 * Compares the stored plan with the one that was approved; its content only before the first write.
 *
 * @throws RolloverError PlanAltered
 */
export async function checkApproved(
  journal: Journal,
  planId: number,
  approvedHash: string,
): Promise<PlanProgress> {
  const header = await selectPlanHeader(journal, planId);
  const progress = await countStates(journal, planId);
  const untouched = progress.applied + progress.satisfied + progress.conflict === 0;
  if (
    header.hash !== approvedHash ||
    (untouched && planHash(await readPlan(journal, planId)) !== approvedHash)
  )
    throw new RolloverError('PlanAltered', `Plan ${planId} is not the one that was approved.`);
  return progress;
}

export interface SliceInput extends SessionInput {
  readonly approvedHash: string;
  readonly sliceMs: number;
  /** Stops between batches when the activity was cancelled. */
  readonly signal: AbortSignal;
  readonly onProgress: (batches: number) => void;
}

/** Runs one slice as the one writer of its target. */
export async function applySlice(input: SliceInput): Promise<SliceResult> {
  // not the time of day: that may be set back by an hour
  const until = performance.now() + input.sliceMs;
  const before = await checkApproved(input.journal, input.planId, input.approvedHash);
  if (before.pending === 0) {
    // an attempt that was cut off after its last commit has left its connection's number for the next writer to kill
    await takeNumber(input.address, input.journalSchema, input.journal.targetId);
    return { ended: 'done', progress: before };
  }
  const session = await openSession(input);
  let clean = false;
  try {
    for (let batches = 1; ; batches++) {
      input.signal.throwIfAborted();
      const end = await applyBatch(session);
      input.onProgress(batches);
      const late = performance.now() >= until;
      if (end === 'more' && !late && batches % 10 !== 0) continue;
      const progress = await countStates(input.journal, input.planId);
      const drifted = end === 'more' && hasDrifted(progress);
      if (end === 'more' && !drifted && !late) continue;
      clean = true;
      return { ended: drifted ? 'drift' : end, progress };
    }
  } catch (error) {
    throw input.signal.aborted ? error : castDatabaseError(error);
  } finally {
    await closeSession(session, clean);
  }
}
