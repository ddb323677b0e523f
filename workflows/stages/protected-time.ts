/** Protected times: removals wait for the school's holidays, by a timer that outlives every restart. */
import { condition } from '@temporalio/workflow';
import { quick } from '../activities-proxy.js';
import type { RunState } from '../run-state.js';

/** The administrator may change the calendar while a run waits; so often it is looked at again. */
const LOOK_AGAIN_MS = 6 * 60 * 60 * 1000;

/** What a run that waits shows. Counts, codes and times only. */
function waitingNote(until: string | null): string {
  return until === null
    ? '**Waits**: the calendar in the settings has no terms of this year or a later one. Removals happen in the holidays only; add the terms, or set calendar.removals to any-time.'
    : `**Waits until ${until}**: removals happen in the holidays only (calendar in the settings).`;
}

/** May anything be removed now? A run that must not wait asks this and leaves removals for another time. */
export async function isRemovalTime(school: string): Promise<boolean> {
  const { allowed } = await quick.readRemovalWindow({ school, now: new Date().toISOString() });
  return allowed;
}

/**
 * Waits until anything may be removed. Returns at once in the holidays, and where the settings say any-time; true.
 * False: `interrupted` said that there is nothing to wait for any more.
 */
export async function untilAllowed(
  state: RunState,
  interrupted: () => boolean = () => false,
): Promise<boolean> {
  const { school } = state.now;
  for (let waited = false; ; waited = true) {
    const now = Date.now();
    const { allowed, until } = await quick.readRemovalWindow({ school, now: new Date(now).toISOString() });
    if (allowed) {
      if (waited) state.setNote('');
      state.update({ awaitsHolidays: null });
      return true;
    }
    state.update({ awaitsHolidays: { until } });
    state.setNote(waitingNote(until));
    const left = until === null ? LOOK_AGAIN_MS : Math.max(1_000, Date.parse(until) - now);
    if (await condition(interrupted, Math.min(left, LOOK_AGAIN_MS))) {
      state.update({ awaitsHolidays: null });
      return false;
    }
  }
}
