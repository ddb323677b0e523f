/** Taking a run back. */
import { allHandlersFinished, ApplicationFailure, condition, workflowInfo } from '@temporalio/workflow';
import type { RunOutcome } from '../data/model/run.js';
import { long, quick } from './activities-proxy.js';
import { listenToBrake } from './brake.js';
import { createGatekeeper, type Gatekeeper } from './gatekeeper.js';
import type { DraftPlanResult, RunResult, UndoInput } from './messages.js';
import { createRunState, type RunState } from './run-state.js';
import { endBroken, finish } from './stages/finish.js';
import { begin, checkMoodle, freeze } from './stages/freeze.js';
import { apply, askPlan, changesIn } from './stages/plan-and-apply.js';
import { showToPeople } from './stages/show.js';

/**
 * Plans, asks, applies and verifies, until nothing is left that can come back. What somebody began to use meanwhile
 * leads to a new plan and a new opening of the gate.
 */
async function takeBack(state: RunState, gatekeeper: Gatekeeper, input: UndoInput): Promise<RunOutcome> {
  const { school, wishId, tuning } = input;
  const runId = state.now.runId ?? 0;
  for (let done = false; ;) {
    state.enterStage('plan');
    const plan = await long.planUndo({ school, runId, wishId });
    state.update({ planId: plan.planId });
    if (changesIn(plan) === 0) return done ? 'completed' : 'nothing-to-do';
    if ((await askPlan(state, gatekeeper, plan, 'undo')) !== 'approve')
      return done ? 'completed' : 'rejected';
    const result = await apply(state, plan, null, tuning);
    state.setNote(
      `applied ${result.applied} · satisfied ${result.satisfied} · conflict ${result.conflict} · pending ${result.pending}`,
    );
    const progress = result.applied + result.satisfied;
    done ||= progress > 0;
    if (result.ended === 'drift') continue;
    state.enterStage('verify');
    const { remaining } = await long.verifyUndo({ school, runId, wishId });
    await showToPeople(state);
    if (remaining === 0 || progress === 0) return 'completed';
  }
}

/**
 * `undo(school, run)`, id `undo/<school>/<run>`: sets the synchronisation to Disabled and leaves it so, plans what can
 * come back, waits at gate *undo*, applies and verifies. Cancelled or rejected it leaves what was taken back as it is;
 * the same run can be taken back again.
 *
 * @throws ApplicationFailure TargetHeld, RunNotFound, RunNotUndoable and those of pre-flight.
 */
export async function undo(input: UndoInput): Promise<RunResult> {
  const { school, wishId } = input;
  const state = createRunState('undo', school, null);
  const gatekeeper = createGatekeeper(school, state);
  listenToBrake(school, (paused) => state.update({ paused }));
  try {
    const { heldBy } = await begin(state, input.startedBy);
    if (heldBy !== null)
      throw ApplicationFailure.nonRetryable(`Another run holds this Moodle: ${heldBy}`, 'TargetHeld');
    await freeze(state);
    await checkMoodle(state);
    const outcome = await takeBack(state, gatekeeper, input);
    if (outcome === 'completed') await quick.followUndo({ school, wishId, by: workflowInfo().workflowId });
    const result = await finish(state, outcome, null);
    await condition(allHandlersFinished);
    return result;
  } catch (error) {
    return await endBroken(state, error);
  }
}

/** Plans taking a run back without a run: a dry run, computed by the very code that an undo uses. */
export async function draftUndo(input: Pick<UndoInput, 'school' | 'wishId'>): Promise<DraftPlanResult> {
  return long.planUndo({ ...input, runId: null });
}
