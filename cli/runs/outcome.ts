/** What an ended run ended with, as an error that can be told. */
import type { WorkflowHandle } from '@temporalio/client';
import { RolloverError } from '../../data/model/errors.js';
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
