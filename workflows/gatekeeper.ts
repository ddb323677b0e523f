/** Opens gates, takes decisions by update and by signal through one rule, and waits as long as a person needs. */
import {
  ApplicationFailure,
  condition,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { failureCode } from './failure-code.js';
import type { ErrorCode } from '../data/model/errors.js';
import {
  FIRST_OF_TWO,
  type AcceptedOutcome,
  type Decision,
  type DecisionOutcome,
  type Gate,
  type OpenGate,
  type Verdict,
} from '../data/model/gate.js';
import { quick } from './activities-proxy.js';
import {
  isReadable,
  judgeApproval,
  judgeDecision,
  readDecision,
  type ExtraCondition,
  type Judgement,
} from './decide.js';
import { decide, decisionSent } from './messages.js';
import { announce } from './notices.js';
import type { RunState } from './run-state.js';

/** What a gate shows. */
export interface GateSubject {
  readonly gate: Gate;
  readonly subject: OpenGate['subject'];
  /** Hash of a plan or snapshot; absent: of the checklist, computed when the gate is opened. */
  readonly hash?: string;
  readonly counts?: Readonly<Record<string, number>>;
  /** More conditions on an approval. */
  readonly extra?: ExtraCondition;
  /** A condition that has to be looked up when somebody decides. */
  readonly objection?: Objection;
  /** How many accounts must approve. Absent: one. */
  readonly approvals?: number;
  /** Told of the decision that settles it. */
  readonly taken?: (decision: Decision) => void;
}

/** Why a decision is refused although it names what is open; null: it is not. */
export type Objection = (decision: Decision) => Promise<ErrorCode | null>;

/** Somebody who has been told and has not decided is told again after this time. */
const REMIND_AFTER = '1 day';

type Channel = 'update' | 'signal';

/** A judgement that has been acted upon. */
type Ruling =
  | Exclude<Judgement, { readonly kind: 'accept' }>
  | { readonly kind: 'accept'; readonly outcome: DecisionOutcome };

const noObjection: Objection = async () => null;

export interface Gatekeeper {
  /** Opens the gate and waits for a decision, or until `interrupted` says that it must be opened anew (returns null). */
  ask(subject: GateSubject, interrupted?: () => boolean): Promise<Verdict | null>;
}

function refusal(code: ErrorCode): ApplicationFailure {
  return ApplicationFailure.nonRetryable('The decision was refused.', code);
}

/** Registers the handlers; call it before the first await of the workflow. */
export function createGatekeeper(school: string, state: RunState): Gatekeeper {
  const openings = new Map<Gate, number>();
  const decided: DecisionOutcome[] = [];
  let extra: ExtraCondition | undefined;
  let objection = noObjection;
  let verdict: Verdict | null = null;
  let needed = 1;
  let tell: (decision: Decision) => void = () => undefined;
  const given: DecisionOutcome[] = [];
  const by: string[] = [];

  const judge = (decision: Decision, channel: Channel): Judgement => {
    if (!isReadable(decision)) return { kind: 'refuse', code: 'UsageInvalid' };
    const judgement = judgeDecision(decision, state.now.open, decided, extra);
    return judgement.kind === 'accept' ? judgeApproval(decision, channel, { needed, given, by }) : judgement;
  };

  const record = (decision: Decision, channel: Channel, outcome: string): Promise<void> =>
    quick.recordDecision({ school, workflowId: workflowInfo().workflowId, decision, channel, outcome });

  /** The first of two approvals: the gate stays open for the other account. */
  const keepFirst = (decision: Decision, outcome: DecisionOutcome): DecisionOutcome => {
    const first: DecisionOutcome = { ...outcome, awaits: 'second-person' };
    given.push(first);
    by.push(decision.by);
    const { open } = state.now;
    if (open !== null)
      state.setOpen({
        ...open,
        counts: { ...open.counts, 'approvals.given': by.length, 'approvals.needed': needed },
      });
    return first;
  };

  /** From here on the decision counts. */
  const take = (decision: Decision): DecisionOutcome => {
    const { decisionId, gate, opening } = decision;
    const outcome: DecisionOutcome = { decisionId, gate, opening, verdict: decision.verdict };
    if (decision.verdict === 'approve' && by.length + 1 < needed) return keepFirst(decision, outcome);
    tell(decision);
    decided.push(outcome);
    verdict = decision.verdict;
    state.setOpen(null);
    return outcome;
  };

  /** An objection that cannot be looked up is one. */
  const object = async (decision: Decision): Promise<ErrorCode | null> => {
    try {
      return await objection(decision);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return failureCode(error) ?? 'Internal';
    }
  };

  /** Judging and taking are one step, so that of two decisions that come together only one counts. */
  const judgeAndTake = async (decision: Decision, channel: Channel): Promise<Ruling> => {
    const first = judge(decision, channel);
    if (first.kind !== 'accept') return first;
    const code = await object(decision);
    // somebody else may have decided meanwhile
    const judgement: Judgement = code === null ? judge(decision, channel) : { kind: 'refuse', code };
    return judgement.kind === 'accept' ? { kind: 'accept', outcome: take(decision) } : judgement;
  };

  const accepted = ({ withoutBackup, beyondUsual }: Decision): AcceptedOutcome => {
    if (beyondUsual === true)
      return withoutBackup === true ? 'accepted-beyond-no-backup' : 'accepted-beyond-usual';
    return withoutBackup === true ? 'accepted-no-backup' : 'accepted';
  };

  const wordFor = ({ awaits }: DecisionOutcome, decision: Decision): string =>
    awaits === undefined ? accepted(decision) : FIRST_OF_TWO;

  setHandler(
    decide,
    async (raw) => {
      const decision = readDecision(raw, workflowInfo().runId);
      const ruling = await judgeAndTake(decision, 'update');
      if (ruling.kind === 'refuse') throw refusal(ruling.code);
      if (ruling.kind === 'accept') await record(decision, 'update', wordFor(ruling.outcome, decision));
      return ruling.outcome;
    },
    {
      description: 'Approve or reject what waits at a gate',
      validator: (raw) => {
        const judgement = judge(readDecision(raw, workflowInfo().runId), 'update');
        if (judgement.kind === 'refuse') throw refusal(judgement.code);
      },
    },
  );

  setHandler(
    decisionSent,
    async (raw) => {
      const decision = readDecision(raw, workflowInfo().runId);
      const ruling = await judgeAndTake(decision, 'signal');
      if (ruling.kind === 'accept') await record(decision, 'signal', wordFor(ruling.outcome, decision));
      if (ruling.kind !== 'refuse') return;
      state.noteRefusal({ code: ruling.code, gate: decision.gate, opening: decision.opening });
      await record(decision, 'signal', ruling.code);
    },
    { description: 'Approve or reject by signal: {"gate","opening","verdict","hash","by"}' },
  );

  return {
    async ask(subject, interrupted = () => false) {
      const opening = (openings.get(subject.gate) ?? 0) + 1;
      openings.set(subject.gate, opening);
      const runId = state.now.runId ?? 0;
      const { gate, counts = {} } = subject;
      const opened = await quick.openGate({
        school,
        runId,
        gate,
        opening,
        subject: subject.subject,
        hash: subject.hash ?? null,
        counts,
      });
      extra = subject.extra;
      objection = subject.objection ?? noObjection;
      needed = subject.approvals ?? 1;
      tell = subject.taken ?? (() => undefined);
      given.length = 0;
      by.length = 0;
      verdict = null;
      state.setOpen({
        gate,
        opening,
        subject: subject.subject,
        hash: opened.hash,
        counts,
        openedAt: opened.openedAt,
      });
      const answered = (): boolean => verdict !== null || interrupted();
      const notice = { gate, opening, counts, openedAt: opened.openedAt };
      void announce(state, { event: 'gate-opened', ...notice });
      for (let reminder = 1; !(await condition(answered, REMIND_AFTER)); reminder++)
        void announce(state, { event: 'gate-waiting', ...notice, reminder });
      extra = undefined;
      objection = noObjection;
      if (verdict === null) state.setOpen(null);
      return verdict;
    },
  };
}
