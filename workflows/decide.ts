/** The rule of decisions, pure: what becomes of a decision given what is open and what was decided. */
import {
  gates,
  type Decision,
  type DecisionOutcome,
  type Gate,
  type OpenGate,
  type Verdict,
} from '../data/model/gate.js';
import type { ErrorCode } from '../data/model/errors.js';

/** accept: it counts now. repeat: it counted before. refuse: it never counts. */
export type Judgement =
  | { readonly kind: 'accept' }
  | { readonly kind: 'repeat'; readonly outcome: DecisionOutcome }
  | { readonly kind: 'refuse'; readonly code: ErrorCode };

/** More conditions of one gate on an approval, e.g. no blocking findings. */
export type ExtraCondition = (decision: Decision) => ErrorCode | null;

function sameDecision(decision: Decision, outcome: DecisionOutcome): boolean {
  return (
    decision.gate === outcome.gate &&
    decision.opening === outcome.opening &&
    decision.verdict === outcome.verdict
  );
}

/**
 * Judges a decision (ARCHITECTURE.md, "Gates and decisions"): the same one twice returns the first outcome, a
 * different one for an opening that was decided is AlreadyDecided; one for a gate that is not open is refused and
 * never kept for later; one that looked at something else is stale.
 */
export function judgeDecision(
  decision: Decision,
  open: OpenGate | null,
  decided: readonly DecisionOutcome[],
  extra: ExtraCondition = () => null,
): Judgement {
  const before = decided.find(
    (outcome) => outcome.gate === decision.gate && outcome.opening === decision.opening,
  );
  if (before !== undefined)
    return sameDecision(decision, before)
      ? { kind: 'repeat', outcome: before }
      : { kind: 'refuse', code: 'AlreadyDecided' };
  if (open === null || open.gate !== decision.gate) return { kind: 'refuse', code: 'GateNotOpen' };
  if (open.opening !== decision.opening || open.hash !== decision.hash)
    return { kind: 'refuse', code: 'StaleDecision' };
  const objection = decision.verdict === 'approve' ? extra(decision) : null;
  return objection === null ? { kind: 'accept' } : { kind: 'refuse', code: objection };
}

/** Approvals at one opening that needs more than one. */
export interface Approvals {
  readonly needed: number;
  readonly given: readonly DecisionOutcome[];
  /** Accounts that have approved. */
  readonly by: readonly string[];
}

/**
 * Judges an approval where two people must approve: each account once. By signal anybody can write any account, so a
 * signal counts as neither.
 */
export function judgeApproval(
  decision: Decision,
  channel: 'update' | 'signal',
  { needed, given, by }: Approvals,
): Judgement {
  if (needed < 2 || decision.verdict !== 'approve') return { kind: 'accept' };
  const before = given.find(({ decisionId }) => decisionId === decision.decisionId);
  if (before !== undefined) return { kind: 'repeat', outcome: before };
  return channel === 'signal' || by.includes(decision.by)
    ? { kind: 'refuse', code: 'SecondPersonMissing' }
    : { kind: 'accept' };
}

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value.slice(0, 128) : fallback;
}

/** Numbers that somebody typed; anything else counts as nothing typed. */
function readTyped(raw: unknown): Pick<Decision, 'typedCounts'> {
  if (typeof raw !== 'object' || raw === null) return {};
  const entries = Object.entries(raw).filter(([, value]) => Number.isSafeInteger(value)) as [
    string,
    number,
  ][];
  return { typedCounts: Object.fromEntries(entries.slice(0, 20)) };
}

/**
 * Reads a decision that anybody may have typed into Temporal UI. Unusable parts become values that no gate accepts;
 * without an id of its own the decision is identified by what it says, in this execution of the workflow.
 */
export function readDecision(raw: unknown, execution = ''): Decision {
  const fields = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const gate = gates.find((name) => name === fields['gate']) ?? ('unknown' as Gate);
  const opening = Number.isInteger(fields['opening']) ? (fields['opening'] as number) : 0;
  const verdict =
    fields['verdict'] === 'approve' || fields['verdict'] === 'reject'
      ? fields['verdict']
      : ('unknown' as Verdict);
  return {
    gate,
    opening,
    verdict,
    hash: text(fields['hash'], ''),
    by: text(fields['by'], 'unknown'),
    decisionId: text(fields['decisionId'], `${execution.slice(0, 8)}:${gate}:${opening}:${verdict}`).slice(
      0,
      64,
    ),
    ...(fields['withoutBackup'] === true ? { withoutBackup: true } : {}),
    ...(fields['beyondUsual'] === true ? { beyondUsual: true } : {}),
    ...readTyped(fields['typedCounts']),
    ...(Number.isInteger(fields['commentId']) ? { commentId: fields['commentId'] as number } : {}),
  };
}

/** Whether every part of the decision can mean something. */
export function isReadable(decision: Decision): boolean {
  return (
    gates.includes(decision.gate) &&
    decision.opening > 0 &&
    (decision.verdict === 'approve' || decision.verdict === 'reject')
  );
}
