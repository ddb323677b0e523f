/** Courses that a run made go again, those that it linked are not ours any more, and names and codes come back. */
import { giveUp } from '../../journal/managed-history.js';
import type { ChangeResult } from '../../journal/plans.js';
import { deleteWithdrawn, selectWithdrawnIds } from '../../journal/withdrawn.js';
import type { NoticeCode } from '../../model/notice-codes.js';
import type { CourseArchive, CourseUpdate } from '../../model/plan.js';
import type { CourseRemove, CourseRestore, CourseUnlink } from '../../model/undo.js';
import type { CoursePatch } from '../../moodle/drafts.js';
import { findCoursesByIdnumber, selectCoursesByIds } from '../../moodle/reread.js';
import { lockCategories } from '../../moodle/sql/category.js';
import { lookAtCourses } from '../../moodle/use/courses.js';
import { updateCourses as writeCourseUpdates } from '../../moodle/write/courses.js';
import { removeCourses as writeRemovals } from '../../moodle/write/remove.js';
import type { BatchContext, BatchOutcome } from '../batch.js';
import { archiveCourses, updateCourses } from '../courses.js';
import { refuseReferred } from './look-again.js';
import { referencesOf } from './references.js';
import { toResult } from '../result.js';
import { reasonToKeep } from './reason-to-keep.js';

type Ended = CourseRemove | CourseUnlink;

async function letGo({ journal, session }: BatchContext, changes: readonly Ended[]): Promise<() => void> {
  const keys = changes.map(({ externalId }) => ({ kind: 'course' as const, externalId, secondId: '' }));
  await giveUp(journal, keys, 'undone', 'undo');
  await deleteWithdrawn(
    journal,
    'course',
    changes.map((change) => change.moodleId),
  );
  return () => changes.forEach(({ externalId }) => session.managedCourses.delete(externalId));
}

/** Deletes courses of which it is proved once more, under lock, that nobody has used them. */
export async function removeCourses(
  context: BatchContext,
  changes: readonly CourseRemove[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const references = await referencesOf(context);
  await lockCategories(
    write.db,
    write.site,
    changes.map((change) => change.categoryId),
  );
  const hidden = await selectWithdrawnIds(
    journal,
    'course',
    changes.map((change) => change.moodleId),
  );
  const wanted = changes.map(({ moodleId: id, externalId, values, categoryId }) => ({
    id,
    values,
    categoryId,
    timeZone: session.timeZone,
    hiddenByUs: hidden.has(id),
    timecreated: session.managedCourses.get(externalId)?.timecreated ?? 0,
  }));
  const looked = await lookAtCourses(write.db, write.site, references, wanted, true);
  const objection = ({ moodleId, externalId }: CourseRemove): NoticeCode | null => {
    const found = looked.get(moodleId);
    if (found === undefined) return 'course-gone';
    if (session.managedCourses.get(externalId)?.moodleId !== moodleId) return 'link-broken';
    return reasonToKeep(found.use, found.enrolments);
  };
  const refused = new Map(changes.map((change) => [change, objection(change)]));
  const free = changes.filter((change) => refused.get(change) === null);
  const ids = new Set(free.map((change) => change.moodleId));
  const going = new Map([...looked].filter(([id]) => ids.has(id)));
  await writeRemovals(write, going);
  const committed = await letGo(context, free);
  const places = [...going.values()].flatMap((one) => one.contextIds);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed,
    confirm: () => refuseReferred(context, { course: [...ids], context: places }),
  };
}

/** Courses get their idnumber back. */
export async function unlinkCourses(
  context: BatchContext,
  changes: readonly CourseUnlink[],
): Promise<BatchOutcome> {
  const { session, write } = context;
  const ids = changes.map((change) => change.moodleId);
  const courses = await selectCoursesByIds(write.db, write.site, ids);
  const held = await findCoursesByIdnumber(
    write.db,
    write.site,
    changes.map((change) => change.after.idnumber),
  );
  const objection = ({ moodleId, externalId, before, after }: CourseUnlink): NoticeCode | null => {
    const course = courses.get(moodleId);
    if (course === undefined) return 'course-gone';
    if (course.idnumber !== before.idnumber || session.managedCourses.get(externalId)?.moodleId !== moodleId)
      return 'link-broken';
    return (held.get(after.idnumber) ?? moodleId) === moodleId ? null : 'duplicate-idnumber';
  };
  const refused = new Map(changes.map((change) => [change, objection(change)]));
  const free = changes.filter((change) => refused.get(change) === null);
  await writeCourseUpdates(
    write,
    free
      .filter(({ before, after }) => before.idnumber !== after.idnumber)
      .map(({ moodleId: id, after }): CoursePatch => ({ id, set: after })),
  );
  const committed = await letGo(context, free);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed,
  };
}

/** A full name comes back as if KN had changed it. */
function toUpdate({ before, after, ...rest }: CourseRestore): CourseUpdate[] {
  if (after.fullname === undefined || before.fullname === undefined) return [];
  return [
    {
      ...rest,
      operation: 'update',
      className: after.fullname,
      before: { fullname: before.fullname },
      after: { fullname: after.fullname },
    },
  ];
}

/** A course set aside gets its code back, and with it its provenance. */
function toArchive({ before, after, ...rest }: CourseRestore): CourseArchive[] {
  if (after.idnumber === undefined || before.idnumber === undefined) return [];
  const [was, becomes] = [{ idnumber: before.idnumber }, { idnumber: after.idnumber }];
  return [{ ...rest, operation: 'archive', before: was, after: becomes }];
}

/** Codes that another course has by now stay there. */
async function findOccupied(
  { session, write }: BatchContext,
  changes: readonly CourseArchive[],
): Promise<ChangeResult[]> {
  const codes = changes.map((change) => change.after.idnumber);
  const held = await findCoursesByIdnumber(write.db, write.site, codes);
  return changes
    .filter(({ after, moodleId }) => {
      const holder = held.get(after.idnumber) ?? session.managedCourses.get(after.idnumber)?.moodleId;
      return holder !== undefined && holder !== moodleId;
    })
    .map((change) => toResult(change.seq, 'undo-occupied'));
}

/** Names and codes come back where Moodle still has what the run wrote. */
export async function restoreCourses(
  context: BatchContext,
  changes: readonly CourseRestore[],
): Promise<BatchOutcome> {
  const codes = changes.flatMap(toArchive);
  const occupied = await findOccupied(context, codes);
  const refused = new Set(occupied.map((result) => result.seq));
  const names = await updateCourses(context, changes.flatMap(toUpdate));
  const archived = await archiveCourses(
    context,
    codes.filter((change) => !refused.has(change.seq)),
  );
  return {
    results: [...occupied, ...names.results, ...archived.results],
    committed: () => {
      names.committed();
      archived.committed();
    },
  };
}
