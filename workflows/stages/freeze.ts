/** Stage 1: nobody else writes, and Moodle is what the journal knows. */
import { workflowInfo } from '@temporalio/workflow';
import type { SyncMode } from '../../data/model/settings.js';
import { long, quick } from '../activities-proxy.js';
import type { RunState } from '../run-state.js';

export interface Frozen {
  /** Who holds the target instead, or null when we do. */
  readonly heldBy: string | null;
  /** The mode before, to be set again at the end. */
  readonly mode: SyncMode;
  /** KnowledgeNET's database can be read without an upload. */
  readonly database: boolean;
}

/**
 * Takes the target and checks Moodle before anything else happens. A rollover also disables the synchronisation and
 * moves the settings, with the dates of new courses, to its year.
 */
export async function freeze(state: RunState, startedBy: string): Promise<Frozen> {
  const { school, kind, year } = state.now;
  const { workflowId, runId: workflowRunId } = workflowInfo();
  state.enterStage('freeze');
  const runId = await quick.beginRun({ school, kind, year, workflowId, workflowRunId, startedBy });
  state.update({ runId });
  const { mode, database } = await quick.readMode({ school });
  const { heldBy } = await quick.holdTarget({ school, holder: workflowId });
  if (heldBy !== null) return { heldBy, mode, database };
  if (kind === 'rollover' && year !== null) {
    await quick.setMode({ school, mode: 'disabled', by: workflowId });
    await quick.moveToYear({ school, year, by: workflowId });
  }
  await long.preflight({ school, forWriting: true });
  return { heldBy: null, mode, database };
}
