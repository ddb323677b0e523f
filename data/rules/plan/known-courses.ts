/** Classes whose course is ours by the journal: used as it is, relinked after a person's answer, or left with a notice. */
import type { CourseLink, CourseUpdate, LinkProposal, ManagedCourse, Notice } from '../../model/plan.js';
import type { MoodleCourse } from '../../moodle/state.js';
import { fillPattern, fits } from '../patterns.js';
import { className, patternValues, type ClassToPlan } from './course-values.js';
import { settleLinks, type LinkLookup } from './links.js';
import { notice } from './notices.js';
import type { PlanInput } from './plan-input.js';

/** A class with the course that it has in Moodle. */
export interface LinkedClass extends ClassToPlan {
  readonly course: MoodleCourse;
  /** Absent: adopted or relinked by this plan. */
  readonly managed?: ManagedCourse;
  /** The change that makes it ours, with the round in which it may be applied. */
  readonly link?: { readonly round: number; readonly draft: Omit<CourseLink, 'seq'> };
}

export interface KnownCourses {
  readonly linked: readonly LinkedClass[];
  readonly notices: readonly Notice[];
  readonly proposals: readonly LinkProposal[];
}

/** The change that makes a course a class's. `year`: the school year that it belongs to. */
export function courseLinkDraft(
  { group, type }: ClassToPlan,
  course: MoodleCourse,
  year: number,
): Omit<CourseLink, 'seq'> {
  return {
    kind: 'course',
    operation: 'link',
    externalId: group.externalId,
    groupType: group.groupType ?? '',
    className: className(group),
    year,
    moodleId: course.id,
    shortname: course.shortname,
    idnumberBefore: course.idnumber,
    fullname: fillPattern(type.fullname, patternValues(group, year)),
  };
}

/**
 * Judges the classes whose course is ours. A short name changed in Moodle is reported and changes nothing: the link
 * is the idnumber.
 */
export function planKnownCourses(
  classes: readonly ClassToPlan[],
  lookup: LinkLookup<MoodleCourse>,
  input: PlanInput,
): KnownCourses {
  const known = classes.flatMap((one): (ClassToPlan & { managed: ManagedCourse })[] => {
    const managed = input.managed.courses.get(one.group.externalId);
    return managed === undefined ? [] : [{ ...one, managed }];
  });
  const settled = settleLinks(
    lookup,
    known.map(({ managed }) => managed),
    () => undefined,
  );
  const linked: LinkedClass[] = [];
  const renamed: Notice[] = [];
  for (const { group, type, managed } of known) {
    const { externalId, moodleId } = managed;
    const one = settled.cases.get(externalId);
    const link = settled.relinked.get(externalId);
    if (link !== undefined) {
      const year = managed.year > 0 ? managed.year : input.settings.year;
      const draft = courseLinkDraft({ group, type }, link.row, year);
      const same = link.row === one?.row ? { managed } : {};
      linked.push({ group, type, course: link.row, link: { round: link.round, draft }, ...same });
    } else if (one?.usable === true && one.row !== undefined) {
      linked.push({ group, type, course: one.row, managed });
      if (one.row.shortname !== managed.shortname)
        renamed.push(notice('value-changed-in-moodle', 'course', externalId, [moodleId]));
    }
  }
  return { linked, notices: [...renamed, ...settled.notices], proposals: settled.proposals };
}

/** The full name follows KN's class name where KN owns it and Moodle still has what we last wrote. */
export function planRename(
  { group, type, course, managed }: LinkedClass,
  input: PlanInput,
): Omit<CourseUpdate, 'seq'> | Notice | undefined {
  const { settings, site } = input;
  const remembered = managed?.fields['fullname'];
  const name = group.name ?? '';
  if (managed === undefined || !settings.ownedByKN.includes('fullname')) return undefined;
  if (name === '' || name === remembered?.kn) return undefined;
  const year = managed.year > 0 ? managed.year : settings.year;
  const fullname = fillPattern(type.fullname, patternValues(group, year));
  if (fullname === course.fullname) return undefined;
  const { externalId } = group;
  if (remembered === undefined || remembered.moodle !== course.fullname)
    return notice('value-changed-in-moodle', 'course', externalId, [course.id]);
  if (!fits(fullname, site.fullnameMax)) return notice('name-unusable', 'course', externalId, [course.id]);
  return {
    kind: 'course',
    operation: 'update',
    externalId,
    moodleId: course.id,
    className: name,
    before: { fullname: course.fullname },
    after: { fullname },
  };
}
