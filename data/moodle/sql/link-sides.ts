/** What a person compares before saying that an account or course is the one. */
import type { Knex } from 'knex';
import { selectIn, tableName, type TablePlace } from './statement.js';

export interface AccountFacts {
  readonly id: number;
  readonly firstname: string;
  readonly lastname: string;
  readonly username: string;
  readonly email: string;
  readonly idnumber: string;
  readonly lastaccess: number;
  readonly suspended: number;
  readonly enrolments: number;
}

/** Accounts by id, with the number of courses in which each is enrolled. */
export async function selectAccountFacts(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<AccountFacts[]> {
  return selectIn(
    db,
    ids,
    (
      marks,
    ) => `SELECT u.id, u.firstname, u.lastname, u.username, u.email, u.idnumber, u.lastaccess, u.suspended,
      (SELECT COUNT(DISTINCT e.courseid) FROM ${tableName(place, 'user_enrolments')} ue
        JOIN ${tableName(place, 'enrol')} e ON e.id = ue.enrolid WHERE ue.userid = u.id) AS enrolments
      FROM ${tableName(place, 'user')} u WHERE u.id IN (${marks}) ORDER BY u.id`,
  );
}

export interface CourseFacts {
  readonly id: number;
  readonly fullname: string;
  readonly shortname: string;
  readonly idnumber: string;
  readonly visible: number;
  readonly enrolments: number;
}

/** Courses by id, with the number of accounts that are enrolled in each. */
export async function selectCourseFacts(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<CourseFacts[]> {
  return selectIn(
    db,
    ids,
    (marks) => `SELECT c.id, c.fullname, c.shortname, c.idnumber, c.visible,
      (SELECT COUNT(DISTINCT ue.userid) FROM ${tableName(place, 'enrol')} e
        JOIN ${tableName(place, 'user_enrolments')} ue ON ue.enrolid = e.id WHERE e.courseid = c.id) AS enrolments
      FROM ${tableName(place, 'course')} c WHERE c.id IN (${marks}) ORDER BY c.id`,
  );
}
