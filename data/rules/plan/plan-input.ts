/** Everything a plan follows from. There is no clock, no connection and no chance in it: equal inputs, equal plan. */
import type { Answers, Managed, Plan, ProvisioningChange } from '../../model/plan.js';
import type { Withdrawn } from '../../model/removal.js';
import type { SchoolSettings } from '../../model/settings.js';
import type { Undone } from '../../model/undo.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { CollationFold, MoodleState } from '../../moodle/state.js';
import type { EvaluatedRule, Memberships } from '../group-provisioning/fill-classes.js';

/** What of Moodle's own configuration decides about a plan. */
export interface PlanSite {
  /** `allowaccountssameemail`. */
  readonly allowSameEmail: boolean;
  /** `extendedusernamechars`. */
  readonly extendedUsernameChars: boolean;
  /** Characters of course.fullname: 254, or 1333 since 5.0. */
  readonly fullnameMax: number;
  /** Sort order numbers between two categories; one less is how many courses a category can order. */
  readonly categoryStep: number;
  /** Whether a new course gets an enabled manual enrolment method from Moodle's defaults. */
  readonly manualInNewCourses: boolean;
}

export interface PlanInput {
  readonly snapshot: Snapshot;
  /** Its rules are all that are in force, KnowledgeNET's too (`joinRules`). */
  readonly settings: SchoolSettings & { readonly groupProvisioning?: readonly EvaluatedRule[] };
  readonly moodle: MoodleState;
  /** What is ours in Moodle. */
  readonly managed: Managed;
  /** What we suspended or hid. Absent: nothing. */
  readonly withdrawn?: readonly Withdrawn[];
  /** What was taken back and not released. Absent: nothing. */
  readonly undone?: readonly Undone[];
  readonly answers: Answers;
  /** Must answer for every string of `stringsToFold`. */
  readonly fold: CollationFold;
  /** The last applied snapshot that left no question about a class code open; null when there is none. */
  readonly previous: Snapshot | null;
  /** What group provisioning rules had added when that snapshot was applied. */
  readonly filledBefore?: Memberships;
  readonly site: PlanSite;
  /** Unix seconds of local midnight in the school's time zone; the argument is YYYY-MM-DD. */
  readonly dates: (localDate: string) => number;
  /** External IDs of whom a sealed password is kept. */
  readonly passwordsFor: ReadonlySet<string>;
}

/** `makePlan` of make-plan.ts. */
export type MakePlan = (input: PlanInput) => Plan<ProvisioningChange>;

/** `stringsToFold` of strings-to-fold.ts: what `fold` is asked about while planning. */
export type StringsToFold = (input: Omit<PlanInput, 'fold'>) => Set<string>;
