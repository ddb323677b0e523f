/** The target is let go of while people are at work for weeks, and taken again; another run is waited for. */
import { sleep, workflowInfo } from '@temporalio/workflow';
import { quick } from '../activities-proxy.js';
import type { RunState } from '../run-state.js';

const FIRST_LOOK_MS = 5_000;
const LONGEST_LOOK_MS = 60 * 60_000;

/** Other runs may have the target from now on; passwords that were kept for this one are deleted. */
export async function letGo(state: RunState): Promise<void> {
  const { school, runId, uploadId } = state.now;
  await quick.letGo({ school, runId: runId ?? 0, uploadId, holder: workflowInfo().workflowId });
}

/** Takes the target, and waits by a durable timer while another run has it. */
export async function holdAgain(state: RunState): Promise<void> {
  const { school } = state.now;
  const { workflowId } = workflowInfo();
  for (let look = FIRST_LOOK_MS, waited = false; ; look = Math.min(look * 2, LONGEST_LOOK_MS)) {
    const { heldBy } = await quick.holdTarget({ school, holder: workflowId });
    if (heldBy === null) {
      if (waited) state.setNote('');
      return;
    }
    waited = true;
    state.setNote(`**Waits**: ${heldBy} holds this Moodle.`);
    await sleep(look);
  }
}
