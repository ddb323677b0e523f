/** After the last commit Moodle renews its lists, so that people see what is new. */
import { ActivityFailure, log, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.js';
import { nonRetryableCodes } from '../../data/model/errors.js';
import type { RunState } from '../run-state.js';

const { showCategories } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  // an end that Temporal never heard of is noticed early
  heartbeatTimeout: '30 seconds',
  retry: { maximumAttempts: 5, nonRetryableErrorTypes: [...nonRetryableCodes] },
});

/**
 * Has Moodle renew its lists, once per plan of the run. What cannot be had now, the report says, with the command that
 * cures it: a run never fails because of it.
 */
export async function showToPeople(state: RunState): Promise<void> {
  const { school, runId, planId, shownPlanId } = state.now;
  if (runId === null || planId === null || planId === shownPlanId) return;
  try {
    await showCategories({ school, runId, planId });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('Moodle was not told to renew its lists; the report says what to do');
  }
  state.update({ shownPlanId: planId });
}
