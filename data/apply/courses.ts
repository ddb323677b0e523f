/** Courses: created, linked, renamed, and set aside when their code is used again. Never moved, hidden or re-dated. */
import {
  insertManaged,
  putManaged,
  renameManagedCourses,
  updateManaged,
  type ManagedRow,
} from '../journal/managed.js';
import type { NoticeCode } from '../model/notice-codes.js';
import type { CourseArchive, CourseCreate, CourseLink, CourseUpdate, ManagedCourse } from '../model/plan.js';
import { courseDrafts } from '../moodle/course-defaults.js';
import type { CoursePatch } from '../moodle/drafts.js';
import {
  findCoursesByIdnumber,
  findTakenShortnames,
  selectCoursesByIds,
  type ReadCourse,
} from '../moodle/reread.js';
import { lockCategories } from '../moodle/sql/category.js';
import {
  createCourses as writeCourses,
  updateCourses as writeCourseUpdates,
} from '../moodle/write/courses.js';
import type { BatchContext, BatchOutcome } from './batch.js';
import { toResult } from './result.js';

interface ManagedCourseRow extends ManagedRow {
  readonly body: Pick<ManagedCourse, 'fields' | 'groupType' | 'year'>;
}

function remember(context: BatchContext, row: ManagedCourseRow): void {
  const { externalId, moodleId, origin, naturalKey, naturalNumber, body } = row;
  context.session.managedCourses.set(externalId, {
    externalId,
    moodleId,
    origin,
    shortname: naturalKey,
    timecreated: naturalNumber,
    ...body,
  });
}

function categoryOf(context: BatchContext, change: CourseCreate): number | undefined {
  return change.categoryId ?? context.session.categoryIds.get(change.categoryPath);
}

/** Why a course cannot be created now. */
async function objections(
  context: BatchContext,
  changes: readonly CourseCreate[],
): Promise<Map<CourseCreate, NoticeCode>> {
  const { db, site } = context.write;
  const shortnames = await findTakenShortnames(
    db,
    site,
    changes.map((change) => change.values.shortname),
  );
  const idnumbers = await findCoursesByIdnumber(
    db,
    site,
    changes.map((change) => change.externalId),
  );
  const categoryIds = changes.flatMap((change) => categoryOf(context, change) ?? []);
  const locked = await lockCategories(db, site, categoryIds);
  const categories = new Map(locked.map((category) => [category.id, category.coursecount]));
  const refused = new Map<CourseCreate, NoticeCode>();
  for (const change of changes) {
    const category = categoryOf(context, change);
    const count = category === undefined ? undefined : categories.get(category);
    if (category === undefined || count === undefined) refused.set(change, 'course-missing');
    else if (count + 1 >= site.sortorderStep) refused.set(change, 'category-full');
    else categories.set(category, count + 1);
    if (shortnames.has(change.values.shortname)) refused.set(change, 'shortname-taken');
    if (idnumbers.has(change.externalId) || context.session.managedCourses.has(change.externalId))
      refused.set(change, 'duplicate-idnumber');
  }
  return refused;
}

