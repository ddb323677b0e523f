/** Stage 9, and every other end: report, normal settings, secrets deleted, target free. */
import { CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { RunOutcome } from '../../data/model/run.js';
import type { SyncMode } from '../../data/model/settings.js';
import { quick } from '../activities-proxy.js';
import { failureCode } from '../failure-code.js';
import type { RunResult } from '../messages.js';
import { announce } from '../notices.js';
import type { RunState } from '../run-state.js';
import { showToPeople } from './show.js';

/**
 * Writes the report and lets go of everything. `mode`: what the synchronisation is set to; null leaves it.
 * `failure`: code of what ended a run that failed.
 */
export async function finish(
  state: RunState,
  outcome: RunOutcome,
  mode: SyncMode | null,
  failure?: string,
): Promise<RunResult> {
  const { school, runId, uploadId } = state.now;
  const { workflowId } = workflowInfo();
  state.enterStage('report');
  if (mode !== null) await quick.setMode({ school, mode, by: workflowId });
  await showToPeople(state);
  await quick.endRun({ school, runId: runId ?? 0, outcome, uploadId, holder: workflowId });
  state.update({ outcome });
  await announceEnd(state, outcome, failure);
  return { runId: runId ?? 0, outcome };
}

/** A person who waits for it hears of every end but the uneventful ones. */
async function announceEnd(state: RunState, outcome: RunOutcome, failure?: string): Promise<void> {
  if (outcome === 'nothing-to-do' || outcome === 'skipped-held') return;
  const event = outcome === 'failed' || outcome === 'stopped-by-findings' ? 'run-failed' : 'run-ended';
  await announce(state, { event, code: failure ?? outcome });
}

/**
 * Ends a run that was cancelled or failed: consistently, with a report, mode left as it is (Disabled in a rollover).
 * Always throws again what ended it, so that the same year can be started once more.
 */
export async function endBroken(state: RunState, error: unknown): Promise<never> {
  const outcome: RunOutcome = isCancellation(error) ? 'cancelled' : 'failed';
  await CancellationScope.nonCancellable(async () => {
    const failure = outcome === 'failed' ? failureCode(error) : undefined;
    if (state.now.runId !== null) await finish(state, outcome, null, failure);
  });
  throw error;
}
