/**
 * Takes away what a run inserted, row by row of the contract (§1.1, §2, §3.1, §5.1), and logs it as Moodle does. Callers
 * have locked the rows and proved that nothing else refers to them.
 */
import {
  courseDeleted,
  categoryDeleted,
  enrolmentDeleted,
  roleUnassigned,
  userDeleted,
} from '../removal-events.js';
import { lockAllCategories, updateCourseCounts } from '../sql/category.js';
import { levels, selectContexts, type ContextRow } from '../sql/context.js';
import { renumberCourses, selectCoursesById } from '../sql/course.js';
import { selectRolesBy } from '../sql/inserted.js';
import { clearCourseCounts, deleteRows } from '../sql/remove.js';
import { deleteSessions } from '../sql/session.js';
import { selectUsersById } from '../sql/user.js';
import type { LookedCourse } from '../use/courses.js';
import type { LookedEnrolment } from '../use/enrolments.js';
import { renumberCategories } from './categories.js';
import type { WriteContext } from './context.js';
import { raiseFlags } from './flags.js';
import { writeLog } from './log.js';

function byInstance(rows: readonly ContextRow[]): Map<number, ContextRow> {
  return new Map(rows.map((row) => [row.instanceid, row]));
}

/** Enrolments with their roles and the subscriptions that came with them. */
export async function removeEnrolments(ctx: WriteContext, looked: readonly LookedEnrolment[]): Promise<void> {
  if (looked.length === 0) return;
  const { db, site } = ctx;
  const places = byInstance(
    await selectContexts(db, site, levels.course, [...new Set(looked.map(({ row }) => row.courseid))]),
  );
  const roleIds = new Set(looked.flatMap((one) => one.roleIds));
  const users = [...new Set(looked.map(({ row }) => row.userid))];
  const roles = (await selectRolesBy(db, site, 'userid', users)).filter((row) => roleIds.has(row.id));
  const byPair = new Map(roles.map((row) => [`${row.userid}:${row.contextid}`, row]));
  await deleteRows(
    db,
    site,
    'forum_subscriptions',
    'id',
    looked.flatMap((one) => one.subscriptionIds),
  );
  await deleteRows(db, site, 'role_assignments', 'id', [...roleIds]);
  await deleteRows(
    db,
    site,
    'user_enrolments',
    'id',
    looked.map(({ row }) => row.id),
  );
  await raiseFlags(ctx, 'accesslib/dirtyusers', users.map(String));
  await writeLog(ctx, () =>
    looked.flatMap(({ row }) => {
      const place = places.get(row.courseid);
      if (place === undefined) return [];
      const role = byPair.get(`${row.userid}:${place.id}`);
      return [...(role === undefined ? [] : [roleUnassigned(role, place)]), enrolmentDeleted(row, place)];
    }),
  );
}

/** Accounts with their context and the preference that came with their password. */
export async function removeUsers(ctx: WriteContext, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const { db, site } = ctx;
  const places = byInstance(await selectContexts(db, site, levels.user, ids));
  const rows = await selectUsersById(db, site, ids, false);
  await deleteSessions(db, site, ids);
  await deleteRows(db, site, 'user_preferences', 'userid', ids);
  await deleteRows(
    db,
    site,
    'context',
    'id',
    [...places.values()].map((row) => row.id),
  );
  await deleteRows(db, site, 'user', 'id', ids);
  await writeLog(ctx, () =>
    rows.flatMap((row) => {
      const place = places.get(row.id);
      return place === undefined ? [] : [userDeleted(row, row.mnethostid, place)];
    }),
  );
}

/** Courses with everything that they were made with; the others of their categories close up. */
export async function removeCourses(
  ctx: WriteContext,
  looked: ReadonlyMap<number, LookedCourse>,
): Promise<void> {
  const ids = [...looked.keys()];
  if (ids.length === 0) return;
  const { db, site } = ctx;
  const places = byInstance(await selectContexts(db, site, levels.course, ids));
  const rows = await selectCoursesById(db, site, ids, true);
  const all = [...looked.values()];
  for (const table of ['course_sections', 'course_modules', 'forum'] as const)
    await deleteRows(db, site, table, 'course', ids);
  for (const table of ['course_format_options', 'enrol'] as const)
    await deleteRows(db, site, table, 'courseid', ids);
  await deleteRows(
    db,
    site,
    'block_instances',
    'id',
    all.flatMap((one) => one.blockIds),
  );
  await deleteRows(
    db,
    site,
    'context',
    'id',
    all.flatMap((one) => one.contextIds),
  );
  await deleteRows(db, site, 'course', 'id', ids);
  const categories = [...new Set(rows.map((row) => row.category))];
  await renumberCourses(db, site, categories);
  await updateCourseCounts(db, site, categories);
  await clearCourseCounts(db, site, categories);
  await writeLog(ctx, () =>
    rows.flatMap((row) => {
      const place = places.get(row.id);
      return place === undefined ? [] : [courseDeleted(row, place)];
    }),
  );
}

/** Categories; those that stay close up, and their courses with them. All categories are locked. */
export async function removeCategories(ctx: WriteContext, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const { db, site } = ctx;
  const gone = new Set(ids);
  const all = await lockAllCategories(db, site);
  const places = byInstance(await selectContexts(db, site, levels.category, ids));
  await deleteRows(
    db,
    site,
    'context',
    'id',
    [...places.values()].map((row) => row.id),
  );
  await deleteRows(db, site, 'course_categories', 'id', ids);
  await renumberCategories(
    ctx,
    all.filter((row) => !gone.has(row.id)),
  );
  await writeLog(ctx, () =>
    all
      .filter((row) => gone.has(row.id))
      .flatMap((row) => {
        const place = places.get(row.id);
        return place === undefined ? [] : [categoryDeleted(row.name, place)];
      }),
  );
}
