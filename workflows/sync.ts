/** The recurring run between two rollovers. */
import {
  allHandlersFinished,
  ApplicationFailure,
  ChildWorkflowFailure,
  condition,
  executeChild,
  ParentClosePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { RunOutcome } from '../data/model/run.js';
import type { CollectedSource } from '../data/stages/collect-source.js';
import { boundedReading, quick } from './activities-proxy.js';
import { listenToBrake } from './brake.js';
import { rootCause } from './failure-code.js';
import { createGatekeeper } from './gatekeeper.js';
import {
  searchAttributes,
  syncWorkflowId,
  workflowTypes,
  type RunResult,
  type SyncInput,
} from './messages.js';
import { createRunState, type RunState } from './run-state.js';
import { endBroken, finish } from './stages/finish.js';
import { begin, checkMoodle, requireMode } from './stages/freeze.js';
import { planAndApply, type PlanOutcome } from './stages/plan-and-apply.js';
import { syncRemovals, type RemovalOutcome } from './stages/removals.js';
import { isBlocked, readNews, withinTime, type TakenReading } from './stages/reading.js';

const outcomes = { verified: 'completed', rejected: 'rejected', nothing: 'nothing-to-do' } as const;

/** What was written counts, even if a person left out the removals after it. */
function outcomeOf(result: PlanOutcome, removed: RemovalOutcome): RunOutcome {
  if (result !== 'nothing') return outcomes[result];
  return removed === 'rejected' ? 'rejected' : removed === 'applied' ? 'completed' : outcomes.nothing;
}

/** What this run reads: what a person named, or what the school's source has. */
async function findSource(input: SyncInput): Promise<CollectedSource> {
  if (input.scheduled === true)
    return withinTime(boundedReading.collectSource({ school: input.school, by: workflowInfo().workflowId }));
  return input.uploadId === null ? { kind: 'database' } : { kind: 'upload', uploadId: input.uploadId };
}

/**
 * Reads the source, unless it is nothing or says what was settled less than a day ago (null). For a person only a clean
 * end counts; the schedule does not come again with what somebody has rejected, or what findings stop.
 */
async function readSource(state: RunState, input: SyncInput): Promise<TakenReading | null> {
  const { full = false, scheduled = false, unattended = scheduled } = input;
  const source = await findSource(input);
  if (source.kind === 'nothing') return null;
  state.enterStage('data');
  const uploadId = source.kind === 'upload' ? source.uploadId : null;
  const enough = full ? 'never' : scheduled ? 'ended' : 'clean';
  const reading = await readNews(state, { uploadId, enough, bounded: unattended });
  if (reading !== null) await checkMoodle(state);
  return reading;
}

/**
 * `sync(school)`, id `sync/<school>`: reads one source, plans, waits at gate *plan*, applies, verifies;
 * then suspends and hides what the settings allow (gate *removals*). Started by the
 * schedule it applies small plans by itself (data/rules/guards/unattended.ts) and is done when the source is unchanged.
 *
 * Refuses when the synchronisation is Disabled; ends *skipped-held* when a rollover or another run holds the target,
 * *stopped-by-findings* when a finding stops the run, *nothing-to-do* when Moodle has everything already.
 *
 * @throws ApplicationFailure ModeDisabled, SourceNotConfigured and those of `rollover`.
 */
export async function sync(input: SyncInput): Promise<RunResult> {
  const { school, scheduled = false, unattended = scheduled } = input;
  const state = createRunState('sync', school, null);
  const gatekeeper = createGatekeeper(school, state);
  listenToBrake(school, (paused) => state.update({ paused }));
  state.update({ uploadId: input.uploadId });
  try {
    const { heldBy, modeInForce } = await begin(state, input.startedBy);
    if (heldBy !== null) return await finish(state, 'skipped-held', null);
    requireMode(modeInForce, unattended);
    const reading = await readSource(state, input);
    if (reading === null) return await finish(state, 'nothing-to-do', null);
    const { snapshotId } = reading;
    const runId = state.now.runId ?? 0;
    if (isBlocked(reading)) {
      await quick.settle({ school, runId, snapshotId, ended: 'stopped-by-findings' });
      return await finish(state, 'stopped-by-findings', null);
    }
    const result = await planAndApply(state, gatekeeper, reading, { tuning: input.tuning, unattended });
    const removed =
      result === 'rejected'
        ? 'nothing'
        : await syncRemovals(state, gatekeeper, snapshotId, { tuning: input.tuning, unattended });
    const isRejected = result === 'rejected' || removed === 'rejected';
    await quick.settle({ school, runId, snapshotId, ended: isRejected ? 'rejected' : 'verified' });
    const ended = await finish(state, outcomeOf(result, removed), null);
    await condition(allHandlersFinished);
    return ended;
  } catch (error) {
    return await endBroken(state, error);
  }
}

/**
 * What the schedule starts: one `sync` under its one id, so that a person's and the schedule's exclude each other. A
 * sync that is under way already is left alone. The schedule skips its next times until this one has ended, e.g.
 * because a large plan waits for a person.
 */
export async function scheduledSync(input: { readonly school: string }): Promise<RunResult> {
  const { school } = input;
  try {
    return await executeChild<typeof sync>(workflowTypes.sync, {
      workflowId: syncWorkflowId(school),
      args: [{ school, uploadId: null, startedBy: 'schedule', scheduled: true }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Scheduled sync of ${school}`,
      typedSearchAttributes: [
        { key: searchAttributes.school, value: school },
        { key: searchAttributes.stage, value: 'freeze' },
      ],
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { runId: 0, outcome: 'skipped-held' };
    // the run has said it all; this one only names it
    const cause = rootCause(error);
    if (error instanceof ChildWorkflowFailure && cause instanceof ApplicationFailure)
      throw ApplicationFailure.nonRetryable(cause.message, cause.type);
    throw error;
  }
}

/** Makes the schedule what mode, interval and configured sources say; started when the settings have changed. */
export async function followMode(input: { readonly school: string }): Promise<void> {
  await quick.followMode(input);
}
