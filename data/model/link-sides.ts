/** What both sides say of a proposed link, for a person to compare. Kept beside a plan and in no hash: it only helps. */

interface Side {
  readonly moodleId: number;
  /** External IDs for which it is proposed. */
  readonly proposedFor: readonly string[];
}

/** An account of Moodle when the plan was made. */
export interface AccountSide extends Side {
  readonly kind: 'user';
  readonly name: string;
  readonly login: string;
  readonly email: string;
  readonly idnumber: string;
  /** Unix seconds; 0: never. */
  readonly lastAccess: number;
  readonly suspended: boolean;
  /** Courses in which it is enrolled. */
  readonly enrolments: number;
}

/** A course of Moodle when the plan was made. */
export interface CourseSide extends Side {
  readonly kind: 'course';
  readonly name: string;
  readonly shortname: string;
  readonly idnumber: string;
  readonly visible: boolean;
  /** Accounts that are enrolled in it. */
  readonly enrolments: number;
}

export type MoodleSide = AccountSide | CourseSide;
