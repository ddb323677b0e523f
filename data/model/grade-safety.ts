/** What is watched of people's grades and work around each apply, and what became of it. Types only. */

/** How one sees that a column holds a value. */
export type Presence = 'not-null' | 'not-zero' | 'not-empty' | 'not-negative';

export interface WatchedValue {
  readonly column: string;
  readonly presence: Presence;
  /** Moodle takes it back by itself in everyday use; then the row's time of change, in this column, is newer. */
  readonly changedAt?: string;
}

/** A table of Moodle whose rows belong to a course and, mostly, to a person. */
export interface WatchedTable {
  readonly table: string;
  /** From the table to the one that has the course: `by` holds the id of a row of `table`. */
  readonly way: readonly { readonly by: string; readonly table: string }[];
  /** Column of the last table of the way. */
  readonly course: string;
  /** `at` 0: of the table itself, 1: of the first of the way. Null: the rows belong to nobody. */
  readonly person: { readonly at: number; readonly column: string } | null;
  /** What is lost when it is gone. At most 16. */
  readonly values: readonly WatchedValue[];
  /** What is noticed when it changes. */
  readonly columns: readonly string[];
  /** Rows that come and go by themselves have something else than 0 here. */
  readonly zero?: string;
}

export type Moment = 'before' | 'after';

/** The rows of one table, of one person in one course. */
export interface GradeGroup {
  /** Moodle's id; 0: rows that belong to nobody, or to a group. */
  readonly userId: number;
  readonly courseId: number;
  readonly rows: number;
  /** Of all rows with the watched columns. */
  readonly checksum: number;
  /** `id:bits` of every row, by id, with commas between; bit n: the n-th watched value is there. */
  readonly members: string;
}

/** What differs between the moments, of one person in one course in one table. */
export interface GradeDifference {
  readonly table: string;
  readonly userId: number;
  readonly courseId: number;
  /** Rows that are gone. */
  readonly lostRows: number;
  /** Column → values that are gone from rows that are still there. */
  readonly lostValues: Readonly<Record<string, number>>;
  readonly newRows: number;
  readonly newValues: number;
  /** A row that was and is there holds something else. */
  readonly changed: boolean;
}

/** How much of a table was compared. */
export interface TableTotals {
  readonly table: string;
  readonly rows: number;
  readonly values: number;
  /** Sum over all rows; text, because it is long. */
  readonly checksum: string;
}

/** What was compared around the apply of one plan. */
export interface GradeSafety {
  readonly planId: number;
  /** People and courses of the plan that were in Moodle before. */
  readonly people: number;
  readonly courses: number;
  /** UTC, as the journal has it. */
  readonly before: string;
  readonly totalsBefore: readonly TableTotals[];
  /** Activities whose tables we may not read. */
  readonly unread: readonly string[];
  /** Null: nothing was compared after it, because applying was broken off. */
  readonly after: {
    readonly at: string;
    readonly totals: readonly TableTotals[];
    /** People in courses who lost something. */
    readonly losses: number;
    /** People in courses for whom something else differs. */
    readonly others: number;
  } | null;
}
