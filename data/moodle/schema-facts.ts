/**
 * The tables and columns of Moodle that we read or write, as facts measured on Moodle 4.1, 4.5 and 5.0.
 *
 * A column whose value we always give is listed without its default; one that is left to Moodle's default carries
 * it, because then the default is part of what we write. `optional` columns exist in some versions only and are
 * never named: their default is NULL.
 */
import { courseTables } from './facts/courses.js';
import { enrolmentTables } from './facts/enrolment.js';
import { gradeTables } from './facts/grades.js';
import { peopleTables } from './facts/people.js';
import { siteTables } from './facts/site.js';

export type TableAccess = 'select' | 'insert' | 'update' | 'delete';

export interface TableFacts {
  /** Rights on the table that writing needs; planning needs `select` only. */
  readonly access: readonly TableAccess[];
  /** What we do there, in a few words. */
  readonly why: string;
  /** Columns of existing rows that we change. */
  readonly updates?: readonly string[];
  /** Columns that only some versions have. */
  readonly optional?: readonly string[];
  /** Column → how it is declared; several where proven versions differ. Integer display widths are left out. */
  readonly columns: Readonly<Record<string, string | readonly string[]>>;
}

/** Every table of Moodle that we touch, without prefix. */
export const schemaFacts = {
  ...peopleTables,
  ...courseTables,
  ...enrolmentTables,
  ...gradeTables,
  ...siteTables,
} as const satisfies Record<string, TableFacts>;

export type MoodleTable = keyof typeof schemaFacts;

/** All our tables, in the order of the documentation. */
export const moodleTables = Object.keys(schemaFacts) as MoodleTable[];

/** The facts of one table, in their general type. */
export function factsOf(table: MoodleTable): TableFacts {
  return schemaFacts[table];
}

/** `config.branch` of the versions whose writes are proven against Moodle's own. */
export const provenBranches: ReadonlySet<string> = new Set(['401', '405', '500']);
