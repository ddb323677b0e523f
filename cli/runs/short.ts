/** Short workflows behind verbs that look: started, waited for, and never waited for in silence. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RolloverError } from '../../data/model/errors.js';
import { searchAttributes } from '../../workflows/messages.js';
import type { Session } from '../session.js';
import { progressOf } from './progress.js';
import { hasWorker, troubleOf } from './trouble.js';

export interface ShortRun {
  readonly type: string;
  /** The same id finds the one that runs already. */
  readonly workflowId: string;
  readonly input: object;
  /** One line for Temporal UI; nothing personal. */
  readonly summary: string;
  /** What is being done, for the line on the terminal. */
  readonly doing: string;
  /** What is said of the step's last sign of life. */
  readonly progress?: (details: Readonly<Record<string, unknown>>) => string;
}

const LOOK_EVERY_MS = 2_000;
const WITHOUT_WORKER_MS = 30_000;

/** Starts it and returns at once. */
export async function startShort(session: Session, run: ShortRun): Promise<void> {
  const { client, taskQueue } = await session.temporal();
  await client.workflow.start(run.type, {
    workflowId: run.workflowId,
    taskQueue,
    args: [run.input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowExecutionTimeout: '1 day',
    staticSummary: run.summary,
    typedSearchAttributes: [{ key: searchAttributes.school, value: session.school.code }],
  });
}

/** Says once per cause why it takes long. */
function createTeller(session: Session): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (!told.has(text)) session.output.note(text);
    told.add(text);
  };
}

/**
 * Starts it and waits for its result.
 *
 * @throws RolloverError WorkerUnavailable when nobody takes it up; what the workflow failed with
 */
export async function runShort<R>(session: Session, run: ShortRun): Promise<R> {
  await startShort(session, run);
  const temporal = await session.temporal();
  const handle = temporal.client.workflow.getHandle(run.workflowId);
  const tell = createTeller(session);
  const begun = Date.now();
  let lastWorker = begun;
  const finished = handle.result().then((value: unknown) => ({ value: value as R }));
  finished.catch(() => undefined); // awaited below; a failure between two looks is not lost
  for (;;) {
    const done = await Promise.race([finished, sleep(LOOK_EVERY_MS, null)]);
    if (done !== null) {
      session.output.clear();
      return done.value;
    }
    if (await hasWorker(temporal)) lastWorker = Date.now();
    else if (Date.now() - lastWorker > WITHOUT_WORKER_MS)
      throw new RolloverError(
        'WorkerUnavailable',
        `No worker has taken up "${run.doing}"; it is done as soon as one runs.`,
      );
    const execution = await handle.describe();
    for (const { step, code, mend } of troubleOf(execution))
      tell(`Step ${step} fails and is tried again: ${code}. ${mend}`);
    const details = run.progress === undefined ? null : await progressOf(temporal.client, execution);
    const far = details === null ? '' : (run.progress?.(details) ?? '');
    session.output.live(`${run.doing} … ${Math.round((Date.now() - begun) / 1000)} s${far}`);
  }
}
