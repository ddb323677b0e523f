/** What of a run can still be taken back, and what stands in the way. Looks at the journal only. */
import { selectPurged } from '../journal/purged.js';
import { selectRun, selectRunPlanIds, type Run } from '../journal/runs.js';
import type { Journal } from '../journal/journal.js';
import {
  countInEffect,
  selectAppliedChanges,
  selectLaterChanges,
  selectTakenBack,
  selectUndoPlans,
  type AppliedChange,
  type LaterChange,
} from '../journal/undo.js';
import { RolloverError } from '../model/errors.js';
import type { Change } from '../model/plan.js';
import type { UndoScope } from '../model/undo.js';
import { KEY_SEPARATOR } from '../model/snapshot.js';
import { isInScope } from '../rules/undo/scope.js';
import type { Done } from '../rules/undo/undo-input.js';

/** A run of this school. @throws RolloverError RunNotFound */
export async function findUndoable(journal: Journal, runId: number): Promise<Run> {
  const run = await selectRun(journal, runId);
  if (run === null) throw new RolloverError('RunNotFound', `This school has no run ${runId}.`);
  return run;
}

/** @throws RolloverError RunNotUndoable when the changes of one of its plans are no longer kept */
async function refuseForgotten(journal: Journal, runId: number, planIds: readonly number[]): Promise<void> {
  for (const planId of planIds) {
    const purged = await selectPurged(journal, 'plan', planId);
    if (purged !== null)
      throw new RolloverError(
        'RunNotUndoable',
        `The changes of run ${runId} were deleted from the journal on ${purged.day} (${purged.reason}).`,
      );
  }
}

async function withTakenBack(
  journal: Journal,
  planId: number,
  applied: readonly AppliedChange[],
): Promise<Done[]> {
  const tookBack = new Map<number, { change: Change; moodleId: number }[]>();
  for (const { seq, change, moodleId } of await selectTakenBack(journal, planId))
    tookBack.set(seq, [...(tookBack.get(seq) ?? []), { change, moodleId: moodleId ?? 0 }]);
  return applied.map((one) => ({
    planId: one.planId,
    seq: one.seq,
    change: one.change,
    moodleId: one.moodleId ?? 0,
    tookBack: tookBack.get(one.seq) ?? [],
  }));
}

/** What a run changed in Moodle and nobody has taken back, last change first. @throws RolloverError RunNotUndoable */
export async function selectDone(journal: Journal, runId: number): Promise<Done[]> {
  const planIds = await selectRunPlanIds(journal, runId);
  await refuseForgotten(journal, runId, planIds);
  const done: Done[] = [];
  for (const planId of planIds.reverse())
    for (const one of await withTakenBack(journal, planId, await selectAppliedChanges(journal, planId)))
      done.push(one);
  return done;
}

function keysOf(change: Change): readonly [string, string] {
  if (change.kind === 'enrolment') return [change.group, change.person];
  return change.kind === 'category' ? [change.path, ''] : [change.externalId, ''];
}

const join = (...parts: readonly (string | number)[]): string => parts.join(KEY_SEPARATOR);

/** Tells whether a later change is about what a run made or changed. */
function createMatcher(done: readonly Done[]): (later: LaterChange) => boolean {
  const rows = new Set<string>();
  const keys = new Set<string>();
  const made = new Set<string>();
  for (const { change, moodleId } of done) {
    const key = keysOf(change);
    rows.add(join(change.kind, moodleId));
    keys.add(join(change.kind, ...key));
    if (change.operation === 'create') made.add(join(change.kind, key[0]));
  }
  return ({ kind, moodleId, externalId, secondId }) => {
    if (kind === 'category') return false;
    if (rows.has(join(kind, moodleId ?? 0)) || keys.has(join(kind, externalId, secondId))) return true;
    return kind === 'enrolment' && (made.has(join('course', externalId)) || made.has(join('user', secondId)));
  };
}

const PAGE = 10_000;

/**
 * Tells whether what a later plan did leaves this run as it was: it takes back a plan of this run, or something later, and
 * has not been taken back. Taking back an undo makes its origin again, taking back that one takes it back, and so on.
 */
function createCanceller(
  undoPlans: ReadonlyMap<number, number>,
  planIds: ReadonlySet<number>,
): (planId: number) => boolean {
  const last = Math.max(0, ...planIds);
  const takesBack = (planId: number): boolean => {
    const of = undoPlans.get(planId);
    return of !== undefined && !takesBack(of);
  };
  return (planId) => {
    const of = undoPlans.get(planId);
    return of !== undefined && (planIds.has(of) || (of > last && takesBack(planId)));
  };
}

/** Later runs that have changed the same, newest first: they are taken back first. */
export async function findLaterRuns(
  journal: Journal,
  runId: number,
  done: readonly Done[],
): Promise<number[]> {
  const planIds = new Set(await selectRunPlanIds(journal, runId));
  const last = Math.max(0, ...planIds);
  const matches = createMatcher(done);
  const cancels = createCanceller(await selectUndoPlans(journal), planIds);
  const runs = new Set<number>();
  let after = { planId: last, seq: 4_294_967_295 };
  for (;;) {
    const page = await selectLaterChanges(journal, after, PAGE);
    for (const later of page) {
      const { planId, runId: by } = later;
      if (by !== null && by !== runId && !cancels(planId) && matches(later)) runs.add(by);
    }
    const end = page.at(-1);
    if (end === undefined || page.length < PAGE) return [...runs].sort((a, b) => b - a);
    after = { planId: end.planId, seq: end.seq };
  }
}

/** @throws RolloverError RunNotUndoable, naming the runs that must be taken back first */
export async function refuseLater(journal: Journal, runId: number, done: readonly Done[]): Promise<void> {
  const later = await findLaterRuns(journal, runId, done);
  if (later.length === 0) return;
  throw new RolloverError(
    'RunNotUndoable',
    `Later runs have changed the same; take them back first, in this order: ${later.join(', ')}.`,
    { runs: later.join(' ') },
  );
}

/** What a person wants back. @throws RolloverError RunNotUndoable when there is nothing of it */
export function selectInScope(runId: number, done: readonly Done[], scope: UndoScope): Done[] {
  const wanted = done.filter(({ change }) => isInScope(change, scope));
  if (wanted.length > 0) return wanted;
  throw new RolloverError(
    'RunNotUndoable',
    done.length === 0
      ? `Run ${runId} has changed nothing in Moodle that is still in effect.`
      : `Run ${runId} has changed nothing of that.`,
  );
}

/** How much of a run is in effect and how much was taken back, and until when the journal keeps what it takes. */
export interface Undoability {
  readonly runId: number;
  readonly left: number;
  readonly takenBack: number;
  /** ISO date; null: it is not kept any more, or nothing is left. */
  readonly until: string | null;
}

const DAY_MS = 86_400_000;

/** What the report of a run says about taking it back. */
export async function undoability(journal: Journal, run: Run, retentionDays: number): Promise<Undoability> {
  const planIds = await selectRunPlanIds(journal, run.id);
  const { left, takenBack } = await countInEffect(journal, planIds);
  const purged = await Promise.all(planIds.map((planId) => selectPurged(journal, 'plan', planId)));
  const kept = left > 0 && purged.every((one) => one === null);
  const from = run.endedAt === null ? Date.now() : Date.parse(run.endedAt);
  const until = kept ? new Date(from + retentionDays * DAY_MS).toISOString().slice(0, 10) : null;
  return { runId: run.id, left, takenBack, until };
}
