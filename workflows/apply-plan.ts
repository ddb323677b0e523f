/** Applies one approved plan; the journal is its cursor, so it can be started again from anywhere. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { paused, writing } from './activities-proxy.js';
import { listenToBrake } from './brake.js';
import { progress, type ApplyPlanInput, type ApplyPlanResult, type ApplyProgress } from './messages.js';

function render(planId: number, now: ApplyProgress, note: string): string {
  const total = now.pending + now.applied + now.satisfied + now.conflict;
  const done = total - now.pending;
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  return `Plan ${planId}: **${percent} %** — ${done} of ${total} changes (applied ${now.applied}, satisfied ${now.satisfied}, conflict ${now.conflict})${note}`;
}

/**
 * `applyPlan`, child of rollover and sync, id `<parent>/apply/<plan id>`.
 *
 * Runs slices of batches until no change is pending, the brake is set (then it waits) or too many changes ended in
 * conflict (then it ends with *drift*). Every batch is one transaction, fenced by the target row; cancelling waits for
 * the batch under way. Continues as new without losing anything, because the cursor is in the journal.
 */
export async function applyPlan(input: ApplyPlanInput): Promise<ApplyPlanResult> {
  const { school, planId, tuning } = input;
  let now: ApplyProgress = { pending: 0, applied: 0, satisfied: 0, conflict: 0 };
  setHandler(progress, () => now, { description: 'How far applying is' });
  listenToBrake(school, () => undefined);
  const work = writing(tuning);

  if (input.uploadId !== null) {
    setCurrentDetails(`Plan ${planId}: hashing passwords`);
    await work.hashPasswords({ school, planId, uploadId: input.uploadId });
  }
  for (;;) {
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof applyPlan>(input);
    }
    const slice = await work.applyChanges({
      school,
      planId,
      hash: input.hash,
      holder: input.holder,
      batch: tuning?.batch ?? {},
      sliceMs: tuning?.sliceMs ?? 10_000,
    });
    now = slice.progress;
    setCurrentDetails(render(planId, now, slice.ended === 'paused' ? ' — **paused**' : ''));
    if (slice.ended === 'done' || slice.ended === 'drift') return { ...now, ended: slice.ended };
    if (slice.ended === 'paused') await paused.awaitResume({ school });
  }
}
