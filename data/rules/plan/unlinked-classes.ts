/** Classes that no course names by idnumber: linked by a person's answer, or to get a course of their own. */
import type { LinkProposal, Notice } from '../../model/plan.js';
import type { MoodleCourse } from '../../moodle/state.js';
import { fillPattern } from '../patterns.js';
import { acceptedLinks, linkAnswer } from './answers.js';
import { patternValues, type ClassToPlan } from './course-values.js';
import { courseLinkDraft, type LinkedClass } from './known-courses.js';
import { findLineages, type Lineage } from './class-lineage.js';
import { AcceptedLinks, type LinkLookup } from './links.js';
import type { ClassWithoutCourse } from './new-courses.js';
import { notice } from './notices.js';
import type { PlanInput } from './plan-input.js';
import type { Roster } from './roster.js';
import type { Turnovers } from './reused-codes.js';
import { chooseShortnames, type ShortnameChoice } from './shortnames.js';

/** A class whose course of last year is set aside first. */
export type ArchivingClass = ClassToPlan & Required<Pick<ClassWithoutCourse, 'archive'>>;

export interface AcceptedClasses {
  readonly linked: readonly LinkedClass[];
  /** Classes that nobody has accepted a course for. */
  readonly open: readonly ClassToPlan[];
  readonly notices: readonly Notice[];
  readonly accepted: AcceptedLinks<MoodleCourse>;
  /** Courses that classes may go on in. */
  readonly lineages: ReadonlyMap<string, Lineage>;
}

export interface UnlinkedClasses {
  readonly toCreate: readonly ClassWithoutCourse[];
  readonly notices: readonly Notice[];
  readonly proposals: readonly LinkProposal[];
}

/** Classes whose codes are one to Moodle. */
function findRivals(classes: readonly ClassToPlan[], input: PlanInput): Set<ClassToPlan> {
  const byCode = new Map<string, ClassToPlan[]>();
  for (const one of classes) {
    const code = input.fold(one.group.externalId);
    byCode.set(code, [...(byCode.get(code) ?? []), one]);
  }
  return new Set([...byCode.values()].filter((rivals) => rivals.length > 1).flat());
}

/** Courses without idnumber that have the wanted short name: a person may say that they are the class's. */
function proposeTakers(
  { group, type }: ClassToPlan,
  takers: readonly MoodleCourse[],
  input: PlanInput,
): LinkProposal[] {
  const fullname = fillPattern(type.fullname, patternValues(group, input.settings.year));
  return takers.map((course) => ({
    kind: 'course',
    externalId: group.externalId,
    moodleId: course.id,
    evidence: course.fullname === fullname ? ['shortname', 'name'] : ['shortname'],
  }));
}

/** Whether a person may declare this course to be a class's. */
function isLinkable(lookup: LinkLookup<MoodleCourse>, course: MoodleCourse): boolean {
  return lookup.identities.idnumberOf(course) === '' && lookup.owners.of(course.id).size === 0;
}

/** Links the classes whose course a person accepted. */
export function linkAcceptedCourses(
  unknown: readonly ClassToPlan[],
  lookup: LinkLookup<MoodleCourse>,
  input: PlanInput,
  roster: Roster,
): AcceptedClasses {
  const linked: LinkedClass[] = [];
  const open: ClassToPlan[] = [];
  const notices: Notice[] = [];
  const rivals = findRivals(unknown, input);
  const lineages = findLineages(
    input,
    lookup,
    roster,
    unknown.map(({ group }) => group),
  );
  const accepted = new AcceptedLinks(
    unknown.map(({ group }) => group.externalId),
    acceptedLinks(input.answers, 'course'),
    lookup.identities,
    (course, externalId) => isLinkable(lookup, course) || lineages.get(externalId)?.course === course,
  );
  for (const one of unknown) {
    const { externalId } = one.group;
    const chosen = accepted.of(externalId);
    const course = accepted.only(externalId);
    const ids = chosen.map(({ id }) => id);
    if (rivals.has(one)) notices.push(notice('idnumber-collation', 'course', externalId));
    else if (course !== undefined) {
      const draft = courseLinkDraft(one, course, input.settings.year);
      linked.push({ ...one, course, link: { round: Number.MAX_SAFE_INTEGER, draft } });
    } else if (chosen.length > 0)
      notices.push(notice('link-proposed', 'course', externalId, ids, { level: 'conflict' }));
    else open.push(one);
  }
  return { linked, open, notices, accepted, lineages };
}

/** Decides about classes without a course (`open`) and classes that get another one (`archiving`). */
export function planUnlinkedClasses(
  { open, accepted, lineages }: AcceptedClasses,
  archiving: readonly ArchivingClass[],
  lookup: LinkLookup<MoodleCourse>,
  turnovers: Turnovers,
  input: PlanInput,
): UnlinkedClasses {
  const { answers, settings, fold, moodle } = input;
  const toCreate: ClassWithoutCourse[] = [];
  const notices: Notice[] = [];
  const proposals: LinkProposal[] = [];
  const archives = new Map<ClassToPlan, ArchivingClass>(archiving.map((one) => [one, one]));
  const isOldCourse = (one: ClassToPlan, course: MoodleCourse): boolean =>
    archives.get(one)?.archive.moodleId === course.id ||
    turnovers.isArchived(one.group.externalId, course.id);
  const settle = (one: ClassToPlan, { shortname, takers, contested }: ShortnameChoice): void => {
    const { externalId } = one.group;
    const archive = archives.get(one)?.archive;
    const ids = takers.map(({ id }) => id);
    if (contested) notices.push(notice('shortname-taken', 'course', externalId, ids));
    else if (takers.length === 0)
      toCreate.push({ ...one, shortname, ...(archive === undefined ? {} : { archive }) });
    else {
      const candidates = archive === undefined ? takers.filter((course) => isLinkable(lookup, course)) : [];
      const unanswered = candidates.filter(
        (course) =>
          !accepted.isClaimed(course) && linkAnswer(answers, 'course', externalId, course.id) !== 'refused',
      );
      proposals.push(...proposeTakers(one, unanswered, input));
      const code = unanswered.length > 0 ? 'link-proposed' : 'shortname-taken';
      notices.push(notice(code, 'course', externalId, ids));
    }
  };
  // a class may go on in the course of one that is gone, but nothing waits for the answer
  for (const { group } of open) {
    const { externalId } = group;
    const lineage = lineages.get(externalId);
    if (lineage === undefined || accepted.isClaimed(lineage.course)) continue;
    const { course, evidence } = lineage;
    if (linkAnswer(answers, 'course', externalId, course.id) === undefined)
      proposals.push({ kind: 'course', externalId, moodleId: course.id, evidence });
  }
  const choices = chooseShortnames([...open, ...archiving], moodle.courses, fold, settings.year, isOldCourse);
  for (const [one, choice] of choices) settle(one, choice);
  return { toCreate, notices, proposals };
}
