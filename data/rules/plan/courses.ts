/** Courses of the provisioned classes: ours, adopted by idnumber, accepted by a person, set aside, or new. */
import type { ChangeDraft, CourseUpdate, LinkProposal, Notice, ReusedCode } from '../../model/plan.js';
import type { SchoolSettings } from '../../model/settings.js';
import type { GroupRecord } from '../../model/snapshot.js';
import type { MoodleCourse } from '../../moodle/state.js';
import { groupTypeSettings, isProvisioned } from '../provisioning.js';
import type { ClassToPlan } from './course-values.js';
import { Identities } from './identities.js';
import { courseLinkDraft, planKnownCourses, planRename, type LinkedClass } from './known-courses.js';
import { adopt, Owners, type LinkLookup } from './links.js';
import { planNewCourses } from './new-courses.js';
import { notice } from './notices.js';
import { sortedBy } from './order.js';
import type { PlanInput } from './plan-input.js';
import { groupsInKN } from './presence.js';
import { judgeReuse, type Reuse, type ReuseContext } from './reuse.js';
import { Turnovers } from './reused-codes.js';
import type { Roster } from './roster.js';
import { Standings } from './standings.js';
import { linkAcceptedCourses, planUnlinkedClasses, type ArchivingClass } from './unlinked-classes.js';
import { MADE_BY_PLAN } from './users.js';

/** Where a class's members are enrolled. */
export interface PlannedCourse {
  /** Moodle id, or MADE_BY_PLAN. */
  readonly id: number;
  /** The code is used again and nobody has said what that means: nobody is enrolled. */
  readonly held: boolean;
}

export interface CoursePlan {
  /** Categories first; then links, archives, updates, creations. */
  readonly changes: readonly ChangeDraft[];
  readonly notices: readonly Notice[];
  readonly proposals: readonly LinkProposal[];
  readonly reusedCodes: readonly ReusedCode[];
  /** Every provisioned class, by External ID; null: there is no course that we may use. */
  readonly courses: ReadonlyMap<string, PlannedCourse | null>;
  readonly standings: Standings;
}

/** The classes that the settings provision, in the order given. */
export function provisionedClasses(groups: readonly GroupRecord[], settings: SchoolSettings): ClassToPlan[] {
  return groups.flatMap((group) => {
    const type = groupTypeSettings(group.groupType, settings);
    return isProvisioned(group, type, settings) === 'provisioned' ? [{ group, type }] : [];
  });
}

interface Adopted {
  readonly linked: readonly LinkedClass[];
  readonly unknown: readonly ClassToPlan[];
  readonly notices: readonly Notice[];
  readonly proposals: readonly LinkProposal[];
}

/** Classes of which nothing is ours: a course with exactly their code is theirs. */
function adoptCourses(
  classes: readonly ClassToPlan[],
  lookup: LinkLookup<MoodleCourse>,
  input: PlanInput,
): Adopted {
  const linked: LinkedClass[] = [];
  const unknown: ClassToPlan[] = [];
  const notices: Notice[] = [];
  const proposals: LinkProposal[] = [];
  for (const one of classes) {
    if (input.managed.courses.has(one.group.externalId)) continue;
    const found = adopt(lookup, one.group.externalId);
    if (found === undefined) unknown.push(one);
    else if (found.row === undefined) {
      notices.push(found.notice);
      proposals.push(...found.proposals);
    } else {
      const draft = courseLinkDraft(one, found.row, input.settings.year);
      linked.push({ ...one, course: found.row, link: { round: Number.MAX_SAFE_INTEGER, draft } });
    }
  }
  return { linked, unknown, notices, proposals };
}

/** An adopted course that holds other students, and does not go on, belongs to the year before. */
function linkOf({ link, managed }: LinkedClass, reuse: Reuse | undefined, settingsYear: number) {
  if (link === undefined || managed !== undefined) return link;
  if (reuse === undefined || reuse.verdict === 'continues') return link;
  return { ...link, draft: { ...link.draft, year: settingsYear - 1 } };
}

