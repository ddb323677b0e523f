/** What the writers need to be told; everything else is Moodle's own default (docs/moodle-writes.md). */

/** A user to create. `password`: a finished hash, a marker such as "not cached", or ''. */
export interface UserDraft {
  readonly username: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly idnumber: string;
  readonly auth: string;
  /** Stored as it is. */
  readonly password: string;
  /** True when `password` is the hash of a password given now: the preference, cache flag and log row follow. */
  readonly passwordSet: boolean;
}

/** Changes of one user; only changed columns. */
export interface UserPatch {
  readonly id: number;
  readonly set: Readonly<
    Partial<Record<'firstname' | 'lastname' | 'email' | 'username' | 'idnumber', string>>
  >;
}

export interface CategoryDraft {
  readonly name: string;
  /** 0 = top. */
  readonly parent: number;
  /** NULL when absent. */
  readonly idnumber?: string;
}

/**
 * A course to create. `values` are complete column values except those that follow from the site and from creation
 * (sortorder, times, cacherev); build them with `courseDefaults` for form semantics.
 */
export interface CourseDraft {
  readonly category: number;
  readonly fullname: string;
  readonly shortname: string;
  readonly idnumber: string;
  readonly format: string;
  readonly columns: Readonly<Record<string, string | number | null>>;
  /** Rows of course_format_options for section 0, in order. */
  readonly formatOptions: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  /** Sections besides section 0. */
  readonly numsections: number;
}

export interface CoursePatch {
  readonly id: number;
  readonly set: Readonly<Partial<Record<'fullname' | 'shortname' | 'idnumber', string>>>;
}

export interface EnrolmentDraft {
  readonly courseid: number;
  readonly enrolid: number;
  readonly userid: number;
  readonly roleid: number;
  readonly timestart: number;
  readonly timeend: number;
}
