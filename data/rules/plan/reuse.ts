/** What becomes of a linked class whose code looks used again: it waits, it continues, or its course is set aside. */
import type { CourseArchive } from '../../model/plan.js';
import type { ReusedCodeAnswer } from '../../model/settings.js';
import type { MoodleCourse } from '../../moodle/state.js';
import type { Identities } from './identities.js';
import type { LinkedClass } from './known-courses.js';
import type { PlanInput } from './plan-input.js';
import { stampCandidates, yearOf, type Turnover, type Turnovers } from './reused-codes.js';
import { membersOf, type Roster } from './roster.js';
import type { Standings } from './standings.js';

/** `stuck`: a new course is wanted, and no year-stamped idnumber is free for the old one. */
export type Reuse =
  | { readonly verdict: 'ask' | 'continues' | 'stuck'; readonly turnover: Turnover }
  | {
      readonly verdict: 'new-course';
      readonly turnover: Turnover;
      readonly archive: Omit<CourseArchive, 'seq'>;
    };

export interface ReuseContext {
  readonly input: PlanInput;
  readonly roster: Roster;
  /** External ID → Moodle id. */
  readonly accounts: ReadonlyMap<string, number>;
  readonly standings: Standings;
  readonly turnovers: Turnovers;
  readonly identities: Identities<MoodleCourse>;
}

/**
 * Whether anybody of the class is not in its course yet. Without such a person there is nothing to decide: a class
 * that the SMS has emptied at the end of the year asks nobody anything.
 */
function hasNewcomers({ group, course }: LinkedClass, context: ReuseContext): boolean {
  const { roster, accounts, standings } = context;
  return membersOf(roster, group.externalId).some((person) => {
    if (person.disabled === true) return false;
    const account = accounts.get(person.externalId);
    return account === undefined || standings.of(course.id, account) === undefined;
  });
}

/** The change that lets a course keep its members under a year-stamped idnumber. Undefined: none is free. */
function planArchive(one: LinkedClass, context: ReuseContext): Omit<CourseArchive, 'seq'> | undefined {
  const { input, roster, turnovers, identities } = context;
  const { externalId } = one.group;
  const year = yearOf(one.managed, input.settings.year);
  const stamp = stampCandidates(externalId, year, turnovers.archivedCount(externalId)).find(
    (candidate) =>
      identities.holders(candidate).length === 0 &&
      !input.managed.courses.has(candidate) &&
      !roster.groupIds.has(candidate),
  );
  return stamp === undefined
    ? undefined
    : {
        kind: 'course',
        operation: 'archive',
        externalId,
        moodleId: one.course.id,
        before: { idnumber: externalId },
        after: { idnumber: stamp },
      };
}

/** Judges one linked class. Undefined: it is the class that it was. */
export function judgeReuse(one: LinkedClass, context: ReuseContext): Reuse | undefined {
  const { input, standings, turnovers } = context;
  const { externalId } = one.group;
  const isInCourse = (student: string): boolean => {
    const account = input.managed.users.get(student)?.moodleId;
    return account !== undefined && standings.of(one.course.id, account) !== undefined;
  };
  const turnover = turnovers.of(externalId, isInCourse);
  if (turnover === undefined || !hasNewcomers(one, context)) return undefined;
  const answer: ReusedCodeAnswer | undefined =
    input.answers.reusedCodes.get(externalId) ?? one.type.reusedCode;
  if (answer === undefined) return { verdict: 'ask', turnover };
  if (answer === 'continues') return { verdict: 'continues', turnover };
  const archive = planArchive(one, context);
  return archive === undefined
    ? { verdict: 'stuck', turnover }
    : { verdict: 'new-course', turnover, archive };
}
