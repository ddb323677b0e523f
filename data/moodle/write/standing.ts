/** Suspends and hides, and takes it back, as Moodle's own API does (contract §1.3, §4, §5.3). Nothing else is touched. */
import { RolloverError } from '../../model/errors.js';
import { courseUpdated, enrolmentUpdated, userUpdated } from '../events.js';
import { levels, type ContextRow } from '../sql/context.js';
import { selectCoursesById, updateCourseRows } from '../sql/course.js';
import { updateEnrolmentStatus, type LockedEnrolment } from '../sql/enrolment-status.js';
import { deleteSessions } from '../sql/session.js';
import { updateUserRows } from '../sql/user.js';
import type { WriteContext } from './context.js';
import { ensureContexts } from './contexts.js';
import { raiseFlags } from './flags.js';
import { writeLog } from './log.js';

function contextOf(contexts: ReadonlyMap<number, ContextRow>, id: number): ContextRow {
  const context = contexts.get(id);
  if (context === undefined) throw new RolloverError('Internal', 'A row has no context.');
  return context;
}

/**
 * Suspends accounts, which ends their sessions, or activates them again. Enrolments, roles and groups stay. Callers
 * have locked the rows and know that each changes.
 */
export async function setUsersSuspended(
  ctx: WriteContext,
  ids: readonly number[],
  suspended: boolean,
): Promise<void> {
  if (ids.length === 0) return;
  const { db, site, now } = ctx;
  if (suspended) await deleteSessions(db, site, ids);
  await updateUserRows(
    db,
    site,
    ids.map((id) => ({ id, set: { suspended: suspended ? 1 : 0 } })),
    now,
  );
  if (!ctx.logEvents) return;
  const contexts = await ensureContexts(ctx, levels.user, ids);
  await writeLog(ctx, () => ids.map((id) => userUpdated(id, contextOf(contexts, id))));
}

/** Hides courses, or shows them again; showing and hiding their category later keeps to it. */
export async function setCoursesVisible(
  ctx: WriteContext,
  ids: readonly number[],
  visible: boolean,
): Promise<void> {
  if (ids.length === 0) return;
  const { db, site, now } = ctx;
  const value = visible ? 1 : 0;
  await updateCourseRows(
    db,
    site,
    ids.map((id) => ({ id, set: { visible: value, visibleold: value } })),
    now,
  );
  if (!ctx.logEvents) return;
  const contexts = await ensureContexts(ctx, levels.course, ids);
  const rows = await selectCoursesById(db, site, ids, false);
  const fields = { visible: String(value), visibleold: String(value) };
  await writeLog(ctx, () => rows.map((row) => courseUpdated(row, fields, contextOf(contexts, row.id))));
}

/** Suspends enrolments, or activates them again; roles, groups, grades and work stay. */
export async function setEnrolmentsSuspended(
  ctx: WriteContext,
  rows: readonly LockedEnrolment[],
  suspended: boolean,
): Promise<void> {
  if (rows.length === 0) return;
  const { db, site, now, actorId } = ctx;
  const ids = rows.map((row) => row.id);
  await updateEnrolmentStatus(db, site, ids, suspended ? 1 : 0, actorId, now);
  await raiseFlags(
    ctx,
    'accesslib/dirtyusers',
    rows.map((row) => String(row.userid)),
  );
  if (!ctx.logEvents) return;
  const contexts = await ensureContexts(
    ctx,
    levels.course,
    rows.map((row) => row.courseid),
  );
  await writeLog(ctx, () => rows.map((row) => enrolmentUpdated(row, contextOf(contexts, row.courseid))));
}
