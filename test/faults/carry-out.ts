/** Carries a passage out while faults happen: starts it, answers its gates, lets faults in at their moments, waits. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Decision, OpenGate } from '../../data/model/gate.js';
import type { RunResult } from '../../workflows/messages.js';
import { decide, decisionSent, status } from '../../workflows/messages.js';
import { Random } from '../../embedded/sample-school/random.js';
import { isReached, letPass, type Moment } from '../support/moments.js';
import { inject } from './inject.js';
import type { Passage } from './passages.js';
import type { Fault, FaultKind, Scenario } from './scenario.js';
import type { Stand } from './stand.js';

/** Longest time that any passage may take with its faults; after that it hangs. */
export const LONGEST_MS = 300_000;
const ASK_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 120;

export type End =
  | { readonly ended: 'completed'; readonly result: RunResult }
  | { readonly ended: 'stopped'; readonly code: string; readonly message: string };

/** Moments that workers must be told of before they start. */
export function momentsOf(faults: readonly Fault[]): Moment[] {
  return faults.flatMap(({ when }, index) =>
    'place' in when ? [{ id: `fault-${index}`, place: when.place, nth: when.nth }] : [],
  );
}

/** What a person types at gate deletion. */
function typedOf({ counts: { users = 0, courses = 0, enrolments = 0 } }: OpenGate): Record<string, number> {
  return { users, courses, enrolments };
}

/** One decision per opening, however often it is sent. */
function decisionFor(decisions: Map<string, Decision>, open: OpenGate): Decision {
  const key = `${open.gate}/${open.opening}`;
  const known = decisions.get(key);
  if (known !== undefined) return known;
  const decision: Decision = {
    decisionId: randomUUID(),
    gate: open.gate,
    opening: open.opening,
    verdict: 'approve',
    hash: open.hash,
    by: 'admin',
    withoutBackup: true,
    beyondUsual: true,
    ...(open.gate === 'deletion' ? { typedCounts: typedOf(open) } : {}),
  };
  decisions.set(key, decision);
  return decision;
}

interface Look {
  readonly closed: boolean;
  readonly text: string;
  /** Codes with which activities that are being tried again have failed. */
  readonly failures: readonly string[];
}

/** Looks at the run and answers what is open. Servers and workers may be away: then nothing is learnt. */
async function lookAndAnswer(
  stand: Stand,
  handle: WorkflowHandle,
  { passage, decisions, twice }: { passage: Passage; decisions: Map<string, Decision>; twice: boolean },
): Promise<Look> {
  const { workflow } = stand.temporal.client;
  const ask = <T>(work: () => Promise<T>): Promise<T> =>
    workflow.withDeadline(Date.now() + ASK_WITHIN_MS, work);
  const described = await ask(() => handle.describe());
  if (described.status.name !== 'RUNNING') return { closed: true, text: described.status.name, failures: [] };
  const run = await ask(() => handle.query(status));
  const { open } = run;
  const ready = open !== null && (await passage.atGate?.(stand, handle, open)) !== false;
  if (open !== null && ready) {
    const decision = decisionFor(decisions, open);
    const send = (): Promise<unknown> => ask(() => handle.executeUpdate(decide, { args: [decision] }));
    if (twice) {
      await ask(() => handle.signal(decisionSent, decision));
      await send();
      await ask(() => handle.signal(decisionSent, decision));
    }
    await send();
  }
  const activities = described.raw.pendingActivities ?? [];
  const pending = activities.map(
    ({ activityType, attempt, lastFailure }) =>
      `${activityType?.name} attempt ${attempt} ${lastFailure?.applicationFailureInfo?.type ?? lastFailure?.message ?? ''}`,
  );
  return {
    closed: false,
    text: `stage ${run.stage}, gate ${run.open?.gate ?? '-'}, pending: ${pending.join(', ')}`,
    failures: activities.flatMap(({ lastFailure }) => lastFailure?.applicationFailureInfo?.type ?? []),
  };
}

/** Faults that need a server one after the other; the others overlap. */
function serverOf(kind: FaultKind): string | null {
  if (kind === 'temporal-killed') return 'temporal';
  return ['database-killed', 'database-full', 'database-clock', 'database-rights', 'locks'].includes(kind)
    ? 'database'
    : null;
}

