/** Stage 9, and every other end: report, normal settings, secrets deleted, target free. */
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/index.js';
import { nonRetryableCodes } from '../../data/model/errors.js';
import type { RunOutcome } from '../../data/model/run.js';
import type { SyncMode } from '../../data/model/settings.js';
import { quick } from '../activities-proxy.js';
import type { RunResult } from '../messages.js';
import { announce } from '../notices.js';
import type { RunState } from '../run-state.js';

const { showCategories } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  retry: { maximumAttempts: 5, nonRetryableErrorTypes: [...nonRetryableCodes] },
});

/** Has Moodle renew its lists. What cannot be had now, the report says, with the command that cures it. */
async function showToPeople(school: string, runId: number, planId: number): Promise<void> {
  try {
    await showCategories({ school, runId, planId });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('Moodle was not told to renew its lists; the report says what to do');
  }
}

/** Writes the report and lets go of everything. `mode`: what the synchronisation is set to; null leaves it. */
export async function finish(
  state: RunState,
  outcome: RunOutcome,
  mode: SyncMode | null,
): Promise<RunResult> {
  const { school, runId, uploadId, planId } = state.now;
  const { workflowId } = workflowInfo();
  state.enterStage('report');
  if (mode !== null) await quick.setMode({ school, mode, by: workflowId });
  if (runId !== null && planId !== null) await showToPeople(school, runId, planId);
  await quick.endRun({ school, runId: runId ?? 0, outcome, uploadId, holder: workflowId });
  state.update({ outcome });
  await announceEnd(state, outcome);
  return { runId: runId ?? 0, outcome };
}

/** A person who waits for it hears of every end but the uneventful ones. */
async function announceEnd(state: RunState, outcome: RunOutcome): Promise<void> {
  if (outcome === 'nothing-to-do' || outcome === 'skipped-held') return;
  const event = outcome === 'failed' || outcome === 'stopped-by-findings' ? 'run-failed' : 'run-ended';
  await announce(state, { event, code: outcome });
}

/**
 * Ends a run that was cancelled or failed: consistently, with a report, mode left as it is (Disabled in a rollover).
 * Always throws again what ended it, so that the same year can be started once more.
 */
export async function endBroken(state: RunState, error: unknown): Promise<never> {
  const outcome: RunOutcome = isCancellation(error) ? 'cancelled' : 'failed';
  await CancellationScope.nonCancellable(async () => {
    if (state.now.runId !== null) await finish(state, outcome, null);
  });
  throw error;
}
