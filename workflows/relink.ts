/** Short workflows behind `rollover relink`: the journal follows a Moodle restored from a backup. */
import { ApplicationFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { RelinkFound } from '../activities/relink.js';
import type { LinkLook } from '../data/stages/forget-link.js';
import { long, quick } from './activities-proxy.js';
import type { ApplyRelinkInput, ForgetLinkInput, LookLinkInput } from './messages.js';

/** What is gone; reads only. */
export async function lookRelink(input: { readonly school: string }): Promise<RelinkFound> {
  return long.lookAtRelink(input);
}

/** Holds the target while the work is done, so that no run writes meanwhile. */
async function holding<R>(school: string, work: (holder: string) => Promise<R>): Promise<R> {
  const { workflowId } = workflowInfo();
  const { heldBy } = await quick.holdTarget({ school, holder: workflowId });
  if (heldBy !== null)
    throw ApplicationFailure.nonRetryable(`Another run holds this Moodle: ${heldBy}`, 'TargetHeld');
  try {
    return await work(workflowId);
  } finally {
    await CancellationScope.nonCancellable(() => quick.releaseTarget({ school, holder: workflowId }));
  }
}

/** Lets the journal follow what was shown and confirmed. */
export async function applyRelink(input: ApplyRelinkInput): Promise<Readonly<Record<string, number>>> {
  return holding(input.school, (workflowId) => long.applyRelink({ ...input, workflowId }));
}

/** Whether Moodle still has an account or course of ours. */
export async function lookLink(input: LookLinkInput): Promise<LinkLook> {
  return long.lookAtLink(input);
}

/** Gives up what somebody deleted in Moodle, so that it is made anew. */
export async function forgetLink(input: ForgetLinkInput): Promise<LinkLook> {
  return holding(input.school, () => long.forgetLink(input));
}
