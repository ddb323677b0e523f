/** The status of rows in `user_enrolments`. */
import type { Knex } from 'knex';
import { placeholders, selectIn, slices, MAX_IN, tableName, write, type TablePlace } from './statement.js';

export interface LockedEnrolment {
  readonly id: number;
  readonly enrolid: number;
  readonly userid: number;
  /** 0 active, 1 suspended. */
  readonly status: number;
  readonly courseid: number;
  readonly enrol: string;
}

/** Enrolments by id with their course and method, locked in order of id until the transaction ends. */
export async function lockEnrolments(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
): Promise<LockedEnrolment[]> {
  return selectIn(
    db,
    [...new Set(ids)].sort((a, b) => a - b),
    (marks) =>
      `SELECT ue.id, ue.enrolid, ue.userid, ue.status, e.courseid, e.enrol
         FROM ${tableName(place, 'user_enrolments')} ue JOIN ${tableName(place, 'enrol')} e ON e.id = ue.enrolid
        WHERE ue.id IN (${marks}) ORDER BY ue.id FOR UPDATE`,
  );
}

/** One status for many. */
export async function updateEnrolmentStatus(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
  status: 0 | 1,
  modifierId: number,
  now: number,
): Promise<void> {
  for (const slice of slices(ids, MAX_IN))
    await write(
      db,
      `UPDATE ${tableName(place, 'user_enrolments')} SET status = ?, modifierid = ?, timemodified = ?
        WHERE id IN (${placeholders(slice.length)})`,
      [status, modifierId, now, ...slice],
    );
}
