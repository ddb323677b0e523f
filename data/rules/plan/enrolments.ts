/** Enrolments: a membership of a provisioned class becomes an enrolment in its course, once and never undone. */
import { findEnrolment } from '../../model/managed-enrolments.js';
import type { EnrolmentCreate, Notice } from '../../model/plan.js';
import type { EnrolmentReactivate } from '../../model/removal.js';
import type { PersonRecord } from '../../model/snapshot.js';
import type { ManualInstance, MoodleEnrolment } from '../../moodle/state.js';
import { suspendedByUs } from './comebacks.js';
import type { CoursePlan, PlannedCourse } from './courses.js';
import { notice } from './notices.js';
import { compareCodePoints } from '../../model/code-points.js';
import type { PlanInput } from './plan-input.js';
import { membersOf, type Roster } from './roster.js';
import { MADE_BY_PLAN } from './users.js';

/** Moodle's roles for KN's user types. */
const roles = { student: 'student', teacher: 'editingteacher' } as const;

export interface EnrolmentPlan {
  /** By class, then person. */
  readonly changes: readonly Omit<EnrolmentCreate, 'seq'>[];
  /** Those that we suspended and KN has again; in the same order. */
  readonly reactivations: readonly Omit<EnrolmentReactivate, 'seq'>[];
  /** Per class or per enrolment; persons without account are in `waiting`. */
  readonly notices: readonly Notice[];
  /** Enrolments that exist and are right, made by us or by others. */
  readonly satisfied: number;
  /** Person → enrolments that wait for an account of theirs. */
  readonly waiting: ReadonlyMap<string, number>;
}

/** What becomes of one membership. `make` may still wait for the course's manual method. */
type Verdict =
  'make' | 'reactivate' | 'satisfied' | 'enrolment-suspended' | 'enrolment-other-role' | 'enrolment-removed';

class Planner {
  readonly changes: Omit<EnrolmentCreate, 'seq'>[] = [];
  readonly reactivations: Omit<EnrolmentReactivate, 'seq'>[] = [];
  readonly notices: Notice[] = [];
  readonly waiting = new Map<string, number>();
  satisfied = 0;
  readonly #input: PlanInput;
  readonly #roster: Roster;
  readonly #accounts: ReadonlyMap<string, number>;
  readonly #standings: CoursePlan['standings'];
  readonly #instances: ReadonlyMap<number, readonly ManualInstance[]>;
  readonly #suspendedByUs: ReadonlyMap<string, MoodleEnrolment>;

  constructor(
    input: PlanInput,
    roster: Roster,
    accounts: ReadonlyMap<string, number>,
    standings: CoursePlan['standings'],
  ) {
    this.#input = input;
    this.#roster = roster;
    this.#accounts = accounts;
    this.#standings = standings;
    this.#instances = instancesByCourse(input.moodle.manualInstances);
    this.#suspendedByUs = suspendedByUs(input);
  }

  /** An enrolment of ours in this very course and account is gone: somebody took it out. */
  #wasRemoved(group: string, person: string, course: number, account: number): boolean {
    const ours = findEnrolment(this.#input.managed.enrolments, group, person);
    return (
      ours !== undefined &&
      ours.userid === account &&
      (this.#instances.get(course) ?? []).some((instance) => instance.id === ours.enrolid)
    );
  }

  /** What an enrolment stands in for: ours in another account of this person. */
  #mergedInto(group: string, person: string, account: number): { readonly insteadOf?: number } {
    const ours = findEnrolment(this.#input.managed.enrolments, group, person);
    return ours === undefined || account === MADE_BY_PLAN || ours.userid === account
      ? {}
      : { insteadOf: ours.moodleId };
  }

  #judge(group: string, person: PersonRecord, course: number, account: number): Verdict {
    if (course === MADE_BY_PLAN || account === MADE_BY_PLAN) return 'make';
    const standing = this.#standings.of(course, account);
    if (standing === 'active')
      return this.#standings.hasRole(course, account, roles[person.type])
        ? 'satisfied'
        : 'enrolment-other-role';
    if (standing === 'suspended')
      return this.#suspendedByUs.has(`${course}:${account}`) ? 'reactivate' : 'enrolment-suspended';
    const removed = standing === undefined && this.#wasRemoved(group, person.externalId, course, account);
    return removed ? 'enrolment-removed' : 'make';
  }

