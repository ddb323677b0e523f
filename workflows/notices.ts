/** Telling people: a notice never holds a run up and never ends one. */
import { isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { nonRetryableCodes } from '../data/model/errors.js';
import type { RunState } from './run-state.js';

const { tell } = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  retry: {
    initialInterval: '5 seconds',
    maximumAttempts: 5,
    nonRetryableErrorTypes: [...nonRetryableCodes],
  },
});

type Notice = Omit<Parameters<Activities['tell']>[0], 'school' | 'runId' | 'workflowId'>;

/** Sends a notice and says on the run's page when nobody could be told. */
export async function announce(state: RunState, notice: Notice): Promise<void> {
  const { school, runId } = state.now;
  try {
    const { failed } = await tell({
      school,
      runId: runId ?? 0,
      workflowId: workflowInfo().workflowId,
      ...notice,
    });
    state.noteUntold(failed);
  } catch (error) {
    if (isCancellation(error)) return;
    state.noteUntold(['everybody']);
  }
}
