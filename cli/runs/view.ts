/** Everything that `status` shows of a run, gathered from Temporal and the journal. */
import { isGrpcServiceError } from '@temporalio/client';
import type { Journal } from '../../data/journal/journal.js';
import { selectPlanItems } from '../../data/journal/plan-items.js';
import { countStates, type PlanProgress } from '../../data/journal/plans.js';
import type { Run } from '../../data/journal/runs.js';
import { selectTarget, type Brake } from '../../data/journal/targets.js';
import type { GuardVerdict } from '../../data/model/guard.js';
import type { RunStatus } from '../../data/model/run.js';
import { exceededIn } from '../../data/rules/guards/objection.js';
import { searchAttributes, status as statusQuery } from '../../workflows/messages.js';
import type { Session } from '../session.js';
import { describeRun, isRunning, type FoundRun } from './find.js';
import { failureOf } from './outcome.js';
import { hasWorker, troubleOf, type Trouble } from './trouble.js';

export interface RunView {
  readonly workflowId: string;
  readonly running: boolean;
  /** Temporal's word for how it stands, or `FORGOTTEN` when its history is gone. */
  readonly execution: string;
  /** As Temporal itself remembers it: known without a worker. */
  readonly stage: string | null;
  readonly waiting: string | null;
  /** Null when it ended or no worker answers. */
  readonly status: RunStatus | null;
  /** Whether a worker has asked for work lately; null when the run has ended. */
  readonly worker: boolean | null;
  readonly brake: Brake;
  /** Of the plan that is applied now. */
  readonly progress: PlanProgress | null;
  readonly trouble: readonly Trouble[];
  /** What holds the plan that waits; absent: nothing. */
  readonly guards?: readonly GuardVerdict[];
  /** What it failed with, when it failed. */
  readonly failure: { readonly code: string; readonly message: string; readonly mend: string } | null;
  readonly run: Run | null;
}

const QUERY_WITHIN_MS = 5_000;
/**
 * gRPC's numbers for "given up, because the worker that was asked has just stopped", "no worker answered in time" and
 * "no worker polls, or the run has not begun".
 */
const NO_ANSWER: ReadonlySet<number> = new Set([1, 4, 9]);

/** Asks the run itself; null when no worker can answer. */
export async function queryStatus(session: Session, found: FoundRun): Promise<RunStatus | null> {
  const { connection } = await session.temporal();
  try {
    return await connection.withDeadline(Date.now() + QUERY_WITHIN_MS, () => found.handle.query(statusQuery));
  } catch (error) {
    // without a worker the server lets the query run out of time or says that nobody polls
    const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
    if (isGrpcServiceError(cause) && NO_ANSWER.has(cause.code)) return null;
    throw error;
  }
}

const failed: ReadonlySet<string> = new Set(['FAILED', 'TERMINATED', 'TIMED_OUT']);

async function explainEnd({ execution, handle }: FoundRun): Promise<RunView['failure']> {
  if (execution === null || !failed.has(execution.status.name)) return null;
  const { code, message, mend } = await failureOf(handle);
  return { code, message, mend };
}

/** What holds the plan that an open gate is about. */
async function readGuards(
  journal: Journal,
  status: RunStatus | null,
): Promise<{ readonly guards?: readonly GuardVerdict[] }> {
  const open = status?.open ?? null;
  if (open === null || open.subject.kind !== 'plan' || exceededIn(open.counts) === 0) return {};
  return { guards: await selectPlanItems(journal, open.subject.id, 'guard') };
}

/** Looks once. */
export async function viewRun(session: Session, found: FoundRun): Promise<RunView> {
  const { workflowId, execution, run } = found;
  const journal = await session.journal();
  const { brake } = await selectTarget(journal);
  const base = {
    workflowId,
    execution: execution?.status.name ?? 'FORGOTTEN',
    stage: execution?.typedSearchAttributes.get(searchAttributes.stage) ?? null,
    waiting: execution?.typedSearchAttributes.get(searchAttributes.waiting) ?? null,
    brake,
    run,
  };
  if (!isRunning(found))
    return {
      ...base,
      running: false,
      status: null,
      worker: null,
      progress: null,
      trouble: [],
      failure: await explainEnd(found),
    };
  const worker = await hasWorker(await session.temporal());
  const status = worker ? await queryStatus(session, found) : null;
  const child = status?.applying ?? null;
  const trouble = troubleOf(execution);
  if (child !== null) trouble.push(...troubleOf(await describeRun(session, child.workflowId)));
  const progress = child === null ? null : await countStates(journal, child.planId);
  return {
    ...base,
    running: true,
    status,
    worker,
    progress,
    trouble,
    failure: null,
    ...(await readGuards(journal, status)),
  };
}
