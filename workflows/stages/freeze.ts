/** Stage 1: nobody else writes, and Moodle is what the journal knows. */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { BegunRun } from '../../activities/runs.js';
import type { SyncMode } from '../../data/model/settings.js';
import { long, quick } from '../activities-proxy.js';
import type { RunState } from '../run-state.js';

/** Begins the run's record and takes the target, if nobody else has it. */
export async function begin(state: RunState, startedBy: string): Promise<BegunRun> {
  const { school, kind, year } = state.now;
  const { workflowId, runId: workflowRunId } = workflowInfo();
  state.enterStage('freeze');
  const begun = await quick.beginRun({ school, kind, year, workflowId, workflowRunId, startedBy });
  state.update({ runId: begun.runId });
  return begun;
}

/** Disables the synchronisation and moves the settings, with the dates of new courses, to the rollover's year. */
export async function freeze(state: RunState): Promise<void> {
  const { school, year } = state.now;
  const { workflowId } = workflowInfo();
  await quick.setMode({ school, mode: 'disabled', by: workflowId });
  if (year !== null) await quick.moveToYear({ school, year, by: workflowId });
}

/** Pre-flight: nothing is read or planned for a Moodle that must not be written to. */
export async function checkMoodle(state: RunState): Promise<void> {
  await long.preflight({ school: state.now.school, forWriting: true });
}

/**
 * Whether a sync may go on in the mode that is set: the schedule and what follows uploads by itself work in *Enabled*
 * only, a person also in *Enabled, snapshot only*.
 *
 * @throws ApplicationFailure ModeDisabled
 */
export function requireMode(mode: SyncMode, unattended: boolean): void {
  if (mode === 'enabled' || (mode === 'snapshot-only' && !unattended)) return;
  throw ApplicationFailure.nonRetryable(
    mode === 'disabled'
      ? 'The synchronisation of this school is Disabled.'
      : 'The synchronisation of this school follows nothing by itself.',
    'ModeDisabled',
  );
}
