/** Temporal's schedules: one per school, named `sync/<school>`, made, paused and changed as the settings say. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import type { Schedules, ScheduleWish } from '../activities/context.js';
import { scheduledSyncId, searchAttributes, syncScheduleId, workflowTypes } from '../workflows/messages.js';

/** A worker that was away makes up for at most one missed look. */
const CATCHUP_WINDOW = '1 hour';

function optionsOf(school: string, taskQueue: string, wish: ScheduleWish): ScheduleOptions {
  return {
    scheduleId: syncScheduleId(school),
    spec: { intervals: [{ every: wish.everyMinutes * 60_000 }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW },
    state: { paused: !wish.running, note: wish.running ? 'mode Enabled' : 'mode is not Enabled' },
    action: {
      type: 'startWorkflow',
      workflowType: workflowTypes.scheduledSync,
      workflowId: scheduledSyncId(school),
      taskQueue,
      args: [{ school }],
      staticSummary: `Scheduled look at the source of ${school}`,
      typedSearchAttributes: [{ key: searchAttributes.school, value: school }],
    },
    typedSearchAttributes: [{ key: searchAttributes.school, value: school }],
  };
}

/** The port that activities are given. `client` must reach the namespace of the worker. */
export function createSchedules(client: Client, taskQueue: string): Schedules {
  async function remove(school: string): Promise<void> {
    try {
      await client.schedule.getHandle(syncScheduleId(school)).delete();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
  return {
    async follow(school, wish) {
      if (!wish.hasSource) {
        await remove(school);
        return;
      }
      const options = optionsOf(school, taskQueue, wish);
      try {
        await client.schedule.create(options);
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        const { spec, policies, state, action } = options;
        await client.schedule.getHandle(options.scheduleId).update((now) => ({
          ...now,
          spec,
          action,
          policies: { ...now.policies, ...policies },
          state: { ...now.state, ...state },
        }));
      }
    },
  };
}
