/** Has anybody used an account that a run made? */
import type { Knex } from 'knex';
import type { UserValues } from '../../model/plan.js';
import type { Use } from '../../rules/undo/undo-input.js';
import { groupBy } from '../grouping.js';
import type { MoodleSite } from '../site.js';
import { levels, selectContexts } from '../sql/context.js';
import {
  selectEnrolmentsBy,
  selectPasswordTimes,
  selectRolesBy,
  selectSubscriptionsOf,
  selectWhole,
  type WholeRow,
} from '../sql/inserted.js';
import { userRow } from '../write/users.js';
import { differs } from './compare.js';
import { findReferred, type References } from './references.js';

export interface WantedUser {
  readonly id: number;
  readonly values: UserValues;
  readonly timecreated: number;
}

export interface LookedUser {
  readonly use: Use;
  /** Enrolments that it has now. */
  readonly enrolments: readonly number[];
}

/** Columns that nobody sets when an account is made: Moodle's defaults that are not empty. */
const defaults: Readonly<Record<string, string>> = { timezone: '99', descriptionformat: '1', confirmed: '1' };
/** Columns that say nothing about what a person did to the account, or are compared on their own. */
const aside: ReadonlySet<string> = new Set(['id', 'password', 'timecreated', 'timemodified', 'suspended']);
/** A person was here. */
const visits = ['firstaccess', 'lastaccess', 'lastlogin', 'currentlogin', 'lastip'] as const;

function isChanged(site: MoodleSite, { values, timecreated }: WantedUser, row: WholeRow): boolean {
  const now = Number(row['timecreated']);
  if (now !== timecreated || Number(row['deleted']) !== 0 || Number(row['suspended']) !== 0) return true;
  const planned: Readonly<Record<string, string>> = { ...values };
  if (differs(row, planned, Object.keys(planned))) return true;
  // every change by Moodle itself stamps the row; then it must be what we would write today, to the last column
  if (Number(row['timemodified']) === timecreated) return false;
  const draft = { ...values, password: '', passwordSet: false };
  const expected = { ...defaults, ...userRow({ site, now }, draft) };
  return differs(
    row,
    expected,
    Object.keys(row).filter((name) => !aside.has(name)),
  );
}

/**
 * Looks at accounts. Unused is one with the values that we wrote, which nobody has signed in to, and to which no row of
 * any table refers but the enrolments that are listed with it and what came with those.
 *
 * @returns by id; one without an entry is gone.
 */
export async function lookAtUsers(
  db: Knex,
  site: MoodleSite,
  references: References,
  wanted: readonly WantedUser[],
  lock = false,
): Promise<ReadonlyMap<number, LookedUser>> {
  if (wanted.length === 0) return new Map();
  const ids = wanted.map((one) => one.id);
  const rows = new Map((await selectWhole(db, site, 'user', ids, lock)).map((row) => [row.id, row]));
  const contexts = await selectContexts(db, site, levels.user, ids);
  const userOf = new Map(contexts.map((row) => [row.id, row.instanceid]));
  const referred = await findReferred(db, site, references, { user: ids, context: [...userOf.keys()] });
  const inContext = new Set([...referred.context].map((id) => userOf.get(id)));
  const strangers = await findStrangers(db, site, ids, userOf);
  const passwords = new Map((await selectPasswordTimes(db, site, ids)).map((row) => [row.userid, row.value]));
  return new Map(
    wanted.flatMap((one): [number, LookedUser][] => {
      const row = rows.get(one.id);
      if (row === undefined) return [];
      const visited = visits.some((name) => !['0', ''].includes(String(row[name])));
      const password = passwords.get(one.id) ?? String(one.timecreated);
      const isUsed =
        visited || referred.user.has(one.id) || inContext.has(one.id) || strangers.used.has(one.id);
      const changed = isChanged(site, one, row) || password !== String(one.timecreated);
      const use: Use = isUsed ? 'used' : changed ? 'changed' : 'unused';
      return [[one.id, { use, enrolments: strangers.enrolments.get(one.id) ?? [] }]];
    }),
  );
}

/** Enrolments, and roles and subscriptions that do not come with one. */
async function findStrangers(
  db: Knex,
  site: MoodleSite,
  ids: readonly number[],
  userOf: ReadonlyMap<number, number>,
): Promise<{
  readonly used: ReadonlySet<number>;
  readonly enrolments: ReadonlyMap<number, readonly number[]>;
}> {
  const rows = await selectEnrolmentsBy(db, site, 'ue.userid', ids);
  const courseContexts = await selectContexts(db, site, levels.course, [
    ...new Set(rows.map((row) => row.courseid)),
  ]);
  const contextOf = new Map(courseContexts.map((row) => [row.instanceid, row.id]));
  const isIn = new Set(rows.map((row) => `${row.userid}:${contextOf.get(row.courseid) ?? 0}`));
  const inCourse = new Set(rows.map((row) => `${row.userid}:${row.courseid}`));
  const used = new Set<number>();
  for (const role of await selectRolesBy(db, site, 'userid', ids))
    if (!isIn.has(`${role.userid}:${role.contextid}`)) used.add(role.userid);
  for (const role of await selectRolesBy(db, site, 'contextid', [...userOf.keys()]))
    used.add(userOf.get(role.contextid) ?? 0);
  for (const one of await selectSubscriptionsOf(db, site, ids))
    if (!inCourse.has(`${one.userid}:${one.course}`)) used.add(one.userid);
  const enrolments = new Map(
    [...groupBy(rows, (row) => row.userid)].map(([userid, list]) => [userid, list.map((row) => row.id)]),
  );
  return { used, enrolments };
}
