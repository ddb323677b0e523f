/**
 * Deleting for good what has been suspended or hidden for the whole grace period: a list that a person decides about,
 * carried out by Moodle's own web services. Types and constants only.
 */

export const deletionKinds = ['user', 'course', 'enrolment'] as const;
export type DeletionKind = (typeof deletionKinds)[number];

/** What hangs on a row and is lost with it; null: it could not be counted. */
export interface Hanging {
  /** Grades of activities and of items made by hand. */
  readonly grades: number | null;
  /** Submissions and attempts of all activities that keep any. */
  readonly submissions: number | null;
  readonly posts: number | null;
  readonly files: number | null;
  /** Enrolments of the account, or in the course. */
  readonly enrolments: number | null;
  /** Unix seconds; 0 = never. Of the account, of anybody in the course, or of the person in the course. */
  readonly lastAccess: number | null;
}

/** One row that would go. Id and natural key are compared again right before it goes. */
export interface DeletionCandidate {
  readonly kind: DeletionKind;
  /** Person's or class's External ID; for enrolments the class's. */
  readonly externalId: string;
  /** For enrolments: the person's External ID. */
  readonly secondId: string;
  readonly moodleId: number;
  /** Login, short name, or short name of the role. */
  readonly naturalKey: string;
  /** Time of creation of accounts and courses; 0 for enrolments. */
  readonly timecreated: number;
  /** Enrolments only, else 0. */
  readonly enrolid: number;
  readonly userId: number;
  readonly courseId: number;
  /** Since when it is suspended or hidden by us, UTC. */
  readonly since: string;
}

/** An item of a list. */
export interface DeletionItem extends DeletionCandidate {
  /** 1-based order in which they go: enrolments, then users, then courses. */
  readonly seq: number;
  readonly hanging: Hanging;
}

/** Moodle may be at work on a call for so long after it was asked. */
export const UNANSWERED_MS = 120_000;

/** Why something that is suspended or hidden by us is not on the list. Stable. */
export const deletionReasons = {
  'not-allowed': 'The settings do not allow this type to be deleted.',
  'in-grace': 'The grace period is not over.',
  'in-knowledgenet': 'KnowledgeNET has it, or the newest applied reading says nothing about it.',
  'rematch-open': 'Somebody new may be this person, or this class; until that is answered it stays.',
  gone: 'It is no longer in Moodle.',
  'not-ours': 'The row in Moodle is no longer the one that we know, by id and by its own key.',
  'changed-in-moodle': 'Somebody has activated or shown it again in Moodle.',
  'site-account': "Moodle's guest and administrators are never deleted.",
  'site-role': 'The account has a role in the whole site or in a category.',
  'other-roles': 'The person has roles in this course that other people have given.',
  'class-gone': 'The class is gone too; its course keeps whom it had.',
  'several-methods': 'The course has several manual enrolment methods, or the enrolment is of another one.',
  'grade-history':
    'Moodle keeps no history of grades, or for a shorter time than a run can be taken back; unenrolling could lose them.',
} as const;
export type DeletionReason = keyof typeof deletionReasons;

/** Something that stays suspended or hidden, and why. */
export interface DeletionKept {
  readonly kind: DeletionKind;
  readonly externalId: string;
  readonly secondId: string;
  readonly moodleId: number;
  readonly reason: DeletionReason;
}

/**
 * in-flight: Moodle was asked and has not been seen to have done it. gone: somebody else had deleted it. kept: it was
 * no longer as listed. failed: Moodle refused this one.
 */
export const deletionStates = ['pending', 'in-flight', 'deleted', 'gone', 'kept', 'failed'] as const;
export type DeletionState = (typeof deletionStates)[number];

/** How many items are in each state. */
export type DeletionProgress = Readonly<Record<DeletionState, number>>;

/** How many of each kind a list has; these are typed by hand. */
export interface DeletionCounts {
  readonly users: number;
  readonly courses: number;
  readonly enrolments: number;
}

/** Names of the counts, as they are typed. */
export const countNames = {
  user: 'users',
  course: 'courses',
  enrolment: 'enrolments',
} as const satisfies Record<DeletionKind, keyof DeletionCounts>;

/** What became of one item, for the report. */
export interface DeletionResult extends DeletionItem {
  readonly state: DeletionState;
  /** Moodle's code, or the reason why it was kept. */
  readonly errorcode: string | null;
  readonly attempts: number;
  /** UTC; null while it is not settled. */
  readonly settledAt: string | null;
}
