/** A slice: batches until time is up, nothing is pending, the brake is set, or too much has drifted. */
import { castDatabaseError } from '../database/errors.js';
import { takeNumber } from '../journal/fence.js';
import type { Journal } from '../journal/journal.js';
import {
  countStates,
  readPlan,
  selectPlanHeader,
  type ChangeResult,
  type PlanProgress,
} from '../journal/plans.js';
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

/** The progress once these changes, which were pending, have their result. */
export function progressAfter(before: PlanProgress, results: readonly ChangeResult[]): PlanProgress {
  const after = { ...before, pending: before.pending - results.length };
  for (const { state } of results) after[state] += 1;
  return after;
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
    // nobody else writes: counting half a million changes again and again would take as long as some of the batches
    let reckoned = before;
    for (let batches = 1; ; batches++) {
      input.signal.throwIfAborted();
      const { end, results } = await applyBatch(session);
      reckoned = progressAfter(reckoned, results);
      input.onProgress(batches);
      const drifted = end === 'more' && hasDrifted(reckoned);
      if (end === 'more' && !drifted && performance.now() < until) continue;
      const progress = await countStates(input.journal, input.planId);
      clean = true;
      return { ended: drifted ? 'drift' : end, progress };
    }
  } catch (error) {
    throw input.signal.aborted ? error : castDatabaseError(error);
  } finally {
    await closeSession(session, clean);
  }
}
