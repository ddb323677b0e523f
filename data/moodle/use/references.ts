/**
 * Who refers to an account, course or context? Which columns can do so is read from the database's own schema, so that
 * plugins count, too. By their names, because Moodle's databases have no foreign keys (contract §11).
 */
import type { Knex } from 'knex';
import type { MoodleSite } from '../site.js';
import {
  selectIntegerColumns,
  selectPairs,
  selectReferred,
  type CoursePath,
  type IntegerColumn,
  type Searched,
} from '../sql/references.js';
import { slices } from '../sql/statement.js';

export type Subject = 'user' | 'course' | 'context';

/** What only records what happened keeps nobody. */
const logs = /^(logstore_.*|log|log_queries|task_log)$/;

const userColumn =
  /user_?id|^user$|^user(from|to|created|modified|viewas)$|^loggeduser$|(creator|modifier|owner|author|grader|teacher|student|reviewer|assessor|recipient|sender|requester|approver|allocatedmarker)(_?id)?$|by(_?id)?$/;
const courseColumn = /course_?id|^course$|courseinstance$/;
const contextColumn = /context_?id|^context$|ctx_?id$/;
const noSubject = /^time|context_?instance|context_?list/;

/** What a column names, by its name; null: none of the three. */
export function subjectOf(column: string): Subject | null {
  const name = column.toLowerCase();
  if (noSubject.test(name)) return null;
  if (contextColumn.test(name)) return 'context';
  if (courseColumn.test(name)) return 'course';
  return userColumn.test(name) ? 'user' : null;
}

export interface ReferenceColumn extends IntegerColumn {
  readonly subject: Subject;
}

/** Everything in this Moodle that can refer to somebody or something. */
export interface References {
  readonly columns: ReadonlyMap<string, readonly ReferenceColumn[]>;
  /** How rows of persons belong to courses. */
  readonly paths: readonly CoursePath[];
  /** The same by the course's context. */
  readonly contextPaths: readonly CoursePath[];
}

/** Tables whose rows are looked at one by one elsewhere: what we write ourselves. */
const own: ReadonlySet<string> = new Set([
  'user_enrolments.userid',
  'role_assignments.userid',
  'role_assignments.contextid',
  'forum_subscriptions.userid',
  'course_sections.course',
  'course_modules.course',
  'forum.course',
  'course_format_options.courseid',
  'enrol.courseid',
]);

/** Rows of these tables that we wrote ourselves, in SQL. */
const exceptions: Readonly<Record<string, string>> = {
  user_preferences: "name = 'auth_manual_passwordupdatetime'",
  block_instances:
    "blockname = 'social_activities' AND pagetypepattern = 'course-view-*' AND timemodified = timecreated",
};

/** Names under which a row points at the row that it belongs to, where they are not the table's. */
const parentNames: Readonly<Record<string, readonly string[]>> = {
  assign: ['assignment'],
  course_modules: ['coursemoduleid', 'cmid'],
  forum_discussions: ['discussion', 'discussionid'],
};

function parentColumnsOf(table: string): readonly string[] {
  const singular = table.endsWith('s') ? table.slice(0, -1) : table;
  return [table, `${table}id`, `${singular}id`, ...(parentNames[table] ?? [])];
}

function pathsOf(
  columns: ReadonlyMap<string, readonly ReferenceColumn[]>,
  all: readonly IntegerColumn[],
): CoursePath[] {
  const users = [...columns].flatMap(([table, list]) =>
    list.filter((one) => one.subject === 'user').map(() => table),
  );
  const inCourses = new Map<string, string>();
  for (const [table, list] of columns) {
    const course = list.find((one) => one.subject === 'course');
    if (course !== undefined) inCourses.set(table, course.column);
  }
  const parents = new Map<string, { table: string; course: string }[]>();
  for (const [table, course] of inCourses)
    for (const name of parentColumnsOf(table))
      parents.set(name, [...(parents.get(name) ?? []), { table, course }]);
  const withUsers = new Set(users);
  const below = all.flatMap(
    ({ table, column }): { table: string; column: string; parent: string; course: string }[] => {
      if (!withUsers.has(table) || inCourses.has(table)) return [];
      const known = table === 'grade_grades' && column === 'itemid' ? 'grade_itemid' : column;
      return (parents.get(known) ?? []).map((one) => ({
        table,
        column,
        parent: one.table,
        course: one.course,
      }));
    },
  );
  return [...columns].flatMap(([table, list]) =>
    list
      .filter((one) => one.subject === 'user' && !own.has(`${table}.${one.column}`))
      .flatMap(({ column: user }): CoursePath[] => {
        const course = inCourses.get(table);
        if (course !== undefined) return [{ table, user, course }];
        return below
          .filter((one) => one.table === table)
          .map((one) => ({
            table,
            user,
            course: one.course,
            parent: { table: one.parent, column: one.column },
          }));
      }),
  );
}

/** Reads this database's schema. */
export async function readReferences(db: Knex, site: MoodleSite): Promise<References> {
  const all = (await selectIntegerColumns(db, site)).filter(({ table }) => !logs.test(table));
  const columns = new Map<string, ReferenceColumn[]>();
  for (const one of all) {
    const subject = subjectOf(one.column);
    if (subject !== null) columns.set(one.table, [...(columns.get(one.table) ?? []), { ...one, subject }]);
  }
  const contextPaths = [...columns].flatMap(([table, list]) =>
    list
      .filter((one) => one.subject === 'user' && !own.has(`${table}.${one.column}`))
      .flatMap(({ column: user }) =>
        list
          .filter((one) => one.subject === 'context')
          .map(({ column: course }) => ({ table, user, course })),
      ),
  );
  return { columns, paths: pathsOf(columns, all), contextPaths };
}

/** Ids of one IN list. */
const IDS = 5_000;

/**
 * Which of the given ids any row refers to, except the rows that a run of ours writes; `all`: those, too. One statement
 * per table.
 */
export async function findReferred(
  db: Knex,
  site: MoodleSite,
  references: References,
  wanted: Readonly<Partial<Record<Subject, readonly number[]>>>,
  which: 'not-ours' | 'all' = 'not-ours',
): Promise<Readonly<Record<Subject, ReadonlySet<number>>>> {
  const found: Record<Subject, Set<number>> = { user: new Set(), course: new Set(), context: new Set() };
  for (const [table, columns] of references.columns)
    for (const subject of ['user', 'course', 'context'] as const)
      for (const ids of slices(wanted[subject] ?? [], IDS)) {
        const searched = columns
          .filter((one) => one.subject === subject && (which === 'all' || !own.has(`${table}.${one.column}`)))
          .map(({ column }): Searched => ({ column, tag: subject, ids }));
        if (searched.length === 0) continue;
        const except = which === 'all' ? undefined : exceptions[table];
        for (const { id } of await selectReferred(db, site, table, searched, except)) found[subject].add(id);
      }
  return found;
}

/** `${user}:${place}` of every account that has a row in one of the courses or, for `contexts`, their contexts. */
export async function findPairs(
  db: Knex,
  site: MoodleSite,
  paths: readonly CoursePath[],
  users: readonly number[],
  places: readonly number[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (places.length === 0) return found;
  for (const path of paths)
    for (const some of slices(users, IDS))
      for (const where of slices(places, IDS))
        for (const { userid, place } of await selectPairs(db, site, path, some, where))
          found.add(`${userid}:${place}`);
  return found;
}
