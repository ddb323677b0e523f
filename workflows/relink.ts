/** Short workflows behind `rollover relink`: the journal follows a Moodle restored from a backup. */
import { ApplicationFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { RelinkFound } from '../activities/relink.js';
import { long, quick } from './activities-proxy.js';
import type { ApplyRelinkInput } from './messages.js';

/** What is gone; reads only. */
export async function lookRelink(input: { readonly school: string }): Promise<RelinkFound> {
  return long.lookAtRelink(input);
}

/** Holds the target, so that no run writes meanwhile, and lets the journal follow what was shown and confirmed. */
export async function applyRelink(input: ApplyRelinkInput): Promise<Readonly<Record<string, number>>> {
  const { school } = input;
  const { workflowId } = workflowInfo();
  const { heldBy } = await quick.holdTarget({ school, holder: workflowId });
  if (heldBy !== null)
    throw ApplicationFailure.nonRetryable(`The target is held by ${heldBy}.`, 'TargetHeld', {
      holder: heldBy,
    });
  try {
    return await long.applyRelink({ ...input, workflowId });
  } finally {
    await CancellationScope.nonCancellable(() => quick.releaseTarget({ school, holder: workflowId }));
  }
}
