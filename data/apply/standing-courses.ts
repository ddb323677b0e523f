/** Courses are hidden, and shown again when their class is back in KN. */
import type { CourseHide, CourseShow } from '../model/removal.js';
import { selectCoursesByIds } from '../moodle/reread.js';
import { lockCategories } from '../moodle/sql/category.js';
import { setCoursesVisible } from '../moodle/write/standing.js';
import type { BatchContext, BatchOutcome } from './batch.js';
import { takeBack, withdraw, type Look, type Looked } from './standing.js';

async function look<C extends CourseHide | CourseShow>(
  { session, write }: BatchContext,
  changes: readonly C[],
  visible: boolean,
): Promise<Looked<C>[]> {
  const { db, site } = write;
  const ids = changes.map((change) => change.moodleId);
  const courses = await selectCoursesByIds(db, site, ids);
  const categories = visible
    ? await lockCategories(db, site, [...new Set([...courses.values()].map((row) => row.category))])
    : [];
  const hidden = new Set(categories.filter((row) => row.visible === 0).map((row) => row.id));
  const judge = ({ moodleId, externalId, shortname }: C): Look => {
    const course = courses.get(moodleId);
    const managed = session.managedCourses.get(externalId);
    if (course === undefined) return 'course-gone';
    if (course.idnumber !== externalId || managed?.moodleId !== moodleId) return 'link-broken';
    if (managed.timecreated !== course.timecreated) return 'link-restored';
    if (course.shortname !== shortname) return 'value-changed-in-moodle';
    if ((course.visible === 1) === visible) return 'so-already';
    return hidden.has(course.category) ? 'category-hidden' : 'to-do';
  };
  return changes.map((change) => ({ change, look: judge(change) }));
}

/** Hides courses; members, grades and work stay. */
export async function hideCourses(
  context: BatchContext,
  changes: readonly CourseHide[],
): Promise<BatchOutcome> {
  return withdraw(context, await look(context, changes, false), (free) =>
    setCoursesVisible(
      context.write,
      free.map(({ moodleId }) => moodleId),
      false,
    ),
  );
}

/** Shows courses that we hid. */
export async function showCourses(
  context: BatchContext,
  changes: readonly CourseShow[],
): Promise<BatchOutcome> {
  return takeBack(context, await look(context, changes, true), (free) =>
    setCoursesVisible(
      context.write,
      free.map(({ moodleId }) => moodleId),
      true,
    ),
  );
}
