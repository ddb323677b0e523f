/** Stage 8, for good: a list → gate deletion, with the numbers typed by hand → Moodle's web services → verify. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  log,
  workflowInfo,
} from '@temporalio/workflow';
import { UNANSWERED_MS, type DeletionProgress } from '../../data/model/deletion.js';
import { countsAgree } from '../../data/rules/deletion/typed-counts.js';
import type { ListedDeletions } from '../../activities/deletion.js';
import { long, paused, quick, writing } from '../activities-proxy.js';
import { failureCode } from '../failure-code.js';
import type { Gatekeeper } from '../gatekeeper.js';
import type { ApplyTuning } from '../messages.js';
import type { RunState } from '../run-state.js';
import { holdAgain, letGo } from './hold.js';
import { backupCounts } from './plan-and-apply.js';
import { untilAllowed } from './protected-time.js';

/**
 * deleted: what was approved went, or was found to have changed, or was refused by Moodle item by item. nothing: nothing
 * may be deleted. not-set-up: Moodle's web services lack something; the list says what.
 */
export type DeletionOutcome = 'deleted' | 'rejected' | 'nothing' | 'not-set-up';

export interface DeletionOptions {
  readonly tuning?: ApplyTuning | undefined;
  /** A person has ended the grace period before its time. */
  readonly graceOver?: boolean;
}

const FRESH_BACKUP_HOURS = 24;

function render(progress: DeletionProgress, more = ''): string {
  const { deleted, gone, kept, failed, pending } = progress;
  const left = pending + progress['in-flight'];
  return `deleted ${deleted} · gone ${gone} · kept ${kept} · refused ${failed} · left ${left}${more}`;
}

/** Gate deletion: the verdict, and the account that gave it last. */
async function askDeletion(
  state: RunState,
  gatekeeper: Gatekeeper,
  list: ListedDeletions,
): Promise<{ readonly approved: boolean; readonly by: string }> {
  const { school } = state.now;
  const age = async (): Promise<number | null> => (await quick.readBackupAge({ school })).ageHours;
  let decidedBy = 'unknown';
  const verdict = await gatekeeper.ask({
    gate: 'deletion',
    subject: { kind: 'deletion', id: list.deletionId },
    hash: list.hash,
    counts: { ...list.counts, ...backupCounts(await age()) },
    approvals: list.secondPerson ? 2 : 1,
    extra: ({ typedCounts }) => (countsAgree(typedCounts, list.counts) ? null : 'CountsDiffer'),
    // no word makes up for a dump here: what is deleted comes back from nowhere else
    objection: async ({ verdict: wanted }) => {
      if (wanted !== 'approve') return null;
      const hours = await age();
      return hours !== null && hours < FRESH_BACKUP_HOURS ? null : 'BackupMissing';
    },
    taken: ({ by }) => {
      decidedBy = by;
    },
  });
  return { approved: verdict === 'approve', by: decidedBy };
}

/** False: the dump has grown too old meanwhile, and somebody must decide once more. */
async function isWrittenDown(state: RunState, list: ListedDeletions, by: string): Promise<boolean> {
  const { school } = state.now;
  try {
    await quick.decideDeletion({ school, deletionId: list.deletionId, verdict: 'approved', by });
    return true;
  } catch (error) {
    if (failureCode(error) === 'BackupMissing') return false;
    throw error;
  }
}

/**
 * Cancelled or failed while Moodle was being asked: what it did is found out now. If that fails, too, the next
 * run's pre-flight does it.
 */
async function settle(state: RunState, unansweredMs: number): Promise<void> {
  const { school } = state.now;
  try {
    await CancellationScope.nonCancellable(() => long.settleDeletions({ school, unansweredMs }));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn('What Moodle was asked to delete could not be settled', { code: failureCode(error) });
  }
}

/** False: Moodle refuses our account; somebody must mend that and decide anew. */
async function carryOut(
  state: RunState,
  { deletionId, hash }: ListedDeletions,
  tuning: ApplyTuning | undefined,
): Promise<boolean> {
  const { school } = state.now;
  const { workflowId } = workflowInfo();
  const work = writing(tuning);
  for (;;) {
    const { ended, progress, errorcode } = await work.deleteListed({
      school,
      deletionId,
      hash,
      holder: workflowId,
      sliceMs: tuning?.sliceMs ?? 10_000,
      unansweredMs: tuning?.unansweredMs ?? UNANSWERED_MS,
    });
    state.setNote(render(progress, ended === 'paused' ? ' — **paused**' : ''));
    if (ended === 'done') return true;
    if (ended === 'paused') await paused.awaitResume({ school });
    if (ended === 'refused') {
      state.setNote(
        render(progress, ` — **Moodle refuses the call (${errorcode ?? 'refused'})**: docs/web-services.md`),
      );
      return false;
    }
  }
}

async function carryOutSettled(
  state: RunState,
  list: ListedDeletions,
  tuning: ApplyTuning | undefined,
): Promise<boolean> {
  try {
    return await carryOut(state, list, tuning);
  } catch (error) {
    await settle(state, tuning?.unansweredMs ?? UNANSWERED_MS);
    throw error;
  }
}

/**
 * Lists what has been suspended or hidden for the whole grace period and may go, asks, and deletes it. The caller holds
 * the target; it is let go of while the gate waits.
 */
export async function deleteForGood(
  state: RunState,
  gatekeeper: Gatekeeper,
  { tuning, graceOver = false }: DeletionOptions = {},
): Promise<DeletionOutcome> {
  const { school } = state.now;
  for (;;) {
    state.enterStage('deletion');
    const list = await long.listDeletions({ school, runId: state.now.runId ?? 0, graceOver });
    const { users = 0, courses = 0, enrolments = 0 } = list?.counts ?? {};
    if (list === null || users + courses + enrolments === 0) return 'nothing';
    if (!list.ready) {
      state.setNote(
        "Nothing is deleted: Moodle's web services have to be set up first (`rollover deletion show`).",
      );
      return 'not-set-up';
    }
    await letGo(state);
    const { approved, by } = await askDeletion(state, gatekeeper, list);
    if (!approved) {
      await quick.decideDeletion({ school, deletionId: list.deletionId, verdict: 'rejected', by });
      return 'rejected';
    }
    await untilAllowed(state);
    await holdAgain(state);
    if (!(await isWrittenDown(state, list, by))) continue;
    if (!(await carryOutSettled(state, list, tuning))) continue;
    const { left, lost } = await long.verifyDeletion({ school, deletionId: list.deletionId });
    if (left + lost > 0)
      throw ApplicationFailure.nonRetryable(
        `After deleting, ${left} of what was to go are still there and ${lost} of what was to stay are gone.`,
        'VerificationFailed',
      );
    return 'deleted';
  }
}
