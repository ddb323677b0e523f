/** Moodle as it was read for planning and verifying. Only rows that can matter to us. */
export interface MoodleUser {
  readonly id: number;
  readonly username: string;
  readonly idnumber: string;
  readonly email: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly auth: string;
  readonly suspended: boolean;
  readonly timecreated: number;
  /** Belongs to the site's own host; others are invisible to login. */
  readonly local: boolean;
  /** Guest or site administrator: never touched. */
  readonly siteAccount: boolean;
  /** National Student Number, from a profile field that the settings name. */
  readonly nsn?: string;
}

export interface MoodleCategory {
  readonly id: number;
  readonly parent: number;
  readonly name: string;
  readonly idnumber: string;
  readonly path: string;
  readonly visible: boolean;
  readonly coursecount: number;
}

export interface MoodleCourse {
  readonly id: number;
  readonly category: number;
  readonly shortname: string;
  readonly fullname: string;
  readonly idnumber: string;
  readonly format: string;
  readonly visible: boolean;
  readonly timecreated: number;
}

/** One enrol row with enrol='manual'. */
export interface ManualInstance {
  readonly id: number;
  readonly courseid: number;
  /** 0 = enabled. */
  readonly status: number;
}

/** A person's standing in a course: every enrolment and every role in its context. */
export interface MoodleEnrolment {
  readonly id: number;
  readonly enrolid: number;
  readonly courseid: number;
  readonly userid: number;
  readonly enrol: string;
  /** 0 active, 1 suspended. */
  readonly status: number;
  /** 0 = the enrolment method is enabled. */
  readonly instanceStatus: number;
}

/** Course id → user id → role shortnames (student, editingteacher) in the course context. */
export type RolesByCourse = ReadonlyMap<number, ReadonlyMap<number, readonly string[]>>;

export interface MoodleState {
  /** Users with deleted=0. */
  readonly users: readonly MoodleUser[];
  readonly categories: readonly MoodleCategory[];
  /** Without the site course. */
  readonly courses: readonly MoodleCourse[];
  readonly manualInstances: readonly ManualInstance[];
  readonly enrolments: readonly MoodleEnrolment[];
  readonly roles: RolesByCourse;
  /** Course format plugins installed and not disabled. */
  readonly formats: ReadonlySet<string>;
  /** Account that a merge tool took away → the account that goes on. Absent: nothing is known. */
  readonly merges?: ReadonlyMap<number, number>;
}

/** Maps a string to the representative of all strings that Moodle's collation calls equal to it. */
export type CollationFold = (value: string) => string;
