/** Gates: where a person decides. Types only; safe to import from workflow code. */

export const gates = [
  'backups',
  'knowledgenet',
  'data',
  'plan',
  'tidy',
  'removals',
  'deletion',
  'undo',
] as const;
export type Gate = (typeof gates)[number];

export type Verdict = 'approve' | 'reject';

/** A person's decision, as it travels: ids, hashes and codes only. */
export interface Decision {
  /** Chosen by the sender; the same id means the same decision. */
  readonly decisionId: string;
  readonly gate: Gate;
  /** Which opening of the gate was looked at; openings are counted per gate from 1. */
  readonly opening: number;
  readonly verdict: Verdict;
  /** Hash of what was looked at: the plan's, the snapshot's or the checklist's. */
  readonly hash: string;
  /** Account id of who decides; never a name. */
  readonly by: string;
  /** Id of the comment in the journal, if there is one. */
  readonly commentId?: number;
  /** At gate plan: go on although there is no fresh dump of Moodle's database. */
  readonly withoutBackup?: boolean;
  /** The plan does more than is usual, and that is meant. */
  readonly beyondUsual?: boolean;
  /** At gate deletion: how many of each go, typed by hand; compared with what the gate lists. */
  readonly typedCounts?: Readonly<Record<string, number>>;
}

/** How the journal says that a decision counted: without a fresh dump, and beyond what is usual. */
export const acceptedOutcomes = [
  'accepted',
  'accepted-no-backup',
  'accepted-beyond-usual',
  'accepted-beyond-no-backup',
] as const;
export type AcceptedOutcome = (typeof acceptedOutcomes)[number];

/** Whether a recorded outcome says that the decision counted. */
export function isAccepted(outcome: string): outcome is AcceptedOutcome {
  return (acceptedOutcomes as readonly string[]).includes(outcome);
}

/** A gate that waits. */
export interface OpenGate {
  readonly gate: Gate;
  readonly opening: number;
  /** What is decided about: a plan id, a snapshot id, a list of deletions, or the run itself. */
  readonly subject: { readonly kind: 'plan' | 'snapshot' | 'deletion' | 'checklist'; readonly id: number };
  readonly hash: string;
  /** Numbers shown with it. */
  readonly counts: Readonly<Record<string, number>>;
  /** ISO time. */
  readonly openedAt: string;
}

/** What became of a decision. */
export interface DecisionOutcome {
  readonly decisionId: string;
  readonly gate: Gate;
  readonly opening: number;
  readonly verdict: Verdict;
  /** It counts as the first of two: another account must approve the same. */
  readonly awaits?: 'second-person';
}

/** How the journal says that an approval is the first of two. */
export const FIRST_OF_TWO = 'first-of-two';
