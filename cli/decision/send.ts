/** Sending a decision and writing down what became of it. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { selectNewestBackup } from '../../data/journal/backups.js';
import { insertComment, insertDecision, selectDecisions } from '../../data/journal/runs.js';
import { RolloverError, type ErrorCode } from '../../data/model/errors.js';
import { isAccepted, type Decision, type DecisionOutcome, type Verdict } from '../../data/model/gate.js';
import { decide } from '../../workflows/messages.js';
import { castError } from '../failure.js';
import type { FoundRun } from '../runs/find.js';
import { decisionsWithin } from './within.js';
import type { Session } from '../session.js';
import { toDecision, type About, type Consent, type Decided, type Resolved } from './resolve.js';

/** accepted: it counts now. repeated: it counted before. first: of two, the other account must approve the same. */
export type Result = 'accepted' | 'repeated' | 'first';

const ANSWER_WITHIN_MS = 60_000;

/** Codes with which a run refuses a decision. */
const refusals: Readonly<Partial<Record<ErrorCode, string>>> = {
  GateNotOpen: 'This gate does not wait for a decision.',
  StaleDecision: 'Something else waits now than what this decision is about.',
  AlreadyDecided: 'This gate was decided the other way before.',
  NoReading: 'No workbook has been uploaded for this rollover.',
  BackupMissing:
    "No dump of Moodle's database is younger than 24 hours, and what waits is deleted for good or has more than 100 changes.",
  CountsDiffer: 'The numbers that were typed are not those of the list.',
  SecondPersonMissing: 'Two accounts must approve, each once; signals do not count.',
  GuardExceeded: 'The plan is more than usual: an approval must say that this is meant.',
  BlockingFindings: 'Findings stop the run: the data cannot be approved.',
  UsageInvalid: 'The decision could not be read.',
};

/** Decisions of the run that counted. */
export async function selectDecided(session: Session, { workflowId, run }: FoundRun): Promise<Decided[]> {
  if (run === null) return [];
  const decisions = await selectDecisions(await session.journal(), workflowId);
  return decisionsWithin(run, decisions).filter(({ outcome }) => isAccepted(outcome));
}

async function recordRefusal(
  session: Session,
  workflowId: string,
  decision: Decision,
  code: ErrorCode,
): Promise<void> {
  const { by, commentId, decisionId, gate, opening, verdict, hash } = decision;
  await insertDecision(await session.journal(), {
    decisionId,
    gate,
    opening,
    verdict,
    hash,
    workflowId,
    account: by,
    channel: 'update',
    outcome: code,
    commentId: commentId ?? null,
  });
}

/** A refused update keeps its answer; after a new dump the same decision is another question. */
async function updateIdOf(session: Session, { decisionId, gate }: Decision): Promise<string> {
  if (gate !== 'plan' && gate !== 'deletion') return decisionId;
  const newest = await selectNewestBackup(await session.journal());
  return `${decisionId}/${newest?.id ?? 0}`;
}

/** Sends it; the run ended meanwhile counts as a gate that is not open. */
async function send(session: Session, found: FoundRun, decision: Decision): Promise<DecisionOutcome> {
  const { connection } = await session.temporal();
  const updateId = await updateIdOf(session, decision);
  try {
    return await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      found.handle.executeUpdate(decide, { updateId, args: [decision] }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new RolloverError('GateNotOpen', 'The run has ended.', {}, { cause: error });
    throw error;
  }
}

function explain(error: unknown): RolloverError {
  const known = castError(error);
  const message = refusals[known.code];
  return message === undefined ? known : new RolloverError(known.code, message, {}, { cause: error });
}

async function keepComment(session: Session, comment: string | undefined): Promise<number | null> {
  if (comment === undefined || comment.trim() === '') return null;
  return insertComment(await session.journal(), session.account, comment.trim());
}

/**
 * Carries a resolved wish to the run. A refusal is written to the journal before it is thrown.
 *
 * @throws RolloverError GateNotOpen, StaleDecision, AlreadyDecided, NoReading, BlockingFindings, BackupMissing,
 *   GuardExceeded, WorkerUnavailable
 */
export async function carryOut(
  session: Session,
  found: FoundRun,
  resolved: Resolved,
  verdict: Verdict,
  { comment, ...consent }: Consent & { readonly comment?: string } = {},
): Promise<Result> {
  const commentId = await keepComment(session, comment);
  const decisionFor = (about: About): Decision =>
    toDecision(found.execution?.runId ?? '', about, verdict, session.account, commentId, consent);
  const refuse = async (error: unknown, about: About | null): Promise<never> => {
    const known = explain(error);
    if (about !== null && refusals[known.code] !== undefined)
      await recordRefusal(session, found.workflowId, decisionFor(about), known.code);
    throw known;
  };
  if (resolved.kind === 'refuse')
    return refuse(new RolloverError(resolved.code, 'The decision was refused.'), resolved.about);
  if (resolved.kind === 'decided') {
    if (resolved.before === verdict) return 'repeated';
    return refuse(new RolloverError('AlreadyDecided', 'The decision was refused.'), resolved.about);
  }
  try {
    const { awaits } = await send(session, found, decisionFor(resolved.about));
    return awaits === undefined ? 'accepted' : 'first';
  } catch (error) {
    return refuse(error, resolved.about);
  }
}
