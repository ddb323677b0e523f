/** Steps that fail and are tried again, and workers that are missing: why a run does not move. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { isErrorCode, mendOf } from '../../data/model/errors.js';
import type { Temporal } from '../client.js';

export interface Trouble {
  /** Name of the step, e.g. `takeSnapshot`. */
  readonly step: string;
  readonly code: string;
  readonly attempt: number;
  readonly mend: string;
}

/** One failure may be chance; the second says something. */
const TOLD_FROM_ATTEMPT = 2;
/** Workers ask for work at least once a minute. */
const POLLER_SEEN_WITHIN_MS = 70_000;
/** Kinds of task queues in Temporal's API. */
const WORKFLOW_QUEUE = 1;

/** Steps of one workflow that have failed and wait for their next attempt. */
export function troubleOf(execution: WorkflowExecutionDescription | null): Trouble[] {
  const trouble: Trouble[] = [];
  for (const pending of execution?.raw.pendingActivities ?? []) {
    const attempt = pending.attempt ?? 1;
    const failure = pending.lastFailure ?? null;
    if (failure === null || attempt < TOLD_FROM_ATTEMPT) continue;
    const type = failure.applicationFailureInfo?.type;
    // waiting for `rollover resume` is no trouble
    if (type === 'Paused') continue;
    const code = type ?? ((failure.timeoutFailureInfo ?? null) === null ? 'Internal' : 'WorkerUnavailable');
    const step = pending.activityType?.name ?? 'unknown';
    trouble.push({ step, code, attempt, mend: isErrorCode(code) ? mendOf(code) : mendOf('Internal') });
  }
  return trouble;
}

/** Whether some worker has asked for workflow tasks lately. */
export async function hasWorker(temporal: Temporal): Promise<boolean> {
  const { client, namespace, taskQueue } = temporal;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_QUEUE,
  });
  return (pollers ?? []).some((poller) => {
    const seen = Number(poller.lastAccessTime?.seconds ?? 0) * 1000;
    return Date.now() - seen < POLLER_SEEN_WITHIN_MS;
  });
}
