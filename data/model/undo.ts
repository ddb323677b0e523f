/** Taking a run back: the changes that only an undo makes. Types only. */

interface UndoBase {
  /** 1-based order within the plan. */
  readonly seq: number;
  /** The change that is taken back. */
  readonly of: { readonly planId: number; readonly seq: number };
  readonly moodleId: number;
}

/** Rows that the run inserted go again, if nobody has used them; otherwise the mild way of removal.ts. */
export interface UserRemove extends UndoBase {
  readonly kind: 'user';
  readonly operation: 'remove';
  readonly externalId: string;
  readonly username: string;
}

/** An account is no longer ours; the idnumber is what it was. */
export interface UserUnlink extends UndoBase {
  readonly kind: 'user';
  readonly operation: 'unlink';
  readonly externalId: string;
  readonly username: string;
  readonly before: { readonly idnumber: string };
  readonly after: { readonly idnumber: string };
}

/** Values come back, if Moodle still has what the run wrote. */
export interface UserRestore extends UndoBase {
  readonly kind: 'user';
  readonly operation: 'restore';
  readonly externalId: string;
  readonly username: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

export interface CourseRemove extends UndoBase {
  readonly kind: 'course';
  readonly operation: 'remove';
  readonly externalId: string;
  readonly shortname: string;
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
  readonly externalId: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
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
