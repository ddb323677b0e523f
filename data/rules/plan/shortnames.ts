/** Short names of new courses: unique in Moodle and within the plan, as Moodle's collation compares. */
import type { CollationFold, MoodleCourse } from '../../moodle/state.js';
import { shortnameWithYear, wantedShortname, type ClassToPlan } from './course-values.js';

export interface ShortnameChoice {
  readonly shortname: string;
  /** Courses that have it already. */
  readonly takers: readonly MoodleCourse[];
  /** Whether another new class of this plan wants it too. */
  readonly contested: boolean;
}

/**
 * Chooses short names for classes that are to get a course. Where only a course of the same code that was set aside
 * has the name, the school year is added. Two classes that want one name are both contested.
 */
export function chooseShortnames<C extends ClassToPlan>(
  classes: readonly C[],
  courses: readonly MoodleCourse[],
  fold: CollationFold,
  year: number,
  isOldCourse: (one: C, course: MoodleCourse) => boolean,
): Map<C, ShortnameChoice> {
  const byName = new Map<string, MoodleCourse[]>();
  for (const course of courses) {
    const name = fold(course.shortname);
    const list = byName.get(name);
    if (list === undefined) byName.set(name, [course]);
    else list.push(course);
  }
  const takersOf = (shortname: string): MoodleCourse[] => byName.get(fold(shortname)) ?? [];
  const chosen = new Map<C, Omit<ShortnameChoice, 'contested'>>();
  const counts = new Map<string, number>();
  for (const one of classes) {
    let shortname = wantedShortname(one, year);
    let takers = takersOf(shortname);
    if (takers.length > 0 && takers.every((course) => isOldCourse(one, course))) {
      shortname = shortnameWithYear(shortname, year);
      takers = takersOf(shortname);
    }
    chosen.set(one, { shortname, takers });
    counts.set(fold(shortname), (counts.get(fold(shortname)) ?? 0) + 1);
  }
  return new Map(
    [...chosen].map(([one, choice]) => [
      one,
      { ...choice, contested: (counts.get(fold(choice.shortname)) ?? 0) > 1 },
    ]),
  );
}
