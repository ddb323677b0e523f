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
import type {
  AcceptedOutcome,
  Decision,
  DecisionOutcome,
  Gate,
  OpenGate,
  Verdict,
} from '../data/model/gate.js';
import { quick } from './activities-proxy.js';
import { isReadable, judgeDecision, readDecision, type ExtraCondition, type Judgement } from './decide.js';
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
}

/** Why a decision is refused although it names what is open; null: it is not. */
export type Objection = (decision: Decision) => Promise<ErrorCode | null>;

/** Somebody who has been told and has not decided is told again after this time. */
const REMIND_AFTER = '1 day';

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

  const judge = (decision: Decision): Judgement =>
    isReadable(decision)
      ? judgeDecision(decision, state.now.open, decided, extra)
      : { kind: 'refuse', code: 'UsageInvalid' };

  const record = (decision: Decision, channel: 'update' | 'signal', outcome: string): Promise<void> =>
    quick.recordDecision({ school, workflowId: workflowInfo().workflowId, decision, channel, outcome });

  /** From here on the decision counts. */
  const take = (decision: Decision): DecisionOutcome => {
    const { decisionId, gate, opening } = decision;
    const outcome: DecisionOutcome = { decisionId, gate, opening, verdict: decision.verdict };
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
  const judgeAndTake = async (decision: Decision): Promise<Ruling> => {
    const first = judge(decision);
    if (first.kind !== 'accept') return first;
    const code = await object(decision);
    // somebody else may have decided meanwhile
    const judgement: Judgement = code === null ? judge(decision) : { kind: 'refuse', code };
    return judgement.kind === 'accept' ? { kind: 'accept', outcome: take(decision) } : judgement;
  };

  const accepted = ({ withoutBackup, beyondUsual }: Decision): AcceptedOutcome => {
    if (beyondUsual === true)
      return withoutBackup === true ? 'accepted-beyond-no-backup' : 'accepted-beyond-usual';
    return withoutBackup === true ? 'accepted-no-backup' : 'accepted';
  };

  setHandler(
    decide,
    async (raw) => {
      const decision = readDecision(raw, workflowInfo().runId);
      const ruling = await judgeAndTake(decision);
      if (ruling.kind === 'refuse') throw refusal(ruling.code);
      if (ruling.kind === 'accept') await record(decision, 'update', accepted(decision));
      return ruling.outcome;
    },
    {
      description: 'Approve or reject what waits at a gate',
      validator: (raw) => {
        const judgement = judge(readDecision(raw, workflowInfo().runId));
        if (judgement.kind === 'refuse') throw refusal(judgement.code);
      },
    },
  );

  setHandler(
    decisionSent,
    async (raw) => {
      const decision = readDecision(raw, workflowInfo().runId);
      const ruling = await judgeAndTake(decision);
      if (ruling.kind === 'accept') await record(decision, 'signal', accepted(decision));
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
