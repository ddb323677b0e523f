/** After a change of what may be removed, or when: the rollover that waits with its removals has to plan them again. */
import { isDeepStrictEqual } from 'node:util';
import { RolloverError } from '../../data/model/errors.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { planAgain, workflowTypes } from '../../workflows/messages.js';
import type { Session } from '../session.js';
import { findRun, isRunning, type FoundRun } from './find.js';

/** The rollover that is under way, if there is one. */
export async function findRollover(session: Session, words?: string): Promise<FoundRun | null> {
  try {
    const found = await findRun(session, words);
    const isRollover = found.workflowId.startsWith(`${workflowTypes.rollover}/`);
    return isRunning(found) && isRollover ? found : null;
  } catch (error) {
    if (error instanceof RolloverError && error.code === 'RunNotFound') return null;
    throw error;
  }
}

/** Tells it, and returns it; null: none is under way. */
export async function tellRollover(session: Session, words?: string): Promise<FoundRun | null> {
  const found = await findRollover(session, words);
  if (found !== null) await found.handle.signal(planAgain, { by: session.account });
  return found;
}

/** Whether a rollover that waits with its removals has to know. */
export function concernsRemovals(before: SchoolSettings | null, after: SchoolSettings): boolean {
  return (
    !isDeepStrictEqual(before?.calendar, after.calendar) ||
    (before !== null && !isDeepStrictEqual(before.deletion, after.deletion))
  );
}
