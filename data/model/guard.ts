/** Guards: how much a plan may do before a person must look twice. Types and numbers only. */
import type { RunKind } from './run.js';

/** What is counted, each against its own total. */
export const guardedTypes = ['user', 'course', 'enrolment'] as const;
export type GuardedType = (typeof guardedTypes)[number];

/** create: new rows. change: rows that are ours become different (update, link, archive). */
export const guardedKinds = ['create', 'change'] as const;
export type GuardedKind = (typeof guardedKinds)[number];

/** rollover: everything turns over. term: little should. */
export type Season = 'rollover' | 'term';

/** The season that a run belongs to. */
export function seasonOf(kind: RunKind): Season {
  return kind === 'rollover' ? 'rollover' : 'term';
}

/** One comparison of a plan's number with what is usual. */
export interface ThresholdVerdict {
  readonly type: GuardedType;
  readonly kind: GuardedKind;
  /** Changes of the plan. */
  readonly count: number;
  /** What is ours in Moodle before the plan. */
  readonly total: number;
  /** Percent of the total that is usual; null: any number is. */
  readonly percent: number | null;
  readonly exceeded: boolean;
}
