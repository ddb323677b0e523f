/** Stage 6: plan → gate plan → apply → verify, until nothing is left or a person looks at the data again. */
import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import type { Gate, Verdict } from '../../data/model/gate.js';
import type { Stage } from '../../data/model/run.js';
import { countOpenQuestions } from '../../data/rules/plan/open-questions.js';
import { exceededIn, objectToUnusual } from '../../data/rules/guards/objection.js';
import { mayApplyUnattended } from '../../data/rules/guards/unattended.js';
import { long, quick } from '../activities-proxy.js';
import type { Gatekeeper } from '../gatekeeper.js';
import {
  searchAttributes,
  workflowTypes,
  type ApplyPlanInput,
  type ApplyPlanResult,
  type ApplyTuning,
  type DraftPlanResult,
} from '../messages.js';
import type { RunState } from '../run-state.js';
import { showToPeople } from './show.js';
import type { TakenReading } from './reading.js';

/** verified: a second plan has no changes. rejected: a person sent it back. nothing: there was nothing to do. */
export type PlanOutcome = 'verified' | 'rejected' | 'nothing';

/** How many changes a plan has. */
export function changesIn(plan: DraftPlanResult): number {
  return Object.entries(plan.counts)
    .filter(([name]) => /^(category|user|course|enrolment)\./.test(name))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** Applies a plan by a child workflow. */
export async function apply(
  state: RunState,
  plan: DraftPlanResult,
  uploadId: number | null,
  tuning?: ApplyTuning,
  stage: Stage = 'apply',
): Promise<ApplyPlanResult> {
  const { school, runId } = state.now;
  const { workflowId } = workflowInfo();
  const childId = `${workflowId}/apply/${plan.planId}`;
  const input: ApplyPlanInput = {
    school,
    runId: runId ?? 0,
    planId: plan.planId,
    hash: plan.hash,
    holder: workflowId,
    uploadId,
    ...(tuning === undefined ? {} : { tuning }),
  };
  state.enterStage(stage);
  state.update({ applying: { workflowId: childId, planId: plan.planId } });
  const result = await executeChild<(input: ApplyPlanInput) => Promise<ApplyPlanResult>>(
    workflowTypes.applyPlan,
    {
      workflowId: childId,
      args: [input],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `Apply plan ${plan.planId} for ${school}`,
      typedSearchAttributes: [
        { key: searchAttributes.school, value: school },
        { key: searchAttributes.stage, value: stage },
      ],
    },
  );
  state.update({ applying: null });
  return result;
}

/** The mode may have been set to something else while the source was read and planned. */
export async function followsByItself(school: string, plan: DraftPlanResult): Promise<boolean> {
  if (!mayApplyUnattended(plan.counts, Infinity)) return false;
  const { mode, unattendedAtMost } = await quick.readMode({ school });
  return mode === 'enabled' && mayApplyUnattended(plan.counts, unattendedAtMost);
}

/** Applying more changes than this wants a fresh dump of Moodle's database. */
const CHANGES_WITHOUT_BACKUP = 100;
const FRESH_BACKUP_HOURS = 24;

/**
 * Asks for a plan at its gate. Whether the dump is fresh is looked up when somebody decides, because one may be made
 * meanwhile. Null: `interrupted` said that there is something else to look at.
 */
export async function askPlan(
  state: RunState,
  gatekeeper: Gatekeeper,
  plan: DraftPlanResult,
  gate: Extract<Gate, 'plan' | 'removals' | 'undo'> = 'plan',
  interrupted?: () => boolean,
): Promise<Verdict | null> {
  const { school } = state.now;
  const { ageHours } = await quick.readBackupAge({ school });
  return gatekeeper.ask(
    {
      gate,
      subject: { kind: 'plan', id: plan.planId },
      hash: plan.hash,
      counts: { ...plan.counts, ...backupCounts(ageHours) },
      extra: objectToUnusual(plan.counts),
      objection: async ({ verdict: wanted, withoutBackup }) => {
        if (wanted !== 'approve' || withoutBackup === true || changesIn(plan) <= CHANGES_WITHOUT_BACKUP)
          return null;
        const newest = await quick.readBackupAge({ school });
        return newest.ageHours !== null && newest.ageHours < FRESH_BACKUP_HOURS ? null : 'BackupMissing';
      },
    },
    interrupted,
  );
}

/** How old the newest dump is, as gates show it. */
export function backupCounts(ageHours: number | null): Record<string, number> {
  return ageHours === null ? { 'backup.none': 1 } : { 'backup.ageHours': Math.floor(ageHours) };
}

export interface PlanOptions {
  readonly tuning?: ApplyTuning | undefined;
  /** Plans within the guards are applied without asking. */
  readonly unattended?: boolean;
}

/**
 * Plans, asks, applies and verifies. Too many conflicts while applying, or changes left over after it, lead to a new
 * plan and a new opening of the gate.
 */
export async function planAndApply(
  state: RunState,
  gatekeeper: Gatekeeper,
  reading: TakenReading,
  { tuning, unattended = false }: PlanOptions = {},
): Promise<PlanOutcome> {
  const { snapshotId, uploadId } = reading;
  const { school } = state.now;
  // what was left over, or drifted, after applying unattended is a person's to look at
  let alone = unattended;
  for (;;) {
    state.enterStage('plan');
    const plan = await long.makePlan({ school, runId: state.now.runId, snapshotId });
    state.update({ planId: plan.planId });
    // a reading that a guard holds is not remembered before a person has seen it, even if it changes nothing
    if (state.now.kind === 'sync' && changesIn(plan) === 0 && exceededIn(plan.counts) === 0) {
      // who turned over must still be compared with last year's classes while a question is open
      if (countOpenQuestions(plan.counts) === 0) await quick.markApplied({ school, snapshotId });
      return 'nothing';
    }
    alone &&= await followsByItself(school, plan);
    if (!alone && (await askPlan(state, gatekeeper, plan)) !== 'approve') return 'rejected';
    alone = false;
    const result = await apply(state, plan, uploadId, tuning);
    state.setNote(
      `applied ${result.applied} · satisfied ${result.satisfied} · conflict ${result.conflict} · pending ${result.pending}`,
    );
    if (result.ended === 'drift') continue;
    state.enterStage('verify');
    const verification = await long.verify({ school, runId: state.now.runId ?? 0, planId: plan.planId });
    await showToPeople(state);
    if (verification.remaining === 0) return 'verified';
  }
}
