/** Who holds the school's Moodle, and whether that is still true. */
import { releaseTarget, selectTarget } from '../../data/journal/targets.js';
import { RolloverError } from '../../data/model/errors.js';
import type { Session } from '../session.js';
import { describeRun } from './find.js';

/**
 * The run that holds the target, or null. A run that was terminated in Temporal could not let go: it is let go of here,
 * so that nobody has to unlock anything by hand [T43]. A writer of it that still lives is fenced off by the next one.
 */
export async function holderOf(session: Session): Promise<string | null> {
  const journal = await session.journal();
  const { holder } = await selectTarget(journal);
  if (holder === null) return null;
  const execution = await describeRun(session, holder);
  if (execution?.status.name === 'RUNNING') return holder;
  await releaseTarget(journal, holder);
  session.output.note(`${holder} has ended without letting go of this Moodle; it no longer holds it.`);
  return null;
}

/** @throws RolloverError TargetHeld while a run that still goes on holds the target */
export async function refuseBesideRun(session: Session): Promise<void> {
  const holder = await holderOf(session);
  if (holder !== null) throw new RolloverError('TargetHeld', `Another run holds this Moodle: ${holder}.`);
}
