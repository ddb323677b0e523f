/** Has anybody used an enrolment that a run made? */
import type { Knex } from 'knex';
import type { Use } from '../../rules/undo/undo-input.js';
import { groupBy } from '../grouping.js';
import type { MoodleSite } from '../site.js';
import { levels, selectContexts } from '../sql/context.js';
import {
  selectEnrolmentsBy,
  selectRolesBy,
  selectSubscriptionsOf,
  type EnrolmentInCourse,
} from '../sql/inserted.js';
import { findPairs, type References } from './references.js';

/** An enrolment as it is now, and which rows go with it. */
export interface LookedEnrolment {
  readonly row: EnrolmentInCourse;
  readonly use: Use;
  readonly roleIds: readonly number[];
  readonly subscriptionIds: readonly number[];
}

export interface WantedEnrolment {
  readonly id: number;
  readonly role: 'student' | 'editingteacher';
}

const pair = (userid: number, place: number): string => `${userid}:${place}`;

/**
 * Looks at enrolments. Unused is one with the dates that we wrote, the only one of its person in the course, with the
 * one role that came with it, and of whom no table has a row in that course: no access, grade, group, completion.
 *
 * @returns by id; one without an entry is gone.
 */
export async function lookAtEnrolments(
  db: Knex,
  site: MoodleSite,
  references: References,
  wanted: readonly WantedEnrolment[],
): Promise<ReadonlyMap<number, LookedEnrolment>> {
  if (wanted.length === 0) return new Map();
  const rows = await selectEnrolmentsBy(
    db,
    site,
    'ue.id',
    wanted.map((one) => one.id),
  );
  const users = [...new Set(rows.map((row) => row.userid))];
  const courses = [...new Set(rows.map((row) => row.courseid))];
  const contexts = await selectContexts(db, site, levels.course, courses);
  const courseOf = new Map(contexts.map((row) => [row.id, row.instanceid]));
  const all = groupBy(await selectEnrolmentsBy(db, site, 'ue.userid', users), (row) =>
    pair(row.userid, row.courseid),
  );
  const roles = groupBy(
    (await selectRolesBy(db, site, 'userid', users)).filter((row) => courseOf.has(row.contextid)),
    (row) => pair(row.userid, courseOf.get(row.contextid) ?? 0),
  );
  const subscriptions = groupBy(await selectSubscriptionsOf(db, site, users), (row) =>
    pair(row.userid, row.course),
  );
  const used = await findPairs(db, site, references.paths, users, courses);
  const contextIds = contexts.map((row) => row.id);
  const usedContexts = await findPairs(db, site, references.contextPaths, users, contextIds);
  const contextOf = new Map(contexts.map((row) => [row.instanceid, row.id]));
  const roleOf = new Map(wanted.map((one) => [one.id, site.roles[one.role]]));
  return new Map(
    rows.map((row): [number, LookedEnrolment] => {
      const key = pair(row.userid, row.courseid);
      const given = roles.get(key) ?? [];
      const subscribed = subscriptions.get(key) ?? [];
      const [role, another] = given;
      const isOurRole =
        another === undefined &&
        role?.component === '' &&
        role.roleid === roleOf.get(row.id) &&
        role.timemodified === row.timecreated;
      const asWritten =
        row.timestart === 0 &&
        row.timeend === 0 &&
        row.enrol === 'manual' &&
        all.get(key)?.length === 1 &&
        isOurRole;
      const isUsed =
        used.has(key) ||
        usedContexts.has(pair(row.userid, contextOf.get(row.courseid) ?? 0)) ||
        subscribed.some((one) => one.forcesubscribe !== 2);
      return [
        row.id,
        {
          row,
          use: isUsed ? 'used' : asWritten ? 'unused' : 'changed',
          roleIds: given.map((one) => one.id),
          subscriptionIds: subscribed.map((one) => one.id),
        },
      ];
    }),
  );
}
