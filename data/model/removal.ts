/**
 * Removing mildly: what is no longer in KN is suspended or hidden, and comes back when KN has it again. Types only.
 *
 * A mild change names the Moodle row by id and natural key; both are compared again before it is written.
 */

/**
 * gone: KN no longer has the person, class or membership. disabled: KN has disabled the person. merged: the account was
 * merged into another one of the same person. undone: the run that made it was taken back, and it is in use.
 */
export type RemovalCause = 'gone' | 'disabled' | 'merged' | 'undone';

interface MildBase {
  /** 1-based order within the plan. */
  readonly seq: number;
  readonly moodleId: number;
}

interface OnUser extends MildBase {
  readonly kind: 'user';
  readonly externalId: string;
  readonly username: string;
}

/** An account of ours is suspended, and its sessions end. */
export interface UserSuspend extends OnUser {
  readonly operation: 'suspend';
  readonly cause: RemovalCause;
}

/** An account that we suspended is active again: its person is back in KN. */
export interface UserReactivate extends OnUser {
  readonly operation: 'reactivate';
}

interface OnCourse extends MildBase {
  readonly kind: 'course';
  readonly externalId: string;
  readonly shortname: string;
}

/** A course of ours is hidden. */
export interface CourseHide extends OnCourse {
  readonly operation: 'hide';
  readonly cause: RemovalCause;
}

/** A course that we hid is shown again: its class is back in KN. */
export interface CourseShow extends OnCourse {
  readonly operation: 'show';
}

interface OnEnrolment extends MildBase {
  readonly kind: 'enrolment';
  /** Class External ID. */
  readonly group: string;
  /** Person External ID. */
  readonly person: string;
  readonly enrolid: number;
  readonly userId: number;
  readonly courseId: number;
}

/** An enrolment of ours is suspended; roles, groups, grades and work stay. */
export interface EnrolmentSuspend extends OnEnrolment {
  readonly operation: 'suspend';
  readonly cause: RemovalCause;
}

/** An enrolment that we suspended is active again: the membership is back in KN. */
export interface EnrolmentReactivate extends OnEnrolment {
  readonly operation: 'reactivate';
}

/** A mild removal. */
export type Withdrawal = UserSuspend | CourseHide | EnrolmentSuspend;
/** A mild removal taken back because KN has it again. */
export type Comeback = UserReactivate | CourseShow | EnrolmentReactivate;
export type MildChange = Withdrawal | Comeback;

/** What we suspended or hid and is so still by our doing, from the journal. */
export interface Withdrawn {
  readonly kind: 'user' | 'course' | 'enrolment';
  readonly externalId: string;
  /** Enrolments: the person. */
  readonly secondId: string;
  readonly moodleId: number;
  readonly planId: number;
  /** ISO time of the commit. */
  readonly since: string;
}
