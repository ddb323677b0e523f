/** A workflow of nothing but the last part of stage 8. */
import { createGatekeeper } from '../../workflows/gatekeeper.js';
import { listenToBrake } from '../../workflows/brake.js';
import { createRunState } from '../../workflows/run-state.js';
import { deleteForGood, type DeletionOutcome } from '../../workflows/stages/deletion.js';
import { holdAgain } from '../../workflows/stages/hold.js';

export async function deleting(input: {
  readonly school: string;
  readonly runId: number;
}): Promise<DeletionOutcome> {
  const state = createRunState('rollover', input.school, 2027);
  const gatekeeper = createGatekeeper(input.school, state);
  listenToBrake(input.school, (isPaused) => state.update({ paused: isPaused }));
  state.update({ runId: input.runId });
  await holdAgain(state);
  const tuning = { sliceMs: 5_000, retryMs: 1_000, heartbeatMs: 5_000, unansweredMs: 1_000 };
  return deleteForGood(state, gatekeeper, { tuning });
}
