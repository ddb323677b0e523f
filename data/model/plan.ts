/**
 * The plan: what applying would do, in order, and what it would not do and why.
 *
 * Changes refer to Moodle rows by id where they exist already and by key where an earlier change makes them.
 */
import type { GuardVerdict } from './guard.js';
import type { ManagedEnrolment, ManagedEnrolments } from './managed-enrolments.js';
import type { NoticeCode } from './notice-codes.js';
import type { Comeback, MildChange } from './removal.js';
import type { CourseFormat, ReusedCodeAnswer } from './settings.js';
import type { UserType } from './snapshot.js';
import type { UndoChange } from './undo.js';

/** What a change is about. In this order they are applied. */
export const changeKinds = ['category', 'user', 'course', 'enrolment'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/**
 * What a plan is for. apply: Moodle gets what KN has. removals: what KN no longer has is suspended or hidden. undo: a
 * run is taken back.
 */
export const planPurposes = ['apply', 'removals', 'undo'] as const;
export type PlanPurpose = (typeof planPurposes)[number];

/**
 * create: a new Moodle row. link: an existing row becomes ours by its idnumber. update: values change. archive: a course
 * gives up its idnumber. suspend, reactivate, hide, show: removal.ts. remove, unlink, restore: undo.ts.
 */
export type ChangeOperation = Change['operation'];

/** Moodle's user columns that we set. */
export interface UserValues {
  readonly username: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly idnumber: string;
  readonly auth: string;
}

/** Moodle's course columns that we decide; the rest are Moodle's own defaults (form semantics). */
export interface CourseValues {
  readonly fullname: string;
  readonly shortname: string;
  readonly idnumber: string;
  readonly format: CourseFormat;
  readonly numsections?: number;
  readonly activitytype?: string;
  /** Course id whose course_format_options are copied. */
  readonly optionsFrom?: number;
  readonly visible: boolean;
  /** Unix seconds. */
  readonly startdate: number;
  /** Unix seconds; 0 = none. */
  readonly enddate: number;
}

interface ChangeBase {
  /** 1-based order within the plan. */
  readonly seq: number;
}

/** Makes one category of a path; its parents come earlier. Key: the whole path. */
export interface CategoryCreate extends ChangeBase {
  readonly kind: 'category';
  readonly operation: 'create';
  /** Category names from the top, joined by KEY_SEPARATOR. */
  readonly path: string;
  /** Existing parent's id, 0 = top; absent when an earlier change makes the parent. */
  readonly parentId?: number;
}

export interface UserCreate extends ChangeBase {
  readonly kind: 'user';
  readonly operation: 'create';
  readonly externalId: string;
  readonly userType: UserType;
  readonly values: UserValues;
  readonly withPassword: boolean;
  /** Remembered with the account. */
  readonly nsn?: string;
}

/** An account becomes ours: it has the idnumber already, or a person accepted the proposal. */
export interface UserLink extends ChangeBase {
  readonly kind: 'user';
  readonly operation: 'link';
  readonly externalId: string;
  readonly userType: UserType;
  readonly moodleId: number;
  /** Natural key, compared again before writing. */
  readonly username: string;
  /** The idnumber it has now; '' when the accepted proposal writes ours. */
  readonly idnumberBefore: string;
  /** KN's values, remembered so that later changes in KN can be seen. */
  readonly values: Omit<UserValues, 'auth'>;
  readonly nsn?: string;
  /** The account that was merged into this one; it gives up the idnumber if it still has it. */
  readonly insteadOf?: number;
}

export interface UserUpdate extends ChangeBase {
  readonly kind: 'user';
  readonly operation: 'update';
  readonly externalId: string;
  readonly moodleId: number;
  readonly username: string;
  readonly before: Readonly<Partial<Record<'firstname' | 'lastname' | 'email' | 'username', string>>>;
  readonly after: Readonly<Partial<Record<'firstname' | 'lastname' | 'email' | 'username', string>>>;
}

export interface CourseCreate extends ChangeBase {
  readonly kind: 'course';
  readonly operation: 'create';
  readonly externalId: string;
  readonly groupType: string;
  /** KN's class name, remembered so that a renamed class is seen. */
  readonly className: string;
  /** School year of the course. */
  readonly year: number;
  readonly values: CourseValues;
  readonly categoryPath: string;
  /** Existing category; absent when an earlier change makes it. */
  readonly categoryId?: number;
}

export interface CourseLink extends ChangeBase {
  readonly kind: 'course';
  readonly operation: 'link';
  readonly externalId: string;
  readonly groupType: string;
  readonly className: string;
  readonly year: number;
  readonly moodleId: number;
  readonly shortname: string;
  readonly idnumberBefore: string;
  /** What the pattern gives for KN's name; only a course that is called so follows KN's name later. */
  readonly fullname: string;
}

export interface CourseUpdate extends ChangeBase {
  readonly kind: 'course';
  readonly operation: 'update';
  readonly externalId: string;
  readonly moodleId: number;
  readonly className: string;
  readonly before: { readonly fullname: string };
  readonly after: { readonly fullname: string };
}

/** Last year's course of a code used again gets a year-stamped idnumber and keeps its members. Precedes the CourseCreate. */
export interface CourseArchive extends ChangeBase {
  readonly kind: 'course';
  readonly operation: 'archive';
  readonly externalId: string;
  readonly moodleId: number;
  readonly before: { readonly idnumber: string };
  readonly after: { readonly idnumber: string };
}

export interface EnrolmentCreate extends ChangeBase {
  readonly kind: 'enrolment';
  readonly operation: 'create';
  /** Class External ID. */
  readonly group: string;
  /** Person External ID. */
  readonly person: string;
  readonly role: 'student' | 'editingteacher';
  /** Existing ids; absent when an earlier change makes the row. */
  readonly userId?: number;
  readonly courseId?: number;
  /** Enrolment of ours that the person had under another account, which was merged into this one [T25]. */
  readonly insteadOf?: number;
}

/** What gives Moodle what KN has. */
export type ProvisioningChange =
  | CategoryCreate
  | UserCreate
  | UserLink
  | UserUpdate
  | CourseCreate
  | CourseLink
  | CourseUpdate
  | CourseArchive
  | EnrolmentCreate
  | Comeback;

export type Change = ProvisioningChange | MildChange | UndoChange;

type WithoutSeq<T> = T extends Change ? Omit<T, 'seq'> : never;
/** A change before it has its place. */
export type ChangeDraft = WithoutSeq<ProvisioningChange>;

/** conflict: a person must settle it. held: waits for an answer. drift: Moodle differs and is left alone. */
export type NoticeLevel = 'conflict' | 'held' | 'drift';

/** Something that is not done. */
export interface Notice {
  readonly level: NoticeLevel;
  readonly code: NoticeCode;
  readonly kind: ChangeKind;
  /** Person's or class's External ID (for enrolments: the class's; for categories: the names from the top). */
  readonly subject: string;
  /** For enrolments: the person's External ID. */
  readonly person?: string;
  /** Moodle ids concerned. */
  readonly moodleIds: readonly number[];
  /** How many enrolments wait for it; absent = none. */
  readonly enrolments?: number;
}

/** In Moodle by our doing, no longer in KN, and left as it is by this plan. */
export interface Kept {
  readonly kind: 'user' | 'course' | 'enrolment';
  readonly subject: string;
  readonly person?: string;
  readonly moodleId: number;
}

/**
 * nsn: the National Student Number. similar-name: nobody else is called so, neither in KN nor in Moodle. id-change: KN
 * no longer has the External ID that the account had in the last applied reading. came-back: nor had it that reading.
 * merged: a merge tool in Moodle put the linked account's doings into this one. members: most students were in a class
 * whose code KN no longer has.
 */
export const linkEvidences = [
  'login',
  'email',
  'shortname',
  'name',
  'relink',
  'nsn',
  'similar-name',
  'id-change',
  'came-back',
  'merged',
  'members',
] as const;
export type LinkEvidence = (typeof linkEvidences)[number];

/** An existing account or course that may be the person or class. Only a person accepts it. */
export interface LinkProposal {
  readonly kind: 'user' | 'course';
  readonly externalId: string;
  readonly moodleId: number;
  /** What speaks for it. */
  readonly evidence: readonly LinkEvidence[];
}

/** A class whose code is used again and that nobody has answered for. */
export interface ReusedCode {
  readonly group: string;
  readonly courseId: number;
  readonly studentsBefore: number;
  readonly studentsLeft: number;
}

export interface PlanCounts {
  readonly [kindAndOperation: string]: number;
}

/** A computed plan. Its hash covers everything in it. */
export interface Plan<C extends Change = Change> {
  readonly changes: readonly C[];
  readonly notices: readonly Notice[];
  readonly kept: readonly Kept[];
  readonly proposals: readonly LinkProposal[];
  readonly reusedCodes: readonly ReusedCode[];
  /** Guards that hold it. Absent: none. */
  readonly guards?: readonly GuardVerdict[];
  /**
   * "user.create" → 12 and so on; also "notice.conflict", "kept.enrolment", "proposal.user", "reused" and
   * "held.enrolment" (enrolments that wait), "managed.user" (ours in Moodle before this plan); in a plan of removals
   * "allowable.user" (would be suspended if users might be) and "withdrawn.user" (is so already);
   * "guard.exceeded" (guards that hold it) and what each counted. Zeros are left out.
   */
  readonly counts: PlanCounts;
  /** Enrolments that exist and are right, made by us or by others. */
  readonly satisfied: number;
}

/** A person's remembered answers that planning needs. */
export interface Answers {
  /** `${kind}${KEY_SEPARATOR}${externalId}${KEY_SEPARATOR}${moodleId}` → verdict. */
  readonly links: ReadonlyMap<string, 'accepted' | 'refused'>;
  /** Class External ID → answer for the current year. */
  readonly reusedCodes: ReadonlyMap<string, ReusedCodeAnswer>;
}

/** What we made or adopted in Moodle, from the journal: id and natural key. */
export interface ManagedUser {
  readonly externalId: string;
  readonly moodleId: number;
  readonly origin: 'created' | 'linked';
  readonly username: string;
  readonly timecreated: number;
  /** KN's values when last applied, and what we wrote into Moodle (null: Moodle had another value and kept it). */
  readonly fields: Readonly<Record<string, { readonly kn: string; readonly moodle: string | null }>>;
  /** National Student Number in KN when last applied: by it somebody who comes back is recognised. */
  readonly nsn?: string;
}

export interface ManagedCourse {
  readonly externalId: string;
  readonly moodleId: number;
  readonly origin: 'created' | 'linked';
  readonly shortname: string;
  readonly timecreated: number;
  readonly groupType: string;
  readonly year: number;
  readonly fields: Readonly<Record<string, { readonly kn: string; readonly moodle: string | null }>>;
}

/** A Moodle row that is ours, and the plan that made it so. */
export interface OwnRow {
  readonly kind: 'user' | 'course' | 'enrolment';
  readonly externalId: string;
  /** Enrolments: the person. */
  readonly secondId: string;
  readonly moodleId: number;
  readonly origin: 'created' | 'linked';
  readonly planId: number;
}

export interface Managed {
  readonly users: ReadonlyMap<string, ManagedUser>;
  readonly courses: ReadonlyMap<string, ManagedCourse>;
  /** Key: group + KEY_SEPARATOR + person. */
  readonly enrolments: ManagedEnrolments;
  /** Enrolments of accounts that persons had before theirs were merged; made anew under the other account since. */
  readonly merged: readonly ManagedEnrolment[];
}

/** The state of a change while it is applied. satisfied: somebody else made it meanwhile; it is right and not ours. */
export const changeStates = ['pending', 'applied', 'satisfied', 'conflict'] as const;
export type ChangeState = (typeof changeStates)[number];
