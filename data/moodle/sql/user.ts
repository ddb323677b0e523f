/** `user` and `user_preferences`. */
import type { Knex } from 'knex';
import {
  insertRows,
  selectIn,
  selectRows,
  tableName,
  updateById,
  type RowUpdate,
  type TablePlace,
  type Value,
} from './statement.js';

export interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly idnumber: string;
  readonly email: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly auth: string;
  readonly suspended: number;
  readonly deleted: number;
  readonly timecreated: number;
  readonly mnethostid: number;
}

const columns =
  'id, username, idnumber, email, firstname, lastname, auth, suspended, deleted, timecreated, mnethostid';

/** Accounts that are not deleted, one page by primary key. */
export async function selectUserPage(
  db: Knex,
  place: TablePlace,
  after: number,
  limit: number,
): Promise<UserRow[]> {
  return selectRows(
    db,
    `SELECT ${columns} FROM ${tableName(place, 'user')}
      WHERE id > ? AND deleted = 0 ORDER BY id LIMIT ${limit}`,
    [after],
  );
}

export async function selectUsersById(
  db: Knex,
  place: TablePlace,
  ids: readonly number[],
  lock: boolean,
): Promise<UserRow[]> {
  return selectIn(
    db,
    [...new Set(ids)].sort((a, b) => a - b),
    (marks) =>
      `SELECT ${columns} FROM ${tableName(place, 'user')} WHERE id IN (${marks}) ORDER BY id${lock ? ' FOR UPDATE' : ''}`,
  );
}

/** Accounts of one host by login, as the collation compares; deleted accounts included, as the unique key does. */
export async function selectUsersByUsername(
  db: Knex,
  place: TablePlace,
  mnetHostId: number,
  usernames: readonly string[],
): Promise<UserRow[]> {
  return selectIn(
    db,
    usernames,
    (marks) =>
      `SELECT ${columns} FROM ${tableName(place, 'user')} WHERE mnethostid = ? AND username IN (${marks})`,
    [mnetHostId],
  );
}

/** Accounts that are not deleted, by idnumber as the collation compares. */
export async function selectUsersByIdnumber(
  db: Knex,
  place: TablePlace,
  idnumbers: readonly string[],
): Promise<UserRow[]> {
  return selectIn(
    db,
    idnumbers,
    (marks) =>
      `SELECT ${columns} FROM ${tableName(place, 'user')} WHERE deleted = 0 AND idnumber IN (${marks})`,
  );
}

/** Accounts of one host that are not deleted, by e-mail as the collation compares. */
export async function selectUsersByEmail(
  db: Knex,
  place: TablePlace,
  mnetHostId: number,
  emails: readonly string[],
): Promise<UserRow[]> {
  return selectIn(
    db,
    emails,
    (marks) =>
      `SELECT ${columns} FROM ${tableName(place, 'user')}
        WHERE deleted = 0 AND mnethostid = ? AND email IN (${marks})`,
    [mnetHostId],
  );
}

/** All rows have the columns of the first one. */
export async function insertUsers(
  db: Knex,
  place: TablePlace,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  await insertRows(
    db,
    tableName(place, 'user'),
    names,
    rows.map((row) => names.map((name) => row[name] ?? null)),
  );
}

export async function updateUserRows(
  db: Knex,
  place: TablePlace,
  updates: readonly RowUpdate[],
  timemodified: number,
): Promise<void> {
  await updateById(db, tableName(place, 'user'), updates, [
    { sql: 'timemodified = ?', bindings: [timemodified] },
  ]);
}

/** One preference for many users who do not have it yet. */
export async function insertPreference(
  db: Knex,
  place: TablePlace,
  userIds: readonly number[],
  name: string,
  value: string,
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'user_preferences'),
    ['userid', 'name', 'value'],
    userIds.map((id) => [id, name, value]),
  );
}
