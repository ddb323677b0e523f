/** The recurring run between two rollovers. */
import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import { quick } from './activities-proxy.js';
import { createGatekeeper } from './gatekeeper.js';
import { pauseRequested, resumeRequested, type RunResult, type SyncInput } from './messages.js';
import { createRunState } from './run-state.js';
import { endBroken, finish } from './stages/finish.js';
import { freeze } from './stages/freeze.js';
import { planAndApply } from './stages/plan-and-apply.js';
import { isBlocked, read } from './stages/reading.js';

const outcomes = { verified: 'completed', rejected: 'rejected', nothing: 'nothing-to-do' } as const;

/**
 * `sync(school)`, id `sync/<school>`: reads one upload, plans, waits at gate *plan*, applies, verifies.
 *
 * Refuses when the synchronisation is Disabled; ends *skipped-held* when a rollover or another run holds the target,
 * *stopped-by-findings* when a finding stops the run, *nothing-to-do* when Moodle has everything already.
 *
 * @throws ApplicationFailure ModeDisabled and those of `rollover`.
 */
export async function sync(input: SyncInput): Promise<RunResult> {
  const state = createRunState('sync', input.school, null);
  const gatekeeper = createGatekeeper(input.school, state);
  setHandler(pauseRequested, () => state.update({ paused: true }));
  setHandler(resumeRequested, () => state.update({ paused: false }));
  state.update({ uploadId: input.uploadId });
  try {
    const { heldBy } = await freeze(state, input.startedBy);
    if (heldBy !== null) return await finish(state, 'skipped-held', null);
    await quick.requireMode({ school: input.school });
    state.enterStage('data');
    const reading = await read(state, input.uploadId);
    if (isBlocked(reading)) return await finish(state, 'stopped-by-findings', null);
    const result = await planAndApply(state, gatekeeper, reading, input.tuning);
    const ended = await finish(state, outcomes[result], null);
    await condition(allHandlersFinished);
    return ended;
  } catch (error) {
    return await endBroken(state, error);
  }
}
