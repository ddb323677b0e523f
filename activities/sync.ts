/** Steps of the synchronisation that goes on by itself: what it reads, whether that is work, and its schedule. */
import { selectPlanPurposes } from '../data/journal/plan-purpose.js';
import { selectRunPlanIds } from '../data/journal/runs.js';
import type { PlanPurpose } from '../data/model/plan.js';
import { collectSource, type CollectedSource } from '../data/stages/collect-source.js';
import { settingsInForce } from '../data/stages/settings-in-force.js';
import { isClean, settle } from '../data/stages/settle.js';
import type { SchoolSettings } from '../data/model/settings.js';
import type { School } from '../data/schools.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

const DEFAULT_EVERY_MINUTES = 60;

/** Makes the school's schedule what these settings and the configured sources say. */
export async function followSettings(
  { schedule }: Pick<ActivityContext, 'schedule'>,
  school: School,
  settings: SchoolSettings,
): Promise<void> {
  const { database, watchFolder } = school.knowledgenet;
  await schedule?.follow(school.code, {
    hasSource: database !== undefined || watchFolder !== undefined,
    running: settings.mode === 'enabled',
    everyMinutes: settings.everyMinutes ?? DEFAULT_EVERY_MINUTES,
  });
}

/**
 * The plan that says whether a run left anything open: its last one for applying; null when a plan of removals after
 * it did.
 */
async function settledPlan(school: School, runId: number): Promise<number | null> {
  const planIds = await selectRunPlanIds(school.journal, runId);
  const purposes = await selectPlanPurposes(school.journal, planIds);
  const last = (purpose: PlanPurpose): number | null =>
    planIds.filter((planId) => purposes.get(planId) === purpose).at(-1) ?? null;
  const removals = last('removals');
  return removals === null || (await isClean(school, removals)) ? last('apply') : null;
}

export function syncActivities(context: ActivityContext) {
  return {
    /**
     * What a scheduled run reads.
     *
     * @throws RolloverError SourceNotConfigured, SourceUnavailable and the reader's
     */
    async collectSource(input: { school: string; by: string }): Promise<CollectedSource> {
      return alive(async (signal) =>
        collectSource(await context.open(input.school), {
          limits: context.limits,
          passwordKey: context.passwordKey,
          by: input.by,
          signal,
          now: Date.now(),
        }),
      );
    },

    /** Remembers what this run was computed from, so that the same again is no work. */
    async settle(input: {
      school: string;
      runId: number;
      snapshotId: number;
      ended: 'verified' | 'rejected' | 'stopped-by-findings';
    }): Promise<void> {
      const school = await context.open(input.school);
      const planId = await settledPlan(school, input.runId);
      await settle(school, { ...input, planId }, input.ended);
    },

    /** Makes the schedule what mode, interval and sources say: running, paused, or not there. */
    async followMode(input: { school: string }): Promise<void> {
      const school = await context.open(input.school);
      await followSettings(context, school, (await settingsInForce(school.journal)).settings);
    },
  };
}
