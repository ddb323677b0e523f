/** A workflow of nothing but the wait for the holidays. */
import { defineSignal, setHandler } from '@temporalio/workflow';
import { createRunState } from '../../workflows/run-state.js';
import { untilAllowed } from '../../workflows/stages/protected-time.js';

export const noMore = defineSignal('noMore');

/** The time at which it may go on (ISO); null: it was told that there is nothing to wait for. */
export async function waitForHolidays(school: string): Promise<string | null> {
  let over = false;
  setHandler(noMore, () => void (over = true));
  const state = createRunState('rollover', school, 2027);
  return (await untilAllowed(state, () => over)) ? new Date().toISOString() : null;
}
