/** Courses of the provisioned classes: ours, adopted by idnumber, accepted by a person, set aside, or new. */
import type { ChangeDraft, LinkProposal, Notice, ReusedCode } from '../../model/plan.js';
import type { SchoolSettings } from '../../model/settings.js';
import type { GroupRecord } from '../../model/snapshot.js';
import type { MoodleCourse } from '../../moodle/state.js';
import { groupTypeSettings, isProvisioned } from '../provisioning.js';
import type { ClassToPlan } from './course-values.js';
import { Identities } from './identities.js';
import { courseLinkDraft, planKnownCourses, planRename, type LinkedClass } from './known-courses.js';
import { adopt, ownersById, type LinkLookup } from './links.js';
import { planNewCourses } from './new-courses.js';
import { notice } from './notices.js';
import { sortedBy } from './order.js';
import type { PlanInput } from './plan-input.js';
import { judgeReuse, type Reuse } from './reuse.js';
import { Turnovers } from './reused-codes.js';
import type { Roster } from './roster.js';
import { Standings } from './standings.js';
import { planUnlinkedClasses, type ArchivingClass } from './unlinked-classes.js';
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

/** Plans the courses of all provisioned classes. `accounts`: External ID → Moodle id, as `planUsers` says. */
export function planCourses(
  input: PlanInput,
  roster: Roster,
  accounts: ReadonlyMap<string, number>,
): CoursePlan {
  const { moodle, managed, answers, fold, settings } = input;
  const classes = provisionedClasses(roster.groups, settings);
  const lookup: LinkLookup<MoodleCourse> = {
    kind: 'course',
    identities: new Identities(moodle.courses, fold),
    owners: ownersById(managed.courses.values()),
    answers,
    inKN: roster.groupIds,
    untouchable: () => undefined,
  };
  const known = planKnownCourses(classes, lookup, input);
  const adopted = adoptCourses(classes, lookup, input);
  const linked = [...known.linked, ...adopted.linked];
  const standings = new Standings(moodle, new Set(linked.map(({ course }) => course.id)));
  const turnovers = new Turnovers(input, roster);

  const courses = new Map<string, PlannedCourse | null>(classes.map(({ group }) => [group.externalId, null]));
  const links: NonNullable<LinkedClass['link']>[] = [];
  const updates: Extract<ChangeDraft, { kind: 'course'; operation: 'update' }>[] = [];
  const notices: Notice[] = [...known.notices, ...adopted.notices];
  const reusedCodes: ReusedCode[] = [];
  const archiving: ArchivingClass[] = [];
  for (const one of linked) {
    const { group, course } = one;
    const reuse = judgeReuse(one, {
      input,
      roster,
      accounts,
      standings,
      turnovers,
      identities: lookup.identities,
    });
    const link = linkOf(one, reuse, settings.year);
    if (link !== undefined) links.push(link);
    if (reuse?.verdict === 'new-course') archiving.push({ group, type: one.type, archive: reuse.archive });
    else if (reuse?.verdict === 'stuck')
      notices.push(notice('duplicate-idnumber', 'course', group.externalId, [course.id]));
    else {
      courses.set(group.externalId, { id: course.id, held: reuse?.verdict === 'ask' });
      if (reuse?.verdict === 'ask')
        reusedCodes.push({ group: group.externalId, courseId: course.id, ...reuse.turnover });
      const rename = reuse?.verdict === 'ask' ? undefined : planRename(one, input);
      if (rename !== undefined && 'operation' in rename) updates.push(rename);
      else if (rename !== undefined) notices.push(rename);
    }
  }
  const unlinked = planUnlinkedClasses(adopted.unknown, archiving, lookup, turnovers, input);
  for (const { group, course, link } of unlinked.linked) {
    courses.set(group.externalId, { id: course.id, held: false });
    if (link !== undefined) links.push(link);
  }
  const fresh = planNewCourses(unlinked.toCreate, input);
  for (const { externalId } of fresh.creations) courses.set(externalId, { id: MADE_BY_PLAN, held: false });
  return {
    changes: [
      ...fresh.categories,
      ...sortedBy(links, ({ round, draft }) => [round, draft.externalId]).map(({ draft }) => draft),
      ...sortedBy(fresh.archives, ({ externalId }) => [externalId]),
      ...sortedBy(updates, ({ externalId }) => [externalId]),
      ...fresh.creations,
    ],
    notices: [...notices, ...unlinked.notices, ...fresh.notices],
    proposals: [...known.proposals, ...adopted.proposals, ...unlinked.proposals],
    reusedCodes,
    courses,
    standings,
  };
}
