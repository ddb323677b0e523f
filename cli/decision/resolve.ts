/** From what a person typed and what waits to the decision that is sent. Pure. */
import { createHash } from 'node:crypto';
import { gates, type Decision, type Gate, type OpenGate, type Verdict } from '../../data/model/gate.js';
import { RolloverError, type ErrorCode } from '../../data/model/errors.js';

/** Shortest part of a hash that names what was looked at. */
export const SHORTEST_HASH = 8;

/** What was typed. */
export interface Wish {
  readonly verdict: Verdict;
  readonly gate: Gate | null;
  /** Lower case hex, at least 8 digits; null when a person looks at the terminal instead. */
  readonly hash: string | null;
  readonly opening: number | null;
}

/** A decision of this run that was accepted before. */
export interface Decided {
  readonly gate: Gate;
  readonly opening: number;
  readonly verdict: Verdict;
  readonly hash: string;
}

/** What a decision is about, completed; or why it cannot be one. */
export type Resolved =
  | { readonly kind: 'open'; readonly about: About }
  /** This opening was decided before; the run says whether it was the same. */
  | { readonly kind: 'decided'; readonly about: About; readonly before: Verdict }
  /** `about` is null when not even a gate was named. */
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly about: About | null };

export interface About {
  readonly gate: Gate;
  readonly opening: number;
  readonly hash: string;
}

/** @throws RolloverError UsageInvalid */
export function parseGate(text: string | undefined): Gate | null {
  if (text === undefined) return null;
  const gate = gates.find((name) => name === text);
  if (gate === undefined)
    throw new RolloverError('UsageInvalid', `There is no such gate; the gates are ${gates.join(', ')}.`);
  return gate;
}

/** @throws RolloverError UsageInvalid */
export function parseHash(text: string | undefined): string | null {
  if (text === undefined) return null;
  const hash = text.toLowerCase();
  if (!/^[0-9a-f]+$/.test(hash) || hash.length < SHORTEST_HASH || hash.length > 64)
    throw new RolloverError(
      'UsageInvalid',
      `A hash is given as its first ${SHORTEST_HASH} to 64 hex digits; \`rollover status\` prints it.`,
    );
  return hash;
}

/** @throws RolloverError UsageInvalid */
export function parseOpening(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new RolloverError('UsageInvalid', 'An opening is a number from 1.');
  return Number(text);
}

function names(wish: Wish, about: About): boolean {
  return (
    (wish.gate === null || wish.gate === about.gate) &&
    (wish.opening === null || wish.opening === about.opening) &&
    (wish.hash === null || about.hash.startsWith(wish.hash))
  );
}

/**
 * What the wish is about: the open gate if it names it, else a gate of this run that was decided under that very
 * hash, else nothing (GateNotOpen, or StaleDecision when the gate is open for something else). A wish without a hash
 * never means anything but the open gate: pressing approve twice must not approve the next gate.
 */
export function resolveWish(wish: Wish, open: OpenGate | null, decided: readonly Decided[]): Resolved {
  const { gate, hash } = wish;
  if (open !== null && names(wish, open))
    return { kind: 'open', about: { gate: open.gate, opening: open.opening, hash: open.hash } };
  const before = hash === null ? undefined : decided.filter((one) => names(wish, one)).at(-1);
  if (before !== undefined)
    return {
      kind: 'decided',
      about: { gate: before.gate, opening: before.opening, hash: before.hash },
      before: before.verdict,
    };
  const meant = gate ?? open?.gate ?? null;
  return {
    kind: 'refuse',
    code: open !== null && meant === open.gate ? 'StaleDecision' : 'GateNotOpen',
    about: meant === null ? null : { gate: meant, opening: wish.opening ?? 0, hash: hash ?? '' },
  };
}

/** What else an approval says, knowing it. */
export type Consent = Pick<Decision, 'withoutBackup' | 'beyondUsual' | 'typedCounts'>;

/** The parts of a consent that say anything. */
function consentParts({ withoutBackup, beyondUsual, typedCounts }: Consent): string[] {
  return [
    ...(withoutBackup === true ? ['no-backup'] : []),
    ...(beyondUsual === true ? ['beyond-usual'] : []),
    ...(typedCounts === undefined ? [] : [JSON.stringify(Object.entries(typedCounts).sort())]),
  ];
}

/** The same person, verdict and opening of one execution: the same decision, however often it is sent. */
export function decisionIdOf(
  workflowRunId: string,
  about: About,
  verdict: Verdict,
  account: string,
  consent: Consent = {},
): string {
  const parts = [workflowRunId, about.gate, about.opening, verdict, account, ...consentParts(consent)];
  return createHash('sha256').update(parts.join('/')).digest('hex');
}

/** The decision as it travels. */
export function toDecision(
  workflowRunId: string,
  about: About,
  verdict: Verdict,
  account: string,
  commentId: number | null,
  consent: Consent = {},
): Decision {
  const { withoutBackup, beyondUsual, typedCounts } = consent;
  return {
    ...about,
    verdict,
    decisionId: decisionIdOf(workflowRunId, about, verdict, account, consent),
    by: account,
    ...(commentId === null ? {} : { commentId }),
    ...(withoutBackup === true ? { withoutBackup } : {}),
    ...(beyondUsual === true ? { beyondUsual } : {}),
    ...(typedCounts === undefined ? {} : { typedCounts }),
  };
}
