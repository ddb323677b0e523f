/** Short workflows behind verbs that only look: nothing is written to Moodle. */
import { long } from './activities-proxy.js';
import type { DraftPlanInput, DraftPlanResult, ReadingInput, ReadingResult } from './messages.js';
import type { PreflightResult } from '../activities/preflight.js';

/** Reads an upload into a sealed snapshot with findings and comparison. */
export async function takeReading(input: ReadingInput): Promise<ReadingResult> {
  return long.takeSnapshot(input);
}

/** Plans a snapshot without a run: a dry run, computed by the very code that a rollover uses. */
export async function draftPlan(input: DraftPlanInput): Promise<DraftPlanResult> {
  return long.makePlan({ ...input, runId: null });
}

/** What pre-flight would say now. */
export async function checkTarget(input: { readonly school: string }): Promise<PreflightResult> {
  return long.preflight({ school: input.school, forWriting: false });
}
