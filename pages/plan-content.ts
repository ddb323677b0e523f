/** What the page of a plan shows. */
import type { Comparison } from '../data/model/comparison.js';
import type { Season } from '../data/model/guard.js';
import type { PlanCounts, PlanPurpose } from '../data/model/plan.js';
import type { Bounded, Cause, Command, Frame, GuardLine, Item, Views } from './content.js';

/** An account or course that may be the person or class, or a class whose code is used again. */
export interface Question extends Item {
  /** What speaks for it. */
  readonly evidence: string;
  /** What both sides say, to compare; absent where only one side is asked about. */
  readonly sides?: readonly { readonly label: string; readonly value: string }[];
}

export interface PlanContent {
  readonly frame: Frame;
  readonly planId: number;
  readonly purpose: PlanPurpose;
  readonly counts: PlanCounts;
  readonly satisfied: number;
  /** How many changes, and how many of them are not done yet. */
  readonly changes: number;
  readonly pending: number;
  readonly guards: readonly GuardLine[];
  readonly season: Season;
  readonly comparison: Comparison | null;
  readonly proposals: Bounded<Question>;
  readonly reused: Bounded<Question>;
  readonly answerQuestions: Command;
  readonly causes: readonly Cause[];
  readonly kept: Bounded<Item>;
  readonly views: Views;
}
