/** Stage 8, mildly: what KnowledgeNET no longer has is suspended and hidden, after a gate and never in protected times. */
import { setHandler } from '@temporalio/workflow';
import { seasonOf } from '../../data/model/guard.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { mayWithdrawUnattended } from '../../data/rules/removals/few.js';
import { long, quick } from '../activities-proxy.js';
import { failureCode } from '../failure-code.js';
import type { Gatekeeper } from '../gatekeeper.js';
import { graceAnswered, planAgain, type ApplyTuning, type DraftPlanResult } from '../messages.js';
import type { RunState } from '../run-state.js';
import { checkMoodle } from './freeze.js';
import { holdAgain, letGo } from './hold.js';
import { apply, askPlan, changesIn, followsByItself } from './plan-and-apply.js';
import { isRemovalTime, untilAllowed } from './protected-time.js';
import { showToPeople } from './show.js';

/** What people have said about removals since the run began. */
export interface RemovalWishes {
  /** Counts each word that the settings have changed. */
  again: number;
  /** keep: nothing is deleted for good. now: the grace period is over. */
  grace: 'keep' | 'now' | null;
}

/** Registers the words about removals; call it before the first await of the workflow. */
export function listenToRemovals(): RemovalWishes {
  const wishes: RemovalWishes = { again: 0, grace: null };
  setHandler(planAgain, () => void wishes.again++, {
    description: 'What may be removed has changed: plan removals again: {"by"}',
  });
  setHandler(
    graceAnswered,
    (raw: unknown) => {
      const keep = (raw as { keep?: unknown } | null | undefined)?.keep;
      if (typeof keep === 'boolean') wishes.grace = keep ? 'keep' : 'now';
    },
    { description: 'Ends the grace period: {"by","keep"}; keep true: nothing is deleted for good' },
  );
  return wishes;
}

/**
 * applied: something was suspended or hidden now. earlier: nothing now, but before. nothing: nothing is. rejected: a
 * person left it out.
 */
export type RemovalOutcome = 'applied' | 'earlier' | 'nothing' | 'rejected';

/** How many things are suspended or hidden already. */
function alreadyIn({ counts }: DraftPlanResult): number {
  return ['user', 'course', 'enrolment'].reduce((sum, kind) => sum + (counts[`withdrawn.${kind}`] ?? 0), 0);
}

function outcomeOf(plan: DraftPlanResult): RemovalOutcome {
  return alreadyIn(plan) > 0 ? 'earlier' : 'nothing';
}

/** Applies and verifies. False: something is left over, or too much had changed. */
async function carryOut(state: RunState, plan: DraftPlanResult, tuning?: ApplyTuning): Promise<boolean> {
  const { school, runId } = state.now;
  state.update({ shownPlanId: null });
  const result = await apply(state, plan, null, tuning, 'removals');
  state.setNote(
    `applied ${result.applied} · satisfied ${result.satisfied} · conflict ${result.conflict} · pending ${result.pending}`,
  );
  if (result.ended === 'drift') return false;
  const season = seasonOf(state.now.kind);
  const { remaining } = await long.verifyRemovals({ school, runId: runId ?? 0, planId: plan.planId, season });
  await showToPeople(state);
  return remaining === 0;
}

async function planRemovals(state: RunState, snapshotId: number): Promise<DraftPlanResult> {
  const { school, runId, kind } = state.now;
  state.enterStage('removals');
  const plan = await long.makeRemovalPlan({ school, runId, snapshotId, season: seasonOf(kind) });
  // nothing of it is written yet, so there is nothing to show
  state.update({ planId: plan.planId, shownPlanId: plan.planId });
  return plan;
}

export interface RolloverRemovals {
  readonly wishes: RemovalWishes;
  /** Counts offered readings. */
  readonly offers: () => number;
  /** Reads what was offered last; null: it is not to be used. */
  readonly readOffered: () => Promise<number | null>;
  readonly tuning?: ApplyTuning | undefined;
}

/** Whether Moodle may be written to; else the gate shows why, and a person tries again. */
async function isMoodleReady(state: RunState): Promise<boolean> {
  try {
    await checkMoodle(state);
    return true;
  } catch (error) {
    const code = failureCode(error);
    if (code === undefined) throw error;
    state.noteRefusal({ code, gate: 'removals', opening: 0 });
    return false;
  }
}

/**
 * In a rollover the gate is always opened: it shows what might be removed, so that the administrator can allow it and
 * have it planned again. What was approved in protected times waits for the holidays without holding the target; it
 * is planned again then, and asked again if it has changed.
 */
export async function rolloverRemovals(
  state: RunState,
  gatekeeper: Gatekeeper,
  snapshotId: number,
  { wishes, offers, readOffered, tuning }: RolloverRemovals,
): Promise<RemovalOutcome> {
  let reading = snapshotId;
  let agreed: string | null = null;
  for (;;) {
    await holdAgain(state);
    const [heard, offered] = [wishes.again, offers()];
    const isNews = (): boolean => wishes.again !== heard || offers() !== offered;
    const plan = await planRemovals(state, reading);
    if (agreed !== plan.hash) {
      const verdict = await askPlan(state, gatekeeper, plan, 'removals', isNews);
      if (verdict === 'reject') return 'rejected';
      if (verdict === null) {
        if (offers() !== offered) reading = (await readOffered()) ?? reading;
        continue;
      }
    }
    agreed = null;
    if (changesIn(plan) === 0) return outcomeOf(plan);
    if (!(await isRemovalTime(state.now.school))) {
      await letGo(state);
      const isOver = (): boolean => isNews() || wishes.grace === 'keep';
      if (await untilAllowed(state, isOver)) agreed = plan.hash;
      else if (wishes.grace === 'keep') return 'rejected';
      continue;
    }
    if (!(await isMoodleReady(state))) continue;
    if (await carryOut(state, plan, tuning)) return 'applied';
  }
}

/** Whether the settings let anything be suspended or hidden. */
export function allowsRemovals({ users, enrolments, courses }: SchoolSettings['deletion']): boolean {
  return users || enrolments || courses !== "don't-delete";
}

/**
 * In a sync, after what KN has was brought to Moodle: a gate, unless the run is unattended and there are few. In
 * protected times nothing is removed; a later sync does it.
 */
export async function syncRemovals(
  state: RunState,
  gatekeeper: Gatekeeper,
  snapshotId: number,
  {
    tuning,
    unattended = false,
  }: { readonly tuning?: ApplyTuning | undefined; readonly unattended?: boolean },
): Promise<RemovalOutcome> {
  const { school } = state.now;
  if (!allowsRemovals(await quick.readDeletion({ school })) || !(await isRemovalTime(school)))
    return 'nothing';
  for (let alone = unattended; ; alone = false) {
    const plan = await planRemovals(state, snapshotId);
    if (changesIn(plan) === 0) return outcomeOf(plan);
    const few = alone && mayWithdrawUnattended(plan.counts) && (await followsByItself(school, plan));
    if (!few && (await askPlan(state, gatekeeper, plan, 'removals')) !== 'approve') return 'rejected';
    if (await carryOut(state, plan, tuning)) return 'applied';
  }
}
