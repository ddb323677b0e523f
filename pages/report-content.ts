/** What the page of a run's report shows. */
import type { YearLevelCounts } from '../data/model/comparison.js';
import type { PlanPurpose } from '../data/model/plan.js';
import type { Bar, Bounded, Cause, Command, Frame, Item, Views } from './content.js';
import type { GradeProof } from './parts/grade-safety.js';
import type { RunChanges } from './parts/over-time.js';

/** A decision, or the refusal of one. */
export interface Decided {
  readonly at: string;
  readonly gate: string;
  readonly verdict: string;
  readonly by: string;
  readonly hash: string;
  readonly comment: string;
}

/** What somebody wrote beside the run. */
export interface Remark {
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** Changes of one kind that ended alike. */
export interface Outcome {
  readonly label: string;
  readonly state: string;
  readonly tone: Bar['tone'];
  readonly count: number;
}

/** A plan of the run. */
export interface PlanOfRun {
  readonly planId: number;
  readonly hash: string;
  readonly snapshotId: number;
  readonly sentence: string;
}

/** What of a run can still be taken back. */
export interface UndoState {
  readonly left: number;
  readonly takenBack: number;
  /** A day; null: it cannot be taken back any more. */
  readonly until: string | null;
  readonly command: Command;
}

export interface ReportContent {
  readonly frame: Frame;
  readonly title: string;
  /** How it ended, in words; null while it goes on. */
  readonly outcome: string | null;
  readonly tone: Bar['tone'];
  readonly started: string;
  readonly startedBy: string;
  readonly ended: string | null;
  readonly plans: readonly PlanOfRun[];
  readonly outcomes: readonly Outcome[];
  readonly done: {
    readonly applied: number;
    readonly conflict: number;
    readonly satisfied: number;
    readonly pending: number;
  };
  /** null: Moodle was not read again. */
  readonly verified: boolean | null;
  readonly remaining: number;
  /** Null: there is no report yet. */
  readonly visible: {
    readonly sentence: string;
    readonly late: readonly string[];
    readonly cure: Command | null;
  } | null;
  readonly conflicts: readonly Cause[];
  readonly causes: readonly Cause[];
  /** Of the plan that is shown from three sides. */
  readonly purpose: PlanPurpose;
  readonly kept: Bounded<Item>;
  /** Of the plan whose list of what stays is shown. */
  readonly keptBy: PlanPurpose;
  readonly decisions: readonly Decided[];
  readonly comments: readonly Remark[];
  /** This run and those before it, oldest first. */
  readonly overTime: readonly RunChanges[];
  /** Of the reading; null: it is not kept, or says nothing about them. */
  readonly yearLevels: readonly YearLevelCounts[] | null;
  readonly grades: GradeProof;
  readonly withdrawn: Bounded<Item>;
  readonly deleted: Bounded<Item>;
  readonly undo: UndoState;
  /** Of the plan that was carried out; null: none was. */
  readonly views: Views | null;
}
