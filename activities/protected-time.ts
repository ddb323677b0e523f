/** When removals may happen, by the school's calendar. */
import { readRemovalWindow, type RemovalWindow } from '../data/stages/protected-time.js';
import type { ActivityContext } from './context.js';

export function protectedTimeActivities(context: ActivityContext) {
  return {
    /** May anything be removed at this moment (ISO), and if not, from when on? */
    async readRemovalWindow(input: { school: string; now: string }): Promise<RemovalWindow> {
      const { journal } = await context.open(input.school);
      return readRemovalWindow(journal, input.now);
    },
  };
}