  /** Exactly one manual method, and enabled. */
  #takesEnrolments(course: number): boolean {
    if (course === MADE_BY_PLAN) return this.#input.site.manualInNewCourses;
    const instances = this.#instances.get(course) ?? [];
    return instances.length === 1 && instances[0]!.status === 0;
  }

  #wait(person: string): void {
    this.waiting.set(person, (this.waiting.get(person) ?? 0) + 1);
  }

  /** The members of a class who are to be enrolled; the rest is counted or becomes a notice. */
  #toEnrol(group: string, { id: course, held }: PlannedCourse): { person: PersonRecord; account: number }[] {
    const wanted: { person: PersonRecord; account: number }[] = [];
    for (const person of membersOf(this.#roster, group)) {
      const { externalId } = person;
      const account = this.#accounts.get(externalId);
      if (account === undefined) {
        this.#wait(externalId);
        continue;
      }
      const verdict = this.#judge(group, person, course, account);
      if (verdict === 'make') wanted.push({ person, account });
      else if (verdict === 'satisfied') this.satisfied += 1;
      else if (verdict === 'reactivate') {
        if (!held) this.#reactivate(group, externalId, course, account);
      } else
        this.notices.push(notice(verdict, 'enrolment', group, [course, account], { person: externalId }));
    }
    return wanted;
  }

  #reactivate(group: string, person: string, courseId: number, userId: number): void {
    const row = this.#suspendedByUs.get(`${courseId}:${userId}`)!;
    this.reactivations.push({
      kind: 'enrolment',
      operation: 'reactivate',
      group,
      person,
      moodleId: row.id,
      enrolid: row.enrolid,
      userId,
      courseId,
    });
  }

  /** Plans one provisioned class. */
  plan(group: string, course: PlannedCourse | null): void {
    if (course === null) {
      const members = membersOf(this.#roster, group).filter((person) => person.disabled !== true).length;
      if (members > 0)
        this.notices.push(notice('course-missing', 'course', group, [], { enrolments: members }));
      return;
    }
    const { id } = course;
    const wanted = this.#toEnrol(group, course);
    const ids = id === MADE_BY_PLAN ? [] : [id];
    if (course.held) {
      const detail = wanted.length > 0 ? { enrolments: wanted.length } : {};
      this.notices.push(notice('code-reused', 'course', group, ids, detail));
    } else if (wanted.length > 0 && !this.#takesEnrolments(id))
      this.notices.push(notice('no-manual-enrolment', 'course', group, ids, { enrolments: wanted.length }));
    else
      for (const { person, account } of wanted)
        this.changes.push({
          kind: 'enrolment',
          operation: 'create',
          group,
          person: person.externalId,
          role: roles[person.type],
          ...(account === MADE_BY_PLAN ? {} : { userId: account }),
          ...(id === MADE_BY_PLAN ? {} : { courseId: id }),
          ...this.#mergedInto(group, person.externalId, account),
        });
  }
}

function instancesByCourse(instances: readonly ManualInstance[]): Map<number, ManualInstance[]> {
  const byCourse = new Map<number, ManualInstance[]>();
  for (const instance of instances) {
    const list = byCourse.get(instance.courseid);
    if (list === undefined) byCourse.set(instance.courseid, [instance]);
    else list.push(instance);
  }
  return byCourse;
}

/** Plans the enrolments of all provisioned classes. `accounts`: External ID → Moodle id, as `planUsers` says. */
export function planEnrolments(
  input: PlanInput,
  roster: Roster,
  accounts: ReadonlyMap<string, number>,
  { courses, standings }: CoursePlan,
): EnrolmentPlan {
  const planner = new Planner(input, roster, accounts, standings);
  const ordered = [...courses].sort(([a], [b]) => compareCodePoints(a, b));
  for (const [group, course] of ordered) planner.plan(group, course);
  return planner;
}
