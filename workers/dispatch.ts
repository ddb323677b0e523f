/** Activities by name, whose code may still be loading when a worker is made. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../activities/index.js';

/**
 * An activity for `default`, which Temporal runs for every name that is not registered: it runs ours of that name.
 *
 * @throws ApplicationFailure NotFoundError, retryable, as Temporal's own: a worker of a newer build may know the name
 */
export function dispatching(whenLoaded: () => Promise<Activities>): (input: unknown) => Promise<unknown> {
  return async (input) => {
    const activities: Readonly<Record<string, unknown>> = await whenLoaded();
    const { activityType } = Context.current().info;
    const activity = Object.hasOwn(activities, activityType) ? activities[activityType] : undefined;
    if (typeof activity !== 'function')
      throw ApplicationFailure.retryable(`This worker has no activity ${activityType}.`, 'NotFoundError');
    return (activity as (input: unknown) => Promise<unknown>)(input);
  };
}
