/** Rows that a run inserted, read whole, to compare them with what was written. */
import type { Knex } from 'knex';
import { selectIn, tableName, type TablePlace, type Value } from './statement.js';

export type WholeRow = Readonly<Record<string, Value>> & { readonly id: number };

/** Whole rows of accounts, courses or categories by id; locked in order of id until the transaction ends, if wanted. */
export async function selectWhole(
  db: Knex,
  place: TablePlace,
  table: 'user' | 'course' | 'course_categories',
  ids: readonly number[],
  lock: boolean,
): Promise<WholeRow[]> {
  return selectIn(
    db,
    [...new Set(ids)].sort((a, b) => a - b),
    (marks) =>
      `SELECT * FROM ${tableName(place, table)} WHERE id IN (${marks}) ORDER BY id${lock ? ' FOR UPDATE' : ''}`,
  );
}

/** When a password was given, as text, by account. */
export async function selectPasswordTimes(
  db: Knex,
  place: TablePlace,
  userIds: readonly number[],
): Promise<{ readonly userid: number; readonly value: string }[]> {
  return selectIn(
    db,
    userIds,
    (marks) => `SELECT userid, value FROM ${tableName(place, 'user_preferences')}
      WHERE name = 'auth_manual_passwordupdatetime' AND userid IN (${marks})`,
  );
}

export interface EnrolmentInCourse {
  readonly id: number;
  readonly enrolid: number;
  readonly userid: number;
  readonly courseid: number;
  readonly enrol: string;
  readonly status: number;
  readonly timestart: number;
  readonly timeend: number;
  readonly timecreated: number;
  readonly timemodified: number;
  readonly modifierid: number;
}

const enrolmentColumns =
  'ue.id, ue.enrolid, ue.userid, e.courseid, e.enrol, ue.status, ue.timestart, ue.timeend, ue.timecreated, ue.timemodified, ue.modifierid';

/** Enrolments by a column: of accounts, in courses, or themselves. */
export async function selectEnrolmentsBy(
  db: Knex,
  place: TablePlace,
  column: 'ue.id' | 'ue.userid' | 'e.courseid',
  ids: readonly number[],
): Promise<EnrolmentInCourse[]> {
  return selectIn(
    db,
    [...new Set(ids)].sort((a, b) => a - b),
    (marks) => `SELECT ${enrolmentColumns} FROM ${tableName(place, 'user_enrolments')} ue
       JOIN ${tableName(place, 'enrol')} e ON e.id = ue.enrolid WHERE ${column} IN (${marks}) ORDER BY ue.id`,
  );
}

export interface RoleRow {
  readonly id: number;
  readonly userid: number;
  readonly contextid: number;
  readonly roleid: number;
  readonly component: string;
  readonly timemodified: number;
}

/** Roles by a column: of accounts, or in contexts. */
export async function selectRolesBy(
  db: Knex,
  place: TablePlace,
  column: 'userid' | 'contextid',
  ids: readonly number[],
): Promise<RoleRow[]> {
  return selectIn(
    db,
    [...new Set(ids)].sort((a, b) => a - b),
    (
      marks,
    ) => `SELECT id, userid, contextid, roleid, component, timemodified FROM ${tableName(place, 'role_assignments')}
      WHERE ${column} IN (${marks}) ORDER BY id`,
  );
}

export interface SubscriptionInCourse {
  readonly id: number;
  readonly userid: number;
  readonly course: number;
  /** 2: the forum subscribes everybody who gets a role. */
  readonly forcesubscribe: number;
}

/** Forum subscriptions of accounts. */
export async function selectSubscriptionsOf(
  db: Knex,
  place: TablePlace,
  userIds: readonly number[],
): Promise<SubscriptionInCourse[]> {
  return selectIn(
    db,
    [...new Set(userIds)].sort((a, b) => a - b),
    (
      marks,
    ) => `SELECT s.id, s.userid, f.course, f.forcesubscribe FROM ${tableName(place, 'forum_subscriptions')} s
       JOIN ${tableName(place, 'forum')} f ON f.id = s.forum WHERE s.userid IN (${marks}) ORDER BY s.id`,
  );
}

/** What a course consists of. */
export interface CourseParts {
  readonly sections: readonly {
    readonly course: number;
    readonly name: string | null;
    readonly summary: string | null;
    readonly availability: string | null;
    readonly visible: number;
    readonly timemodified: number;
  }[];
  readonly modules: readonly {
    readonly id: number;
    readonly course: number;
    readonly module: number;
    readonly instance: number;
    readonly added: number;
    readonly visible: number;
    readonly availability: string | null;
  }[];
  readonly forums: readonly { readonly id: number; readonly course: number; readonly timemodified: number }[];
  readonly options: readonly {
    readonly course: number;
    readonly format: string;
    readonly sectionid: number;
    readonly name: string;
    readonly value: string | null;
  }[];
  readonly methods: readonly (Readonly<Record<string, Value>> & { readonly courseid: number })[];
}

/** The rows that make up courses. */
export async function selectCourseParts(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<CourseParts> {
  const from = <R>(columns: string, table: Parameters<typeof tableName>[1], column: string): Promise<R[]> =>
    selectIn<R>(
      db,
      ids,
      (marks) =>
        `SELECT ${columns} FROM ${tableName(place, table)} WHERE ${column} IN (${marks}) ORDER BY id`,
    );
  return {
    sections: await from(
      'course, name, summary, availability, visible, timemodified',
      'course_sections',
      'course',
    ),
    modules: await from(
      'id, course, module, instance, added, visible, availability',
      'course_modules',
      'course',
    ),
    forums: await from('id, course, timemodified', 'forum', 'course'),
    options: await from(
      'courseid AS course, format, sectionid, name, value',
      'course_format_options',
      'courseid',
    ),
    methods: await from('*', 'enrol', 'courseid'),
  };
}

/** Courses to which an enrolment method of another course refers (enrol_meta). */
export async function selectMetaParents(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<number[]> {
  const rows = await selectIn<{ id: number }>(
    db,
    ids,
    (marks) => `SELECT DISTINCT customint1 AS id FROM ${tableName(place, 'enrol')}
      WHERE enrol = 'meta' AND customint1 IN (${marks})`,
  );
  return rows.map((row) => row.id);
}

/** Categories and courses directly within categories. */
export async function selectWithinCategories(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<{ readonly kind: 'category' | 'course'; readonly id: number; readonly parent: number }[]> {
  const children = await selectIn<{ id: number; parent: number }>(
    db,
    ids,
    (marks) =>
      `SELECT id, parent FROM ${tableName(place, 'course_categories')} WHERE parent IN (${marks}) ORDER BY id`,
  );
  const courses = await selectIn<{ id: number; parent: number }>(
    db,
    ids,
    (marks) =>
      `SELECT id, category AS parent FROM ${tableName(place, 'course')} WHERE category IN (${marks}) ORDER BY id`,
  );
  return [
    ...children.map((row) => ({ kind: 'category' as const, ...row })),
    ...courses.map((row) => ({ kind: 'course' as const, ...row })),
  ];
}
