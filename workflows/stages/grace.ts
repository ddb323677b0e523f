/** The grace period between suspending and hiding, and the question whether to delete for good. */
import { condition } from '@temporalio/workflow';
import { GRACE_DAYS, type SchoolSettings } from '../../data/model/settings.js';
import { quick } from '../activities-proxy.js';
import type { RunState } from '../run-state.js';
import { letGo } from './hold.js';
import type { RemovalWishes } from './removals.js';

const DAY_MS = 24 * 60 * 60_000;

/** Whether the settings want anything to be deleted for good. */
export function wantsDeletion({ users, enrolments, courses, forGood }: SchoolSettings['deletion']): boolean {
  return courses === 'delete' || (forGood === true && (users || enrolments));
}

function countdown(leftMs: number, until: string): string {
  const days = Math.ceil(leftMs / DAY_MS);
  return `**Time to object**: ${days} ${days === 1 ? 'day' : 'days'} left, until ${until}. Nothing is deleted before that, and never without the gate.`;
}

/**
 * Waits as long as the settings say, by a durable timer, without holding the target. A change of the settings counts
 * within a day. True: what was suspended and hidden may be put up for deletion.
 */
export async function waitForObjections(state: RunState, wishes: RemovalWishes): Promise<boolean> {
  const { school } = state.now;
  const began = Date.now();
  for (let first = true; ; first = false) {
    // before the settings are read: what is said from here on makes them be read again
    const heard = wishes.again;
    const deletion = await quick.readDeletion({ school });
    if (!wantsDeletion(deletion) || wishes.grace === 'keep') {
      state.update({ graceUntil: null });
      return false;
    }
    if (first) {
      state.enterStage('grace');
      await letGo(state);
    }
    const until = began + (deletion.graceDays ?? GRACE_DAYS) * DAY_MS;
    const left = until - Date.now();
    if (left <= 0 || wishes.grace === 'now') {
      state.update({ graceUntil: null });
      return true;
    }
    const graceUntil = new Date(until).toISOString();
    state.update({ graceUntil });
    state.setNote(countdown(left, graceUntil));
    await condition(() => wishes.grace !== null || wishes.again !== heard, Math.min(left, DAY_MS));
  }
}