interface SettledClasses {
  readonly links: NonNullable<LinkedClass['link']>[];
  readonly updates: Omit<CourseUpdate, 'seq'>[];
  readonly notices: Notice[];
  /** Classes that are to get a new course. */
  readonly archiving: ArchivingClass[];
  /** Classes whose code looks used again and whose course is not simply used. */
  readonly reused: Map<string, ReusedCode>;
}

/** Decides what becomes of each class that has a course. */
function settleLinked(linked: readonly LinkedClass[], context: ReuseContext): SettledClasses {
  const { input } = context;
  const settled: SettledClasses = {
    links: [],
    updates: [],
    notices: [],
    archiving: [],
    reused: new Map<string, ReusedCode>(),
  };
  for (const one of linked) {
    const { group, type, course } = one;
    const reuse = judgeReuse(one, context);
    const link = linkOf(one, reuse, input.settings.year);
    if (link !== undefined) settled.links.push(link);
    if (reuse === undefined || reuse.verdict === 'continues') {
      const rename = planRename(one, input);
      if (rename !== undefined && 'operation' in rename) settled.updates.push(rename);
      else if (rename !== undefined) settled.notices.push(rename);
      continue;
    }
    settled.reused.set(group.externalId, { group: group.externalId, courseId: course.id, ...reuse.turnover });
    if (reuse.verdict === 'new-course') settled.archiving.push({ group, type, archive: reuse.archive });
    else if (reuse.verdict === 'stuck')
      settled.notices.push(notice('duplicate-idnumber', 'course', group.externalId, [course.id]));
  }
  return settled;
}

/** Plans the courses of all provisioned classes. `accounts`: External ID → Moodle id, as `planUsers` says. */
export function planCourses(
  input: PlanInput,
  roster: Roster,
  accounts: ReadonlyMap<string, number>,
): CoursePlan {
  const { moodle, managed, answers, fold, settings } = input;
  const classes = provisionedClasses(roster.groups, settings);
  const identities = new Identities(moodle.courses, fold);
  const lookup: LinkLookup<MoodleCourse> = {
    kind: 'course',
    identities,
    owners: new Owners(managed.courses.values()),
    answers,
    inKN: groupsInKN(input, roster),
    untouchable: () => undefined,
  };
  const known = planKnownCourses(classes, lookup, input);
  const adopted = adoptCourses(classes, lookup, input);
  const accepted = linkAcceptedCourses(adopted.unknown, lookup, input, roster);
  const linked = [...known.linked, ...adopted.linked, ...accepted.linked];
  const standings = new Standings(moodle, new Set(linked.map(({ course }) => course.id)));
  const turnovers = new Turnovers(input, roster);
  const settled = settleLinked(linked, { input, roster, accounts, standings, turnovers, identities });
  const unlinked = planUnlinkedClasses(accepted, settled.archiving, lookup, turnovers, input);
  const fresh = planNewCourses(unlinked.toCreate, input);

  const made = new Set(fresh.creations.map(({ externalId }) => externalId));
  // A new course was wanted and cannot be made: the class waits, as if nobody had answered.
  const reusedCodes = [...settled.reused.values()].filter(({ group }) => !made.has(group));
  const held = new Set(reusedCodes.map(({ group }) => group));
  const courses = new Map<string, PlannedCourse | null>(classes.map(({ group }) => [group.externalId, null]));
  for (const { group, course } of linked)
    courses.set(group.externalId, { id: course.id, held: held.has(group.externalId) });
  for (const externalId of made) courses.set(externalId, { id: MADE_BY_PLAN, held: false });
  return {
    changes: [
      ...fresh.categories,
      ...sortedBy(settled.links, ({ round, draft }) => [round, draft.externalId]).map(({ draft }) => draft),
      ...sortedBy(fresh.archives, ({ externalId }) => [externalId]),
      ...sortedBy(settled.updates, ({ externalId }) => [externalId]),
      ...fresh.creations,
    ],
    notices: [known, adopted, accepted, settled, unlinked, fresh].flatMap(({ notices }) => notices),
    proposals: [known, adopted, unlinked].flatMap(({ proposals }) => proposals),
    reusedCodes,
    courses,
    standings,
  };
}
