/** What an ended run ended with, as an error that can be told. */
import type { WorkflowHandle } from '@temporalio/client';
import { RolloverError, type ErrorCode } from '../../data/model/errors.js';
import { castError } from '../failure.js';
import type { RunResult } from '../../workflows/messages.js';

/** The failure of a run that has ended. A run that ended well is a RunCompleted. */
export async function failureOf(handle: WorkflowHandle): Promise<RolloverError> {
  try {
    const { outcome } = (await handle.result()) as RunResult;
    return new RolloverError('RunCompleted', `The run has ended: ${outcome}.`);
  } catch (error) {
    return castError(error);
  }
}

/** Ends that are no success, though the workflow ended in good order. */
const setbacks: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'stopped-by-findings': [
    'BlockingFindings',
    'Findings stop the sync; `rollover findings --severity stops-run` lists them.',
  ],
  'skipped-held': ['TargetHeld', 'Another run holds this Moodle, so this sync did nothing.'],
};

/** @throws RolloverError BlockingFindings, TargetHeld for an outcome that is no success */
export function refuseSetback(outcome: string | null): void {
  const setback = outcome === null ? undefined : setbacks[outcome];
  if (setback !== undefined) throw new RolloverError(...setback);
}
