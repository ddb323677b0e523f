/** `enrol` and `user_enrolments`. */
import type { Knex } from 'knex';
import {
  insertRows,
  selectIn,
  selectRows,
  slices,
  tableName,
  type TablePlace,
  type Value,
} from './statement.js';

export interface InstanceRow {
  readonly id: number;
  readonly courseid: number;
  readonly enrol: string;
  readonly status: number;
}

/** Every enrolment method of every course, one page by primary key. */
export async function selectInstancePage(
  db: Knex,
  place: TablePlace,
  after: number,
  limit: number,
): Promise<InstanceRow[]> {
  return selectRows(
    db,
    `SELECT id, courseid, enrol, status FROM ${tableName(place, 'enrol')} WHERE id > ? ORDER BY id LIMIT ${limit}`,
    [after],
  );
}

/** Enabled methods in courses by plugin. */
export async function countActiveInstances(
  db: Knex,
  place: TablePlace,
): Promise<{ readonly enrol: string; readonly courses: number }[]> {
  return selectRows(
    db,
    `SELECT enrol, COUNT(DISTINCT courseid) AS courses FROM ${tableName(place, 'enrol')} WHERE status = 0 GROUP BY enrol`,
  );
}

export async function selectInstancesByCourse(
  db: Knex,
  place: TablePlace,
  courseIds: readonly number[],
): Promise<InstanceRow[]> {
  return selectIn(
    db,
    courseIds,
    (marks) =>
      `SELECT id, courseid, enrol, status FROM ${tableName(place, 'enrol')}
        WHERE courseid IN (${marks}) ORDER BY courseid, sortorder, id`,
  );
}

export interface EnrolmentRow {
  readonly id: number;
  readonly enrolid: number;
  readonly userid: number;
  readonly status: number;
}

export async function selectEnrolmentPage(
  db: Knex,
  place: TablePlace,
  after: number,
  limit: number,
): Promise<EnrolmentRow[]> {
  return selectRows(
    db,
    `SELECT id, enrolid, userid, status FROM ${tableName(place, 'user_enrolments')}
      WHERE id > ? ORDER BY id LIMIT ${limit}`,
    [after],
  );
}

export async function selectEnrolmentsById(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<EnrolmentRow[]> {
  return selectIn(
    db,
    ids,
    (marks) =>
      `SELECT id, enrolid, userid, status FROM ${tableName(place, 'user_enrolments')} WHERE id IN (${marks})`,
  );
}

/** Pairs of one SELECT: two values each. */
const MAX_PAIRS = 2500;

/** Enrolments by their natural key. */
export async function selectEnrolmentsByPair(
  db: Knex,
  place: TablePlace,
  pairs: readonly { readonly enrolid: number; readonly userid: number }[],
): Promise<EnrolmentRow[]> {
  const rows: EnrolmentRow[] = [];
  for (const slice of slices(pairs, MAX_PAIRS)) {
    const marks = new Array<string>(slice.length).fill('(?, ?)').join(', ');
    const bindings = slice.flatMap(({ enrolid, userid }) => [enrolid, userid]);
    rows.push(
      ...(await selectRows<EnrolmentRow>(
        db,
        `SELECT id, enrolid, userid, status FROM ${tableName(place, 'user_enrolments')}
          WHERE (enrolid, userid) IN (${marks}) ORDER BY id`,
        bindings,
      )),
    );
  }
  return rows;
}

/** Enrolments from an id on: those that were made just now, by whomever. */
export async function selectEnrolmentsFrom(
  db: Knex,
  place: TablePlace,
  firstId: number,
): Promise<EnrolmentRow[]> {
  return selectRows(
    db,
    `SELECT id, enrolid, userid, status FROM ${tableName(place, 'user_enrolments')} WHERE id >= ? ORDER BY id`,
    [firstId],
  );
}

/** All rows have the columns of the first one. */
export async function insertInstances(
  db: Knex,
  place: TablePlace,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  await insertRows(
    db,
    tableName(place, 'enrol'),
    names,
    rows.map((row) => names.map((name) => row[name] ?? null)),
  );
}

export interface NewEnrolment {
  readonly enrolid: number;
  readonly userid: number;
  readonly timestart: number;
  readonly timeend: number;
}

/**
 * Active enrolments. A pair that exists already is refused by Moodle's unique key (1062).
 *
 * @returns the lowest id that they were given; null when there were none.
 */
export async function insertEnrolments(
  db: Knex,
  place: TablePlace,
  rows: readonly NewEnrolment[],
  modifierId: number,
  now: number,
): Promise<number | null> {
  const statements = await insertRows(
    db,
    tableName(place, 'user_enrolments'),
    ['status', 'enrolid', 'userid', 'timestart', 'timeend', 'modifierid', 'timecreated', 'timemodified'],
    rows.map((row) => [0, row.enrolid, row.userid, row.timestart, row.timeend, modifierId, now, now]),
  );
  return statements.length === 0 ? null : Math.min(...statements.map(({ firstId }) => firstId));
}
