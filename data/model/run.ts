/** The run as workflows and people see it: stages in the guide's order. Types and constants only. */
import type { OpenGate } from './gate.js';
import type { LateReason } from './notice.js';
import type { PlanPurpose } from './plan.js';

/** Stages of a rollover, in order (docs/administrator.md). */
export const rolloverStages = [
  'freeze',
  'backups',
  'knowledgenet',
  'data',
  'safe-settings',
  'plan',
  'apply',
  'verify',
  'tidy',
  'removals',
  'grace',
  'deletion',
  'report',
] as const;
export type Stage = (typeof rolloverStages)[number];

/** The guide's number of a stage; planning, applying and verifying are its sixth. */
export const stageNumbers: Readonly<Record<Stage, number>> = {
  freeze: 1,
  backups: 2,
  knowledgenet: 3,
  data: 4,
  'safe-settings': 5,
  plan: 6,
  apply: 6,
  verify: 6,
  tidy: 7,
  removals: 8,
  grace: 8,
  deletion: 8,
  report: 9,
};

/** Stages that a sync goes through. */
export const syncStages = [
  'freeze',
  'data',
  'plan',
  'apply',
  'verify',
  'removals',
  'report',
] as const satisfies readonly Stage[];

/** Stages of taking a run back. */
export const undoStages = ['freeze', 'plan', 'apply', 'verify', 'report'] as const satisfies readonly Stage[];

/** What a run is. */
export type RunKind = 'rollover' | 'sync' | 'undo';

/** How a run ended. */
export type RunOutcome =
  | 'completed'
  | 'cancelled'
  | 'rejected'
  | 'failed'
  | 'nothing-to-do'
  | 'skipped-held'
  | 'stopped-by-findings';

/** What `status` answers. Ids, hashes, codes and counts only. */
export interface RunStatus {
  readonly kind: RunKind;
  readonly school: string;
  readonly year: number | null;
  readonly runId: number | null;
  readonly stage: Stage;
  readonly open: OpenGate | null;
  readonly paused: boolean;
  readonly uploadId: number | null;
  readonly snapshotId: number | null;
  readonly planId: number | null;
  /** The plan after which Moodle was last told to renew its lists. */
  readonly shownPlanId: number | null;
  /** ISO time until which nothing is deleted for good; absent or null: no grace period runs. */
  readonly graceUntil?: string | null;
  /**
   * Set while something approved waits for the school's holidays; `until` is an ISO time, or null where the calendar
   * does not say. Absent or null: nothing waits for them.
   */
  readonly awaitsHolidays?: { readonly until: string | null } | null;
  /** Set while changes are applied. */
  readonly applying: { readonly workflowId: string; readonly planId: number } | null;
  /** The last refused decisions, newest first: code, gate and opening. */
  readonly refused: readonly { readonly code: string; readonly gate: string; readonly opening: number }[];
  readonly outcome: RunOutcome | null;
}

/** What Moodle's people see after the last commit (docs/administrator.md: category lists are cached). */
export type Visibility = 'visible' | 'not-yet-visible';

/**
 * What became of what KN no longer has. not-planned: the run did not come to it. not-allowed: the settings allowed
 * nothing of what there was. left-out: a person did not approve it.
 */
export const removalEnds = ['not-planned', 'nothing', 'not-allowed', 'applied', 'left-out'] as const;
export type RemovalEnd = (typeof removalEnds)[number];

/** The end of a run, kept in the journal. Counts only. */
export interface RunReport {
  readonly outcome: RunOutcome;
  readonly plans: readonly {
    readonly planId: number;
    readonly hash: string;
    readonly snapshotId: number;
    readonly outcomes: readonly {
      readonly what: string;
      readonly state: string;
      readonly reason: string | null;
      readonly count: number;
    }[];
    readonly notices: Readonly<Record<string, number>>;
    readonly kept: number;
    readonly satisfied: number;
    /** Absent in reports of earlier versions: apply. */
    readonly purpose?: PlanPurpose;
  }[];
  readonly verified: boolean | null;
  /** What is left over after verifying: changes a second plan would still make. */
  readonly remaining: number;
  readonly visibility: Visibility;
  /** Why it is not yet visible; absent in reports of earlier versions. */
  readonly late?: LateReason;
  /** Reports of earlier versions have a sentence, which is shown as it is. */
  readonly removals: RemovalEnd;
}
