/** Which rollover an upload is for, and how it is told. */
import { RolloverError } from '../../data/model/errors.js';
import { readingOffered, searchAttributes } from '../../workflows/messages.js';
import { findRun, isRunning, type FoundRun } from '../runs/find.js';
import type { Session } from '../session.js';

/** @throws RolloverError SourceNotConfigured */
export function requireDatabase({ school }: Session): void {
  if (school.knowledgenet.database === undefined)
    throw new RolloverError(
      'SourceNotConfigured',
      "KnowledgeNET's database is not configured for this school.",
    );
}

/** Until then a rollover takes a reading; what comes later would not be what was looked at. */
const readingStages: readonly string[] = ['freeze', 'backups', 'knowledgenet', 'data'];

/** Whether a run takes a reading now. Known without a worker, so that an upload is never turned away by one. */
function takesReading(found: FoundRun): boolean {
  const stage = found.execution?.typedSearchAttributes.get(searchAttributes.stage) ?? 'freeze';
  return isRunning(found) && found.workflowId.startsWith('rollover/') && readingStages.includes(stage);
}

/** The rollover under way that a new reading is for, or null. */
export async function findReader(session: Session): Promise<FoundRun | null> {
  let found: FoundRun;
  try {
    found = await findRun(session);
  } catch (error) {
    if (error instanceof RolloverError && error.code === 'RunNotFound') return null;
    throw error;
  }
  return takesReading(found) ? found : null;
}

/** Tells a run that a reading is there; null: KnowledgeNET's database. */
export async function offerReading(
  session: Session,
  found: FoundRun,
  uploadId: number | null,
): Promise<void> {
  await found.handle.signal(readingOffered, { uploadId, by: session.account });
}
