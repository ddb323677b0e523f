/** What removals are judged by: who and what KN has, what of ours it no longer has, and what still waits for an answer. */
import type { Kept, ManagedUser } from '../../model/plan.js';
import type { Season } from '../../model/guard.js';
import type { UserType } from '../../model/snapshot.js';
import type { MoodleCourse, MoodleUser } from '../../moodle/state.js';
import { fillClasses } from '../group-provisioning/fill-classes.js';
import { planCourses, type CoursePlan } from '../plan/courses.js';
import { formerTypes, listKept, type InUse } from '../plan/kept.js';
import { rowsInUse } from '../plan/make-plan.js';
import type { PlanInput } from '../plan/plan-input.js';
import { buildRoster, type Roster } from '../plan/roster.js';
import { planUsers, type UserPlan } from '../plan/users.js';

export interface RemovalInput extends PlanInput {
  /** In term a teacher who vanishes is not suspended by that alone. */
  readonly season: Season;
}

export interface Survey {
  readonly input: RemovalInput;
  readonly roster: Roster;
  readonly users: UserPlan;
  readonly courses: CoursePlan;
  readonly inUse: InUse;
  readonly kept: readonly Kept[];
  /** What kind of person somebody was whom KN no longer has; absent: not known. */
  readonly formerTypes: ReadonlyMap<string, UserType>;
  /** Accounts and courses that somebody new may be, until a person has answered. */
  readonly openUsers: ReadonlySet<number>;
  readonly openCourses: ReadonlySet<number>;
  readonly usersById: ReadonlyMap<number, MoodleUser>;
  readonly coursesById: ReadonlyMap<number, MoodleCourse>;
}

/** Looks at everything once, with the very rules that plan what KN has. */
export function surveySchool(input: RemovalInput): Survey {
  const filled = fillClasses({ ...input, rules: input.settings.groupProvisioning ?? [] });
  const roster = buildRoster(input.snapshot, filled.memberships);
  const users = planUsers(input, roster);
  const courses = planCourses(input, roster, users.accounts);
  const inUse = rowsInUse(users.accounts, courses.courses);
  const idsOf = (proposals: readonly { readonly moodleId: number }[]): Set<number> =>
    new Set(proposals.map(({ moodleId }) => moodleId));
  return {
    input,
    roster,
    users,
    courses,
    inUse,
    kept: listKept(input, roster, inUse),
    formerTypes: formerTypes(input.managed, roster, input.previous),
    openUsers: idsOf(users.proposals),
    openCourses: idsOf(courses.proposals),
    usersById: new Map(input.moodle.users.map((user) => [user.id, user])),
    coursesById: new Map(input.moodle.courses.map((course) => [course.id, course])),
  };
}

/** Whether somebody whom KN no longer has was a teacher, or may have been one. */
export function wasTeacher({ formerTypes: types }: Survey, person: string): boolean {
  return types.get(person) !== 'student';
}

/** The account of somebody of ours, if it is the row that we know. */
export function accountOf({ usersById }: Survey, managed: ManagedUser): MoodleUser | undefined {
  const user = usersById.get(managed.moodleId);
  return user?.timecreated === managed.timecreated ? user : undefined;
}
