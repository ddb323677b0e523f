/** `forum` and `forum_subscriptions`. */
import type { Knex } from 'knex';
import { insertRows, selectIn, tableName, type TablePlace } from './statement.js';

export interface NewForum {
  readonly course: number;
  readonly type: string;
  readonly name: string;
  readonly intro: string;
  readonly forcesubscribe: number;
}

export async function insertForums(
  db: Knex,
  place: TablePlace,
  rows: readonly NewForum[],
  now: number,
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'forum'),
    ['course', 'type', 'name', 'intro', 'introformat', 'forcesubscribe', 'timemodified'],
    rows.map((row) => [row.course, row.type, row.name, row.intro, 1, row.forcesubscribe, now]),
  );
}

export async function selectForums(
  db: Knex,
  place: TablePlace,
  courseIds: readonly number[],
): Promise<{ readonly id: number; readonly course: number }[]> {
  return selectIn(
    db,
    courseIds,
    (marks) => `SELECT id, course FROM ${tableName(place, 'forum')} WHERE course IN (${marks}) ORDER BY id`,
  );
}

export interface SubscribingForum {
  readonly id: number;
  readonly course: number;
  /** Course module of the forum. */
  readonly module: number;
}

/** Forums that subscribe whoever gets a role in the course. */
export async function selectSubscribingForums(
  db: Knex,
  place: TablePlace,
  forumModuleId: number,
  courseIds: readonly number[],
): Promise<SubscribingForum[]> {
  return selectIn(
    db,
    courseIds,
    (marks) => `SELECT f.id, f.course, cm.id AS module
       FROM ${tableName(place, 'forum')} f
       JOIN ${tableName(place, 'course_modules')} cm
         ON cm.course = f.course AND cm.module = ? AND cm.instance = f.id
      WHERE f.forcesubscribe = 2 AND f.course IN (${marks}) ORDER BY f.id`,
    [forumModuleId],
  );
}

export interface SubscriptionRow {
  readonly id: number;
  readonly userid: number;
  readonly forum: number;
}

export async function selectSubscriptions(
  db: Knex,
  place: TablePlace,
  forumIds: readonly number[],
): Promise<SubscriptionRow[]> {
  return selectIn(
    db,
    forumIds,
    (marks) =>
      `SELECT id, userid, forum FROM ${tableName(place, 'forum_subscriptions')} WHERE forum IN (${marks})`,
  );
}

export async function insertSubscriptions(
  db: Knex,
  place: TablePlace,
  rows: readonly { readonly userid: number; readonly forum: number }[],
): Promise<void> {
  await insertRows(
    db,
    tableName(place, 'forum_subscriptions'),
    ['userid', 'forum'],
    rows.map((row) => [row.userid, row.forum]),
  );
}
