/**
 * What applying reads again before it writes: rows that a person or a plugin may have changed since the plan.
 *
 * `find…` say which of the given strings are taken, and by whom, as the site's collation compares: "Jane" is found
 * when Moodle has "jane" [T18]. `select…` read by id and lock what they find until the transaction ends.
 */
import type { Knex } from 'knex';
import { foldByCollation } from './fold.js';
import type { MoodleSite } from './site.js';
import { selectCategories as selectCategoryRows } from './sql/category.js';
import { selectTime } from './sql/config.js';
import { selectCoursesById, selectCoursesByIdnumber, selectCoursesByShortname } from './sql/course.js';
import { selectEnrolmentsByPair, selectInstancesByCourse, type EnrolmentRow } from './sql/enrol.js';
import {
  selectUsersByEmail,
  selectUsersById,
  selectUsersByIdnumber,
  selectUsersByUsername,
  type UserRow,
} from './sql/user.js';
import type { ManualInstance } from './state.js';

/** A value that was asked for → id of the row that has it; of several, the one with the smallest id. */
export type Taken = ReadonlyMap<string, number>;

export interface ReadUser extends Omit<UserRow, 'suspended' | 'deleted'> {
  readonly suspended: boolean;
  readonly deleted: boolean;
}

export interface ReadCourse {
  readonly id: number;
  readonly category: number;
  readonly shortname: string;
  readonly fullname: string;
  readonly idnumber: string;
  readonly format: string;
  /** 1 visible, 0 hidden. */
  readonly visible: number;
  readonly timecreated: number;
}

export interface ReadCategory {
  readonly id: number;
  /** 0 = top. */
  readonly parent: number;
  readonly name: string;
  readonly coursecount: number;
}

export interface ReadEnrolment {
  readonly id: number;
  readonly enrolid: number;
  readonly userid: number;
  /** 0 active, 1 suspended. */
  readonly status: number;
}

/** Unix seconds by the database's clock: cache flags must not be older than what sessions saw (contract §8). */
export async function selectDatabaseTime(db: Knex): Promise<number> {
  return selectTime(db);
}

/** Logins that an account of this site has; deleted accounts count, as for the unique key. */
export async function findTakenUsernames(
  db: Knex,
  site: MoodleSite,
  usernames: readonly string[],
): Promise<Taken> {
  return findTaken(
    db,
    site,
    usernames,
    (wanted) => selectUsersByUsername(db, site, site.mnetHostId, wanted),
    (row) => row.username,
  );
}

/** Idnumbers that an account has. */
export async function findUsersByIdnumber(
  db: Knex,
  site: MoodleSite,
  idnumbers: readonly string[],
): Promise<Taken> {
  return findTaken(
    db,
    site,
    idnumbers,
    (wanted) => selectUsersByIdnumber(db, site, wanted),
    (row) => row.idnumber,
  );
}

/** E-mail addresses that an account of this site has; none where the site allows an address twice. */
export async function findTakenEmails(db: Knex, site: MoodleSite, emails: readonly string[]): Promise<Taken> {
  if (site.config.get('allowaccountssameemail') === '1') return new Map();
  return findTaken(
    db,
    site,
    emails,
    (wanted) => selectUsersByEmail(db, site, site.mnetHostId, wanted),
    (row) => row.email,
  );
}

/** Short names that a course has. */
export async function findTakenShortnames(
  db: Knex,
  site: MoodleSite,
  shortnames: readonly string[],
): Promise<Taken> {
  return findTaken(
    db,
    site,
    shortnames,
    (wanted) => selectCoursesByShortname(db, site, wanted),
    (row) => row.shortname,
  );
}

/** Idnumbers that a course has. */
export async function findCoursesByIdnumber(
  db: Knex,
  site: MoodleSite,
  idnumbers: readonly string[],
): Promise<Taken> {
  return findTaken(
    db,
    site,
    idnumbers,
    (wanted) => selectCoursesByIdnumber(db, site, wanted),
    (row) => row.idnumber,
  );
}

async function findTaken<Row extends { readonly id: number }>(
  db: Knex,
  site: MoodleSite,
  values: readonly string[],
  select: (wanted: readonly string[]) => Promise<Row[]>,
  valueOf: (row: Row) => string,
): Promise<Taken> {
  // An empty string identifies nobody [T21].
  const wanted = [...new Set(values)].filter((value) => value !== '');
  const rows = wanted.length === 0 ? [] : await select(wanted);
  if (rows.length === 0) return new Map();
  const fold = await foldByCollation(db, site, [...wanted, ...rows.map(valueOf)]);
  const holders = new Map<string, number>();
  for (const row of rows) {
    const key = fold(valueOf(row));
    holders.set(key, Math.min(row.id, holders.get(key) ?? row.id));
  }
  const taken = new Map<string, number>();
  for (const value of wanted) {
    const holder = holders.get(fold(value));
    if (holder !== undefined) taken.set(value, holder);
  }
  return taken;
}

/** Accounts by id, locked; deleted ones too (`deleted` tells). An id without an entry is gone. */
export async function selectUsersByIds(
  db: Knex,
  site: MoodleSite,
  ids: readonly number[],
): Promise<ReadonlyMap<number, ReadUser>> {
  const rows = await selectUsersById(db, site, ids, true);
  return new Map(
    rows.map((row) => [row.id, { ...row, suspended: row.suspended === 1, deleted: row.deleted === 1 }]),
  );
}

/** Courses by id, locked. An id without an entry is gone [T33]. */
export async function selectCoursesByIds(
  db: Knex,
  site: MoodleSite,
  ids: readonly number[],
): Promise<ReadonlyMap<number, ReadCourse>> {
  return new Map((await selectCoursesById(db, site, ids, true)).map((row) => [row.id, row]));
}

/** All categories. */
export async function selectCategories(db: Knex, site: MoodleSite): Promise<ReadCategory[]> {
  return selectCategoryRows(db, site);
}

/** Course id → its manual enrolment methods; a course without any has no entry. */
export async function selectManualInstances(
  db: Knex,
  site: MoodleSite,
  courseIds: readonly number[],
): Promise<ReadonlyMap<number, readonly ManualInstance[]>> {
  const found = new Map<number, ManualInstance[]>();
  for (const row of await selectInstancesByCourse(db, site, [...new Set(courseIds)])) {
    if (row.enrol !== 'manual') continue;
    const instances = found.get(row.courseid) ?? [];
    instances.push({ id: row.id, courseid: row.courseid, status: row.status });
    found.set(row.courseid, instances);
  }
  return found;
}

/** Key of an enrolment in maps: its natural key. */
export function enrolmentKey(enrolid: number, userid: number): string {
  return `${enrolid}:${userid}`;
}

/** `enrolmentKey` → enrolment, for those that exist. */
export async function selectEnrolments(
  db: Knex,
  site: MoodleSite,
  pairs: readonly { readonly enrolid: number; readonly userid: number }[],
): Promise<ReadonlyMap<string, ReadEnrolment>> {
  const rows: EnrolmentRow[] = await selectEnrolmentsByPair(db, site, pairs);
  return new Map(rows.map((row) => [enrolmentKey(row.enrolid, row.userid), row]));
}