/** Creates courses with everything that Moodle's own form would give them. */
export async function createCourses(
  context: BatchContext,
  changes: readonly CourseCreate[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const refused = await objections(context, changes);
  const free = changes.filter((change) => !refused.has(change));
  const drafts = await courseDrafts(
    write.db,
    write.site,
    free.map((change) => ({
      ...change.values,
      category: categoryOf(context, change) ?? 0,
      timeZone: session.timeZone,
    })),
  );
  const ids = await writeCourses(write, drafts);
  const rows = free.map((change): ManagedCourseRow => ({
    kind: 'course',
    externalId: change.externalId,
    moodleId: ids.get(change.values.shortname) ?? 0,
    origin: 'created',
    naturalKey: change.values.shortname,
    naturalNumber: write.now,
    body: {
      fields: { fullname: { kn: change.className, moodle: change.values.fullname } },
      groupType: change.groupType,
      year: change.year,
    },
    planId: session.planId,
    seq: change.seq,
  }));
  await insertManaged(journal, rows);
  return {
    results: changes.map((change) =>
      toResult(change.seq, refused.get(change) ?? null, ids.get(change.values.shortname)),
    ),
    committed: () => rows.forEach((row) => remember(context, row)),
  };
}

function linkObjection(
  change: CourseLink,
  course: ReadCourse | undefined,
  held: ReadonlyMap<string, number>,
): NoticeCode | null {
  const holder = held.get(change.externalId);
  if (holder !== undefined && holder !== change.moodleId) return 'duplicate-idnumber';
  if (course === undefined) return 'course-gone';
  return course.idnumber === change.idnumberBefore ? null : 'link-broken';
}

/** Courses become ours; an accepted proposal also writes the idnumber. */
export async function linkCourses(
  context: BatchContext,
  changes: readonly CourseLink[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const ids = changes.map((change) => change.moodleId);
  const courses = await selectCoursesByIds(write.db, write.site, ids);
  const held = await findCoursesByIdnumber(
    write.db,
    write.site,
    changes.map((change) => change.externalId),
  );
  const refused = new Map(
    changes.map((change) => [change, linkObjection(change, courses.get(change.moodleId), held)]),
  );
  const free = changes.filter((change) => refused.get(change) === null);
  const patches = free
    .filter((change) => change.idnumberBefore !== change.externalId)
    .map((change): CoursePatch => ({ id: change.moodleId, set: { idnumber: change.externalId } }));
  await writeCourseUpdates(write, patches);
  const rows = free.flatMap((change): ManagedCourseRow[] => {
    const course = courses.get(change.moodleId);
    if (course === undefined) return [];
    const moodle = course.fullname === change.fullname ? change.fullname : null;
    const body = {
      fields: { fullname: { kn: change.className, moodle } },
      groupType: change.groupType,
      year: change.year,
    };
    return [
      {
        kind: 'course',
        externalId: change.externalId,
        moodleId: course.id,
        origin: 'linked',
        naturalKey: course.shortname,
        naturalNumber: course.timecreated,
        body,
        planId: session.planId,
        seq: change.seq,
      },
    ];
  });
  await putManaged(journal, rows);
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed: () => rows.forEach((row) => remember(context, row)),
  };
}

function updateObjection(change: CourseUpdate, course: ReadCourse | undefined): NoticeCode | null {
  if (course === undefined) return 'course-gone';
  if (course.idnumber !== change.externalId) return 'link-broken';
  return course.fullname === change.before.fullname ? null : 'value-changed-in-moodle';
}

/** A class that KN renamed gets its new full name, where Moodle still has the old one. */
export async function updateCourses(
  context: BatchContext,
  changes: readonly CourseUpdate[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const ids = changes.map((change) => change.moodleId);
  const courses = await selectCoursesByIds(write.db, write.site, ids);
  const refused = new Map(
    changes.map((change) => [change, updateObjection(change, courses.get(change.moodleId))]),
  );
  const free = changes.filter((change) => refused.get(change) === null);
  await writeCourseUpdates(
    write,
    free.map((change): CoursePatch => ({ id: change.moodleId, set: change.after })),
  );
  const updated = free.flatMap((change) => {
    const managed = session.managedCourses.get(change.externalId);
    const fields = { ...managed?.fields, fullname: { kn: change.className, moodle: change.after.fullname } };
    return managed === undefined ? [] : [{ ...managed, fields }];
  });
  await updateManaged(
    journal,
    'course',
    updated.map(({ externalId, shortname, fields, groupType, year }) => ({
      externalId,
      naturalKey: shortname,
      body: { fields, groupType, year },
    })),
  );
  return {
    results: changes.map((change) => toResult(change.seq, refused.get(change) ?? null, change.moodleId)),
    committed: () => updated.forEach((course) => session.managedCourses.set(course.externalId, course)),
  };
}

/** Last year's course keeps its members under a year-stamped idnumber, so that the code is free for a new course. */
export async function archiveCourses(
  context: BatchContext,
  changes: readonly CourseArchive[],
): Promise<BatchOutcome> {
  const { journal, session, write } = context;
  const ids = changes.map((change) => change.moodleId);
  const courses = await selectCoursesByIds(write.db, write.site, ids);
  const objection = (change: CourseArchive): NoticeCode | null => {
    const course = courses.get(change.moodleId);
    if (course === undefined) return 'course-gone';
    return course.idnumber === change.before.idnumber ? null : 'link-broken';
  };
  const free = changes.filter((change) => objection(change) === null);
  await writeCourseUpdates(
    write,
    free.map((change): CoursePatch => ({ id: change.moodleId, set: change.after })),
  );
  const renames = free.map(({ externalId: from, after }) => ({ from, to: after.idnumber }));
  await renameManagedCourses(journal, renames);
  return {
    results: changes.map((change) => toResult(change.seq, objection(change), change.moodleId)),
    committed: () => {
      for (const change of free) {
        const managed = session.managedCourses.get(change.externalId);
        session.managedCourses.delete(change.externalId);
        if (managed !== undefined)
          session.managedCourses.set(change.after.idnumber, {
            ...managed,
            externalId: change.after.idnumber,
          });
      }
    },
  };
}
