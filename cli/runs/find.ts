/** Which run a command is about: the one that is under way, else the newest. */
import {
  WorkflowNotFoundError,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import { selectRuns, type Run } from '../../data/journal/runs.js';
import { selectTarget } from '../../data/journal/targets.js';
import { RolloverError } from '../../data/model/errors.js';
import { rolloverWorkflowId, syncWorkflowId, workflowTypes } from '../../workflows/messages.js';
import type { Session } from '../session.js';

export interface FoundRun {
  readonly workflowId: string;
  readonly handle: WorkflowHandle;
  /** Null when Temporal no longer has its history. */
  readonly execution: WorkflowExecutionDescription | null;
  /** Null as long as its first step has not been done. */
  readonly run: Run | null;
}

/** How many runs of the journal are looked through. */
const RUNS_SEEN = 50;

/** `2027`, `sync` or a whole workflow id of this school. @throws RolloverError UsageInvalid */
export function workflowIdOf(school: string, words: string): string {
  if (words === 'sync') return syncWorkflowId(school);
  if (/^\d{4}$/.test(words)) return rolloverWorkflowId(school, Number(words));
  const own =
    words === syncWorkflowId(school) ||
    words.startsWith(`rollover/${school}/`) ||
    words.startsWith(`undo/${school}/`);
  if (!own)
    throw new RolloverError(
      'UsageInvalid',
      'Name the run by its year, by "sync", or by its workflow id; it must be of this school.',
    );
  return words;
}

/** What Temporal says of a workflow, or null. */
export async function describeRun(
  session: Session,
  workflowId: string,
): Promise<WorkflowExecutionDescription | null> {
  const { client } = await session.temporal();
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Runs that Temporal shows as running, for the moment before the journal knows of them. */
async function runningIds(session: Session): Promise<string[]> {
  const { client } = await session.temporal();
  const { rollover, sync, undo } = workflowTypes;
  const query = `School = "${session.school.code}" AND ExecutionStatus = "Running" AND WorkflowType IN ("${rollover}", "${sync}", "${undo}")`;
  const ids: string[] = [];
  for await (const info of client.workflow.list({ query, pageSize: 10 })) ids.push(info.workflowId);
  return ids;
}

async function open(session: Session, workflowId: string, runs: readonly Run[]): Promise<FoundRun> {
  const { client } = await session.temporal();
  const execution = await describeRun(session, workflowId);
  const run = runs.find(
    (one) => one.workflowId === workflowId && (execution === null || one.workflowRunId === execution.runId),
  );
  return { workflowId, handle: client.workflow.getHandle(workflowId), execution, run: run ?? null };
}

export function isRunning(found: FoundRun): boolean {
  return found.execution?.status.name === 'RUNNING';
}

/**
 * The run that is named, else the one under way (a rollover before a sync), else the newest one of the journal.
 *
 * @throws RolloverError RunNotFound
 */
export async function findRun(session: Session, words?: string): Promise<FoundRun> {
  const journal = await session.journal();
  const { code } = session.school;
  const runs = await selectRuns(journal, RUNS_SEEN);
  if (words !== undefined) {
    const found = await open(session, workflowIdOf(code, words), runs);
    if (found.execution === null && found.run === null)
      throw new RolloverError('RunNotFound', 'There is no such run of this school.');
    return found;
  }
  const { holder } = await selectTarget(journal);
  const unended = runs.filter((run) => run.endedAt === null).map((run) => run.workflowId);
  const ids = [...new Set([...(holder === null ? [] : [holder]), ...unended])];
  for (const workflowId of ids) {
    const found = await open(session, workflowId, runs);
    if (isRunning(found)) return found;
  }
  for (const workflowId of (await runningIds(session)).sort()) return open(session, workflowId, runs);
  // a sync that found the target held did nothing; what it found is the news
  const newest = runs.find((run) => run.outcome !== 'skipped-held') ?? runs[0];
  if (newest === undefined) throw new RolloverError('RunNotFound', 'This school has no run yet.');
  return open(session, newest.workflowId, runs);
}

/** The run under way. @throws RolloverError RunNotFound */
export async function findRunning(session: Session, words?: string): Promise<FoundRun> {
  const found = await findRun(session, words);
  if (!isRunning(found))
    throw new RolloverError('RunNotFound', 'No rollover, sync or undo of this school is under way.');
  return found;
}
