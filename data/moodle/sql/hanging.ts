/** Counts of what hangs on accounts, courses and enrolments; one statement per slice of ids and source. */
import type { Knex } from 'knex';
import type { HangingSource } from '../hanging-sources.js';
import {
  foundTableName,
  placeholders,
  selectIn,
  selectRows,
  tableName,
  type TablePlace,
} from './statement.js';

/** Rows of one person in one course. */
export interface PairCount {
  readonly userid: number;
  readonly courseid: number;
  readonly count: number;
}

export interface IdCount {
  readonly id: number;
  readonly count: number;
}

/** Columns that exist and may be read, as "table.column" without prefix. */
export async function selectColumnsOf(
  db: Knex,
  place: TablePlace,
  tables: readonly string[],
): Promise<Set<string>> {
  const rows = await selectIn<{ name: string; column: string }>(
    db,
    tables.map((table) => place.prefix + table),
    (marks) => `SELECT table_name AS name, column_name AS \`column\` FROM information_schema.columns
      WHERE table_schema = ? AND table_name IN (${marks})`,
    [place.database],
  );
  return new Set(rows.map(({ name, column }) => `${name.slice(place.prefix.length)}.${column}`));
}

function from(place: TablePlace, { table, link, parent }: HangingSource): string {
  return `FROM ${foundTableName(place, table)} s JOIN ${foundTableName(place, parent)} p ON p.id = s.${link}`;
}

const and = ({ only }: HangingSource): string => (only === undefined ? '' : ` AND ${only.sql}`);

export async function countByUser(
  db: Knex,
  place: TablePlace,
  source: HangingSource,
  users: readonly number[],
): Promise<IdCount[]> {
  return selectIn(
    db,
    users,
    (marks) => `SELECT s.${source.user} AS id, COUNT(*) AS count ${from(place, source)}
      WHERE s.${source.user} IN (${marks})${and(source)} GROUP BY s.${source.user}`,
  );
}

export async function countByCourse(
  db: Knex,
  place: TablePlace,
  source: HangingSource,
  courses: readonly number[],
): Promise<IdCount[]> {
  return selectIn(
    db,
    courses,
    (marks) => `SELECT p.${source.course} AS id, COUNT(*) AS count ${from(place, source)}
      WHERE p.${source.course} IN (${marks})${and(source)} GROUP BY p.${source.course}`,
  );
}

/** Of these people, in every course. */
export async function countByPair(
  db: Knex,
  place: TablePlace,
  source: HangingSource,
  users: readonly number[],
): Promise<PairCount[]> {
  return selectIn(
    db,
    users,
    (
      marks,
    ) => `SELECT s.${source.user} AS userid, p.${source.course} AS courseid, COUNT(*) AS count ${from(place, source)}
      WHERE s.${source.user} IN (${marks})${and(source)} GROUP BY s.${source.user}, p.${source.course}`,
  );
}

/** Files without folders and drafts. */
const FILE = "f.filename <> '.' AND f.filearea <> 'draft'";

export async function countFilesOfUsers(
  db: Knex,
  place: TablePlace,
  users: readonly number[],
): Promise<IdCount[]> {
  return selectIn(
    db,
    users,
    (marks) => `SELECT f.userid AS id, COUNT(*) AS count FROM ${foundTableName(place, 'files')} f
      WHERE f.userid IN (${marks}) AND ${FILE} GROUP BY f.userid`,
  );
}

/** Files anywhere in these courses. */
export async function countFilesInCourses(
  db: Knex,
  place: TablePlace,
  courses: readonly number[],
): Promise<IdCount[]> {
  const context = tableName(place, 'context');
  return selectIn(
    db,
    courses,
    (marks) => `SELECT c.instanceid AS id, COUNT(*) AS count FROM ${context} c
      JOIN ${context} x ON x.id = c.id OR x.path LIKE CONCAT(c.path, '/%')
      JOIN ${foundTableName(place, 'files')} f ON f.contextid = x.id
      WHERE c.contextlevel = 50 AND c.instanceid IN (${marks}) AND ${FILE} GROUP BY c.instanceid`,
  );
}

