/** Opens gates, takes decisions by update and by signal through one rule, and waits as long as a person needs. */
import { ApplicationFailure, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ErrorCode } from '../data/model/errors.js';
import type { Decision, DecisionOutcome, Gate, OpenGate, Verdict } from '../data/model/gate.js';
import { quick } from './activities-proxy.js';
import { isReadable, judgeDecision, readDecision, type ExtraCondition } from './decide.js';
import { decide, decisionSent } from './messages.js';
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
}

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
  let verdict: Verdict | null = null;

  const judge = (decision: Decision): ReturnType<typeof judgeDecision> =>
    isReadable(decision)
      ? judgeDecision(decision, state.now.open, decided, extra)
      : { kind: 'refuse', code: 'UsageInvalid' };

  const record = (decision: Decision, channel: 'update' | 'signal', outcome: string): Promise<void> =>
    quick.recordDecision({ school, workflowId: workflowInfo().workflowId, decision, channel, outcome });

  const accept = async (decision: Decision, channel: 'update' | 'signal'): Promise<DecisionOutcome> => {
    const { decisionId, gate, opening } = decision;
    const outcome: DecisionOutcome = { decisionId, gate, opening, verdict: decision.verdict };
    decided.push(outcome);
    verdict = decision.verdict;
    state.setOpen(null);
    await record(decision, channel, 'accepted');
    return outcome;
  };

  setHandler(
    decide,
    async (raw) => {
      const decision = readDecision(raw, workflowInfo().runId);
      const judgement = judge(decision);
      if (judgement.kind === 'refuse') throw refusal(judgement.code);
      return judgement.kind === 'repeat' ? judgement.outcome : accept(decision, 'update');
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
      const judgement = judge(decision);
      if (judgement.kind === 'accept') await accept(decision, 'signal');
      if (judgement.kind !== 'refuse') return;
      state.noteRefusal({ code: judgement.code, gate: decision.gate, opening: decision.opening });
      await record(decision, 'signal', judgement.code);
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
      verdict = null;
      state.setOpen({
        gate,
        opening,
        subject: subject.subject,
        hash: opened.hash,
        counts,
        openedAt: opened.openedAt,
      });
      await condition(() => verdict !== null || interrupted());
      extra = undefined;
      if (verdict === null) state.setOpen(null);
      return verdict;
    },
  };
}
