/** Taking a run back: what only an undo changes, and what it is about. Types only. */
import type { CourseValues, UserValues } from './plan.js';

/** A change of a stored plan. */
export interface ChangeRef {
  readonly planId: number;
  readonly seq: number;
}

interface UndoBase {
  /** 1-based order within the plan. */
  readonly seq: number;
  readonly moodleId: number;
}

/** Rows that the run inserted go again, if nobody has used them; otherwise the mild way of removal.ts. */
export interface UserRemove extends UndoBase {
  readonly kind: 'user';
  readonly operation: 'remove';
  readonly externalId: string;
  readonly username: string;
  /** What Moodle must still have. */
  readonly values: UserValues;
}

/** An account is no longer ours; the idnumber is what it was. */
export interface UserUnlink extends UndoBase {
  readonly kind: 'user';
  readonly operation: 'unlink';
  readonly externalId: string;
  readonly username: string;
  readonly before: { readonly idnumber: string };
  readonly after: { readonly idnumber: string };
  /** The account that had given its idnumber up to this one: it gets it back, and is ours again. */
  readonly insteadOf?: number;
}

export type UserField = 'firstname' | 'lastname' | 'email' | 'username';

/** Values come back, if Moodle still has what the run wrote. */
export interface UserRestore extends UndoBase {
  readonly kind: 'user';
  readonly operation: 'restore';
  readonly externalId: string;
  readonly username: string;
  readonly before: Readonly<Partial<Record<UserField, string>>>;
  readonly after: Readonly<Partial<Record<UserField, string>>>;
}

export interface CourseRemove extends UndoBase {
  readonly kind: 'course';
  readonly operation: 'remove';
  readonly externalId: string;
  readonly shortname: string;
  /** What Moodle must still have. */
  readonly values: CourseValues;
  readonly categoryId: number;
}

export interface CourseUnlink extends UndoBase {
  readonly kind: 'course';
  readonly operation: 'unlink';
  readonly externalId: string;
  readonly shortname: string;
  readonly before: { readonly idnumber: string };
  readonly after: { readonly idnumber: string };
}

/** Full name or idnumber come back. */
export interface CourseRestore extends UndoBase {
  readonly kind: 'course';
  readonly operation: 'restore';
  /** Under which it is ours now. */
  readonly externalId: string;
  readonly before: Readonly<Partial<Record<'fullname' | 'idnumber', string>>>;
  readonly after: Readonly<Partial<Record<'fullname' | 'idnumber', string>>>;
}

export interface EnrolmentRemove extends UndoBase {
  readonly kind: 'enrolment';
  readonly operation: 'remove';
  /** Class External ID. */
  readonly group: string;
  /** Person External ID. */
  readonly person: string;
  readonly enrolid: number;
  readonly userId: number;
  readonly courseId: number;
  readonly role: 'student' | 'editingteacher';
}

export interface CategoryRemove extends UndoBase {
  readonly kind: 'category';
  readonly operation: 'remove';
  readonly path: string;
}

export type UndoChange =
  | UserRemove
  | UserUnlink
  | UserRestore
  | CourseRemove
  | CourseUnlink
  | CourseRestore
  | EnrolmentRemove
  | CategoryRemove;

/** What of a run is taken back. */
export type UndoScope =
  | { readonly kind: 'whole' }
  | { readonly kind: 'type'; readonly type: 'users' | 'courses' | 'enrolments' }
  | { readonly kind: 'class'; readonly externalId: string }
  | { readonly kind: 'person'; readonly externalId: string };

/** Something that was taken back and is not made again until a person releases it. */
export interface Undone {
  readonly kind: 'user' | 'course' | 'enrolment';
  readonly externalId: string;
  /** Enrolments: the person. */
  readonly secondId: string;
  /** ISO time. */
  readonly since: string;
}