/** Files of these people in these courses. */
export async function countFilesOfPairs(
  db: Knex,
  place: TablePlace,
  users: readonly number[],
  courses: readonly number[],
): Promise<PairCount[]> {
  if (courses.length === 0) return [];
  const context = tableName(place, 'context');
  return selectIn(
    db,
    users,
    (
      marks,
    ) => `SELECT f.userid, c.instanceid AS courseid, COUNT(*) AS count FROM ${foundTableName(place, 'files')} f
      JOIN ${context} x ON x.id = f.contextid
      JOIN ${context} c ON c.contextlevel = 50 AND (x.id = c.id OR x.path LIKE CONCAT(c.path, '/%'))
      WHERE f.userid IN (${marks}) AND c.instanceid IN (${placeholders(courses.length)}) AND ${FILE}
      GROUP BY f.userid, c.instanceid`,
    [],
    courses,
  );
}

export async function countEnrolmentsOfUsers(
  db: Knex,
  place: TablePlace,
  users: readonly number[],
): Promise<IdCount[]> {
  return selectIn(
    db,
    users,
    (marks) => `SELECT userid AS id, COUNT(*) AS count FROM ${tableName(place, 'user_enrolments')}
      WHERE userid IN (${marks}) GROUP BY userid`,
  );
}

export async function countEnrolmentsInCourses(
  db: Knex,
  place: TablePlace,
  courses: readonly number[],
): Promise<IdCount[]> {
  return selectIn(
    db,
    courses,
    (marks) => `SELECT e.courseid AS id, COUNT(*) AS count FROM ${tableName(place, 'enrol')} e
      JOIN ${tableName(place, 'user_enrolments')} ue ON ue.enrolid = e.id
      WHERE e.courseid IN (${marks}) GROUP BY e.courseid`,
  );
}

/** Last access to the site; `count` is unix seconds. */
export async function selectLastAccessOfUsers(
  db: Knex,
  place: TablePlace,
  users: readonly number[],
): Promise<IdCount[]> {
  return selectIn(
    db,
    users,
    (marks) => `SELECT id, lastaccess AS count FROM ${foundTableName(place, 'user')} WHERE id IN (${marks})`,
  );
}

/** Anybody's last access to these courses. */
export async function selectLastAccessToCourses(
  db: Knex,
  place: TablePlace,
  courses: readonly number[],
): Promise<IdCount[]> {
  return selectIn(
    db,
    courses,
    (
      marks,
    ) => `SELECT courseid AS id, MAX(timeaccess) AS count FROM ${foundTableName(place, 'user_lastaccess')}
      WHERE courseid IN (${marks}) GROUP BY courseid`,
  );
}

/** Last access of these people to every course. */
export async function selectLastAccessOfPairs(
  db: Knex,
  place: TablePlace,
  users: readonly number[],
): Promise<PairCount[]> {
  return selectIn(
    db,
    users,
    (
      marks,
    ) => `SELECT userid, courseid, MAX(timeaccess) AS count FROM ${foundTableName(place, 'user_lastaccess')}
      WHERE userid IN (${marks}) GROUP BY userid, courseid`,
  );
}

/** Accounts with a role in the whole site or in a category. */
export async function selectSiteRoleHolders(db: Knex, place: TablePlace): Promise<number[]> {
  const rows = await selectRows<{ userid: number }>(
    db,
    `SELECT DISTINCT ra.userid FROM ${tableName(place, 'context')} c
      JOIN ${tableName(place, 'role_assignments')} ra ON ra.contextid = c.id WHERE c.contextlevel IN (10, 40)`,
  );
  return rows.map(({ userid }) => userid);
}

/** Roles of these people in these courses and in anything inside them: what unenrolling takes, too. */
export async function selectRolesInCourses(
  db: Knex,
  place: TablePlace,
  users: readonly number[],
  courses: readonly number[],
): Promise<{ userid: number; courseid: number; roleid: number; inside: number; component: string }[]> {
  if (courses.length === 0) return [];
  const context = tableName(place, 'context');
  return selectIn(
    db,
    users,
    (marks) => `SELECT ra.userid, c.instanceid AS courseid, ra.roleid, x.id <> c.id AS inside, ra.component
      FROM ${tableName(place, 'role_assignments')} ra JOIN ${context} x ON x.id = ra.contextid
      JOIN ${context} c ON c.contextlevel = 50 AND (x.id = c.id OR x.path LIKE CONCAT(c.path, '/%'))
      WHERE ra.userid IN (${marks}) AND c.instanceid IN (${placeholders(courses.length)})`,
    [],
    courses,
  );
}