type Turns = Map<string, Promise<void>>;

async function inTurn(turns: Turns, server: string | null, work: () => Promise<void>): Promise<void> {
  if (server === null) return work();
  const mine = (turns.get(server) ?? Promise.resolve()).then(work);
  turns.set(
    server,
    mine.catch(() => undefined), // told by whoever waits for it
  );
  return mine;
}

/** Lets one fault in when its moment comes, puts the world right after its time. */
async function letIn(
  stand: Stand,
  fault: Fault,
  index: number,
  { seed, over, log, turns }: { seed: string; over: AbortSignal; log: string[]; turns: Turns },
): Promise<void> {
  const began = performance.now();
  const [moment] = momentsOf([fault]).map((one) => ({ ...one, id: `fault-${index}` }));
  const isNow = (): boolean =>
    'place' in fault.when
      ? moment !== undefined && isReached(`${stand.folder}/moments`, moment)
      : performance.now() - began >= fault.when.afterMs;
  while (!isNow()) {
    if (over.aborted) return;
    await pause(5);
  }
  await inTurn(turns, serverOf(fault.kind), async () => {
    log.push(`${fault.kind} at ${Math.round(performance.now() - began)} ms`);
    const heal = await inject(fault.kind, stand, new Random(`${seed}/${index}`));
    if (moment !== undefined) letPass(`${stand.folder}/moments`, moment);
    await pause(fault.forMs);
    await heal();
  });
}

async function readEnd(handle: WorkflowHandle): Promise<End> {
  try {
    return { ended: 'completed', result: (await handle.result()) as RunResult };
  } catch (error) {
    let cause = error instanceof Error ? error.cause : undefined;
    while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
    if (cause instanceof ApplicationFailure)
      return { ended: 'stopped', code: cause.type ?? 'Internal', message: cause.message };
    if (cause instanceof CancelledFailure)
      return { ended: 'stopped', code: 'cancelled', message: cause.message };
    throw error;
  }
}

export interface CarriedOut {
  readonly end: End;
  /** Faults that happened, with their times. */
  readonly log: readonly string[];
  /** Codes with which activities failed, as far as they were seen. */
  readonly met: readonly string[];
}

/**
 * Runs to the end, whatever happens on the way.
 *
 * @throws Error when it takes longer than {@link LONGEST_MS} or a worker ends by itself; the message says where it stood.
 */
export async function carryOut(
  stand: Stand,
  passage: Passage,
  { seed, faults, surroundings: { twice } }: Pick<Scenario, 'seed' | 'faults' | 'surroundings'>,
): Promise<CarriedOut> {
  const log: string[] = [];
  const met = new Set<string>();
  const over = new AbortController();
  const decisions = new Map<string, Decision>();
  const turns: Turns = new Map();
  const until = performance.now() + LONGEST_MS;
  let look: Look = { closed: false, text: 'not looked at', failures: [] };
  const handle = await passage.start(stand);
  const failures: unknown[] = [];
  const happening = faults.map((fault, index) =>
    letIn(stand, fault, index, { seed, over: over.signal, log, turns }).catch(
      (error: unknown) => void failures.push(error),
    ),
  );
  for (let why = ''; !look.closed;) {
    if (failures.length > 0) throw failures[0];
    if (stand.crashes.length > 0) throw new Error(stand.crashes.join('\n'));
    if (performance.now() > until)
      throw new Error(
        `It hangs: not ended after ${LONGEST_MS} ms; ${look.text}; ${log.join(', ')}; last answer: ${why}\n${stand.printed()}`,
      );
    try {
      look = await lookAndAnswer(stand, handle, { passage, decisions, twice });
      for (const code of look.failures) met.add(code);
    } catch (error) {
      // a server or the worker is away, or the gate was closed by the decision that came before
      why =
        error instanceof Error
          ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
          : String(error);
    }
    await pause(LOOK_EVERY_MS);
  }
  over.abort();
  await Promise.all(happening);
  if (failures.length > 0) throw failures[0];
  return { end: await readEnd(handle), log, met: [...met] };
}
