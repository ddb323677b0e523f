/** Everything that an undo's plan follows from. */
import type { ManagedEnrolment } from '../../model/managed-enrolments.js';
import type { Change, ManagedCourse, ManagedUser } from '../../model/plan.js';
import type { Withdrawn } from '../../model/removal.js';
import type { ChangeRef, UndoScope } from '../../model/undo.js';

/** A change of the run that is in effect. */
export interface Done extends ChangeRef {
  readonly change: Change;
  /** The row that it wrote. */
  readonly moodleId: number;
  /** Of an undo: what it took back, with the row that had. */
  readonly tookBack: readonly { readonly change: Change; readonly moodleId: number }[];
}

/** Whether a row that a run inserted may be deleted again. unproved: we may not look everywhere, or not delete. */
export type Use = 'unused' | 'used' | 'changed' | 'unproved';

/** A row that a run inserted, with what must go before it. */
export interface InsertedRow {
  readonly use: Use;
  /** Enrolments that hang on it: all must go as well. */
  readonly enrolments: readonly number[];
}

export interface UndoUser {
  readonly id: number;
  readonly username: string;
  readonly idnumber: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly suspended: boolean;
  readonly deleted: boolean;
  readonly timecreated: number;
  /** Guest or administrator. */
  readonly siteAccount: boolean;
}

export interface UndoCourse {
  readonly id: number;
  readonly shortname: string;
  readonly fullname: string;
  readonly idnumber: string;
  readonly visible: boolean;
  readonly category: number;
  readonly timecreated: number;
}

export interface UndoEnrolment {
  readonly id: number;
  readonly enrolid: number;
  readonly userid: number;
  readonly courseid: number;
  readonly suspended: boolean;
}

export interface UndoCategory {
  readonly id: number;
  readonly use: Use;
  readonly children: readonly number[];
  readonly courses: readonly number[];
}

/** Moodle as it is now, as far as the run touched it, by id; a row without an entry is gone. */
export interface UndoState {
  readonly users: ReadonlyMap<number, UndoUser>;
  readonly courses: ReadonlyMap<number, UndoCourse>;
  readonly enrolments: ReadonlyMap<number, UndoEnrolment>;
  readonly categories: ReadonlyMap<number, UndoCategory>;
  /** Rows that the run inserted. */
  readonly inserted: {
    readonly users: ReadonlyMap<number, InsertedRow>;
    readonly courses: ReadonlyMap<number, InsertedRow>;
    readonly enrolments: ReadonlyMap<number, InsertedRow>;
  };
}

export interface UndoInput {
  /** Last change first. */
  readonly done: readonly Done[];
  readonly scope: UndoScope;
  readonly state: UndoState;
  /** What is ours, by Moodle id. */
  readonly ours: {
    readonly users: ReadonlyMap<number, ManagedUser>;
    readonly courses: ReadonlyMap<number, ManagedCourse>;
    /** Several when Moodle has given the id of a deleted enrolment again, as after a restored backup. */
    readonly enrolments: ReadonlyMap<number, readonly ManagedEnrolment[]>;
  };
  readonly withdrawn: readonly Withdrawn[];
  /** `${kind} ${moodleId}` of what the gate *deletion* deleted. */
  readonly deleted: ReadonlySet<string>;
}
