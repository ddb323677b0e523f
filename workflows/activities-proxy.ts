/** Activities as workflows call them: one group per class of work, retried by type of failure, never by count. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { RetryPolicy } from '@temporalio/common';
import { nonRetryableCodes } from '../data/model/errors.js';
import type { ApplyTuning } from './messages.js';

const retry: RetryPolicy = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '30 seconds',
  nonRetryableErrorTypes: [...nonRetryableCodes],
};

/** Sub-second reads and writes of the journal. */
export const quick = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', retry });

/** Waiting while the brake is set: looks every second, also after a failure, so that resuming takes effect at once. */
export const paused = proxyActivities<Activities>({
  startToCloseTimeout: '20 seconds',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 1,
    nonRetryableErrorTypes: [...nonRetryableCodes],
  },
});

/** Reading a source or a whole Moodle, computing, verifying: minutes at district size, with signs of life. */
export const long = proxyActivities<Activities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
});

/**
 * Reading for the schedule. A source that is away for so long must not hold the target for ever: the run ends, people
 * are told, and the schedule comes again.
 */
export const boundedReading = proxyActivities<Activities>({
  startToCloseTimeout: '15 minutes',
  scheduleToCloseTimeout: '15 minutes',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
});

/** Writing: the workflow must know whether the last batch was committed, so cancelling waits for it. */
export function writing(tuning: ApplyTuning | undefined): ReturnType<typeof proxyActivities<Activities>> {
  return proxyActivities<Activities>({
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: tuning?.heartbeatMs ?? 20_000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { ...retry, maximumInterval: tuning?.retryMs ?? '30 seconds' },
  });
}
