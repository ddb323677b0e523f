/**
 * What applying reads again before it writes: rows that a person or a plugin may have changed since the plan.
 *
 * Strings are compared by the site's own collation; the rows come back with Moodle's spelling, so callers match them
 * through a fold. `lock` holds the rows until the caller's transaction ends.
 */
import type { Knex } from 'knex';
import type { MoodleSite } from './site.js';
import {
  selectCoursesById as selectCourseRows,
  selectCoursesByIdnumber as selectCourseRowsByIdnumber,
  selectCoursesByShortname,
  type CourseRow,
} from './sql/course.js';
import {
  selectEnrolmentsByPair,
  selectEnrolmentsInCourses as selectEnrolmentRowsInCourses,
  selectInstancesByCourse,
  type EnrolmentRow,
} from './sql/enrol.js';
import { selectContexts, levels } from './sql/context.js';
import {
  selectUsersByEmail,
  selectUsersById as selectUserRows,
  selectUsersByIdnumber,
  selectUsersByUsername,
  type UserRow,
} from './sql/user.js';
import type { ManualInstance, MoodleEnrolment } from './state.js';

export type { CourseRow, EnrolmentRow, UserRow };

/** An empty string identifies nobody [T21]. */
function filled(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

/** Accounts that hold one of these logins; deleted ones too, for the unique key counts them. */
export async function findTakenUsernames(
  db: Knex,
  site: MoodleSite,
  usernames: readonly string[],
): Promise<UserRow[]> {
  return selectUsersByUsername(db, site, site.mnetHostId, filled(usernames));
}

/** Accounts, not deleted, that hold one of these idnumbers. */
export async function findUsersByIdnumber(
  db: Knex,
  site: MoodleSite,
  idnumbers: readonly string[],
): Promise<UserRow[]> {
  return selectUsersByIdnumber(db, site, filled(idnumbers));
}

/** Accounts, not deleted, that hold one of these addresses; none where the site allows an address twice. */
export async function findTakenEmails(
  db: Knex,
  site: MoodleSite,
  emails: readonly string[],
): Promise<UserRow[]> {
  if (site.config.get('allowaccountssameemail') === '1') return [];
  return selectUsersByEmail(db, site, site.mnetHostId, filled(emails));
}

/** Courses that hold one of these short names. */
export async function findTakenShortnames(
  db: Knex,
  site: MoodleSite,
  shortnames: readonly string[],
): Promise<CourseRow[]> {
  return selectCoursesByShortname(db, site, filled(shortnames));
}

/** Courses that hold one of these idnumbers. */
export async function findCoursesByIdnumber(
  db: Knex,
  site: MoodleSite,
  idnumbers: readonly string[],
): Promise<CourseRow[]> {
  return selectCourseRowsByIdnumber(db, site, filled(idnumbers));
}

/** Accounts by id, deleted ones too (`deleted` tells). An id without a row is gone. */
export async function selectUsersByIds(
  db: Knex,
  site: MoodleSite,
  ids: readonly number[],
  options: { readonly lock?: boolean } = {},
): Promise<UserRow[]> {
  return selectUserRows(db, site, ids, options.lock ?? false);
}

/** Courses by id. An id without a row is gone. */
export async function selectCoursesByIds(
  db: Knex,
  site: MoodleSite,
  ids: readonly number[],
  options: { readonly lock?: boolean } = {},
): Promise<CourseRow[]> {
  return selectCourseRows(db, site, ids, options.lock ?? false);
}

/** The manual enrolment methods of courses: none, one or several each. */
export async function selectManualInstances(
  db: Knex,
  site: MoodleSite,
  courseIds: readonly number[],
): Promise<ManualInstance[]> {
  return (await selectInstancesByCourse(db, site, courseIds))
    .filter((row) => row.enrol === 'manual')
    .map(({ id, courseid, status }) => ({ id, courseid, status }));
}

/** Enrolments by method and person. */
export async function selectEnrolments(
  db: Knex,
  site: MoodleSite,
  pairs: readonly { readonly enrolid: number; readonly userid: number }[],
): Promise<EnrolmentRow[]> {
  return selectEnrolmentsByPair(db, site, pairs);
}

/** Enrolments of people in courses by whatever method: somebody else's enrolment satisfies ours. */
export async function selectEnrolmentsInCourses(
  db: Knex,
  site: MoodleSite,
  courseIds: readonly number[],
  userIds: readonly number[],
): Promise<MoodleEnrolment[]> {
  if (userIds.length === 0) return [];
  const rows = await selectEnrolmentRowsInCourses(db, site, [...new Set(courseIds)], [...new Set(userIds)]);
  return rows.map(({ instancestatus, ...row }) => ({ ...row, instanceStatus: instancestatus }));
}

/** Which of these users have no context row: a row made by hand or half deleted. */
export async function findContextlessUsers(
  db: Knex,
  site: MoodleSite,
  userIds: readonly number[],
): Promise<number[]> {
  return contextless(userIds, await selectContexts(db, site, levels.user, userIds));
}

/** Which of these courses have no usable context row. Roles cannot be given there. */
export async function findContextlessCourses(
  db: Knex,
  site: MoodleSite,
  courseIds: readonly number[],
): Promise<number[]> {
  return contextless(courseIds, await selectContexts(db, site, levels.course, courseIds));
}

function contextless(
  ids: readonly number[],
  rows: readonly { readonly instanceid: number; readonly path: string | null }[],
): number[] {
  const placed = new Set(rows.filter((row) => row.path !== null).map((row) => row.instanceid));
  return ids.filter((id) => !placed.has(id));
}
