/** After a change of mode or interval: the schedule has to follow. */
import { RolloverError } from '../../data/model/errors.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { workflowTypes } from '../../workflows/messages.js';
import type { Session } from '../session.js';
import { startShort } from './short.js';

/** Whether the schedule looks different under the new settings. */
export function concernsSchedule(before: SchoolSettings | null, after: SchoolSettings): boolean {
  return before?.mode !== after.mode || before.everyMinutes !== after.everyMinutes;
}

/** Has a worker change the schedule. Without Temporal the next start of a worker does. */
export async function followMode(session: Session, version: number): Promise<void> {
  const { code, knowledgenet } = session.school;
  if (knowledgenet.database === undefined && knowledgenet.watchFolder === undefined) return;
  try {
    await startShort(session, {
      type: workflowTypes.followMode,
      workflowId: `follow-mode/${code}/${version}`,
      input: { school: code },
      summary: `Schedule of ${code} follows settings version ${version}`,
      doing: 'Changing the schedule',
    });
  } catch (error) {
    if (!(error instanceof RolloverError) || error.code !== 'TemporalUnavailable') throw error;
    session.output.note('Temporal does not answer; the schedule follows when the next worker starts.');
  }
}
