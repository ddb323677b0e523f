/** Applies one approved plan; the journal is its cursor, so it can be started again from anywhere. */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  ContinueAsNew,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { long, paused, writing } from './activities-proxy.js';
import { listenToBrake } from './brake.js';
import { progress, type ApplyPlanInput, type ApplyPlanResult, type ApplyProgress } from './messages.js';

function render(planId: number, now: ApplyProgress, note: string): string {
  const total = now.pending + now.applied + now.satisfied + now.conflict;
  const done = total - now.pending;
  const percent = total === 0 ? 100 : Math.floor((done * 100) / total);
  return `Plan ${planId}: **${percent} %** — ${done} of ${total} changes (applied ${now.applied}, satisfied ${now.satisfied}, conflict ${now.conflict})${note}`;
}

/** Slices until nothing is pending, or too much has drifted. */
async function applySlices(
  input: ApplyPlanInput,
  show: (now: ApplyProgress) => void,
): Promise<ApplyPlanResult> {
  const { school, planId, tuning } = input;
  const work = writing(tuning);
  for (;;) {
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof applyPlan>(input);
    }
    const { ended, progress: now } = await work.applyChanges({
      school,
      planId,
      hash: input.hash,
      holder: input.holder,
      batch: tuning?.batch ?? {},
      sliceMs: tuning?.sliceMs ?? 10_000,
    });
    show(now);
    setCurrentDetails(render(planId, now, ended === 'paused' ? ' — **paused**' : ''));
    if (ended === 'done' || ended === 'drift') return { ...now, ended };
    if (ended === 'paused') await paused.awaitResume({ school });
  }
}

/**
 * `applyPlan`, child of rollover and sync, id `<parent>/apply/<plan id>`.
 *
 * Runs slices of batches until no change is pending, the brake is set (then it waits) or too many changes ended in
 * conflict (then it ends with *drift*). Every batch is one transaction, fenced by the target row; cancelling waits for
 * the batch under way. Continues as new without losing anything, because the cursor is in the journal.
 *
 * Grades and work are looked at before the first batch and compared after the last, also when it was cancelled
 * or failed.
 *
 * @throws ApplicationFailure GradeLoss
 */
export async function applyPlan(input: ApplyPlanInput): Promise<ApplyPlanResult> {
  const { school, planId, tuning } = input;
  let now: ApplyProgress = { pending: 0, applied: 0, satisfied: 0, conflict: 0 };
  setHandler(progress, () => now, { description: 'How far applying is' });
  listenToBrake(school, () => undefined);

  if (input.uploadId !== null) {
    setCurrentDetails(`Plan ${planId}: hashing passwords`);
    await writing(tuning).hashPasswords({ school, planId, uploadId: input.uploadId });
  }
  setCurrentDetails(`Plan ${planId}: looking at grades and work`);
  await long.lookAtGrades({ school, planId });
  let result: ApplyPlanResult;
  try {
    result = await applySlices(input, (latest) => (now = latest));
  } catch (error) {
    // batches may have been written before it was cancelled or failed; what goes on is compared at its end
    if (!(error instanceof ContinueAsNew))
      await CancellationScope.nonCancellable(() => long.compareGrades({ school, planId }));
    throw error;
  }
  await long.compareGrades({ school, planId });
  return result;
}
