/** A class code used again: most students of a linked class are others than before (docs/planning.md). */
import { eachEnrolment } from '../../model/managed-enrolments.js';
import type { Managed, ManagedCourse } from '../../model/plan.js';
import type { PlanInput } from './plan-input.js';
import { isMember, membersOf, studentsByClass, type Roster } from './roster.js';

/** The numbers that make a class look like another one under an old code. */
export interface Turnover {
  readonly studentsBefore: number;
  readonly studentsLeft: number;
}

const stamped = /^(.+)@\d{1,4}(?:-\d+)?$/s;

/** Class code → its courses of former years, which have year-stamped idnumbers. */
export function archivedCourses(managed: Managed): Map<string, ManagedCourse[]> {
  const archived = new Map<string, ManagedCourse[]>();
  for (const course of managed.courses.values()) {
    const code = stamped.exec(course.externalId)?.[1];
    if (code !== undefined) archived.set(code, [...(archived.get(code) ?? []), course]);
  }
  return archived;
}

/** Idnumbers for last year's course, the first free one counts. `archived`: how many courses were set aside before. */
export function stampCandidates(code: string, year: number, archived: number): string[] {
  const stamp = `${code}@${year}`;
  return [stamp, ...Array.from({ length: archived + 1 }, (_, at) => `${stamp}-${at + 2}`)];
}

/** School year of a course that is set aside: its own, else the one before the year that is planned. */
export function yearOf(course: ManagedCourse | undefined, settingsYear: number): number {
  return course !== undefined && course.year > 0 ? course.year : settingsYear - 1;
}

function isMajority(part: number, whole: number): boolean {
  return part * 2 > whole;
}

/** Students whom we enrolled, by class. */
function studentsEnrolledByUs(managed: Managed): Map<string, string[]> {
  const students = new Map<string, string[]>();
  for (const { group, person, role } of eachEnrolment(managed.enrolments)) {
    if (role !== 'student') continue;
    const list = students.get(group);
    if (list === undefined) students.set(group, [person]);
    else list.push(person);
  }
  return students;
}

export class Turnovers {
  readonly #roster: Roster;
  /** Absent: this snapshot says nothing about who left a class. */
  readonly #silent: boolean;
  readonly #withheld: ReadonlySet<string>;
  readonly #before: ReadonlyMap<string, readonly string[]>;
  readonly #enrolled: ReadonlyMap<string, readonly string[]>;
  readonly #archived: ReadonlyMap<string, readonly ManagedCourse[]>;

  constructor({ snapshot, previous, managed, filledBefore }: PlanInput, roster: Roster) {
    const { complete, statements } = snapshot;
    this.#roster = roster;
    this.#withheld = snapshot.withheld?.persons ?? new Set();
    this.#silent = !complete || !statements.groups || !statements.students;
    this.#before = this.#silent ? new Map() : studentsByClass(previous, filledBefore);
    this.#enrolled = this.#silent ? new Map() : studentsEnrolledByUs(managed);
    this.#archived = archivedCourses(managed);
  }

  /** Those of them about whom the reading says something: whom a finding holds back has not left. */
  #spokenOf(students: readonly string[] | undefined): readonly string[] {
    return (students ?? []).filter((student) => !this.#withheld.has(student));
  }

  #leavers(code: string, students: readonly string[]): string[] {
    return students.filter((student) => !isMember(this.#roster, code, student));
  }

  /**
   * Against the last applied snapshot. Where those who left are not in the course, it is not theirs: it was made for
   * this year's students, or somebody has emptied it.
   */
  #sinceSnapshot(code: string, isInCourse: (student: string) => boolean): Turnover | undefined {
    const before = this.#spokenOf(this.#before.get(code));
    const left = this.#leavers(code, before);
    const theirs =
      isMajority(left.length, before.length) && isMajority(left.filter(isInCourse).length, left.length);
    return theirs ? { studentsBefore: before.length, studentsLeft: left.length } : undefined;
  }

  /**
   * Against whom we enrolled: a class that was empty in the last reading, or a question that nobody answered before
   * the next reading, is still a code used again.
   */
  #sinceEnrolling(code: string): Turnover | undefined {
    const enrolled = this.#spokenOf(this.#enrolled.get(code));
    const left = this.#leavers(code, enrolled);
    if (!isMajority(left.length, enrolled.length)) return undefined;
    const known = new Set(enrolled);
    const now = membersOf(this.#roster, code).filter((person) => person.type === 'student');
    const fresh = now.filter((person) => !known.has(person.externalId));
    return now.length === 0 || isMajority(fresh.length, now.length)
      ? { studentsBefore: enrolled.length, studentsLeft: left.length }
      : undefined;
  }

  /** Whether a class that has a course looks like another class under its code; `isInCourse` tells by any method. */
  of(code: string, isInCourse: (student: string) => boolean): Turnover | undefined {
    return this.#silent ? undefined : (this.#sinceSnapshot(code, isInCourse) ?? this.#sinceEnrolling(code));
  }

  /** How many courses of this code were set aside in former years. */
  archivedCount(code: string): number {
    return this.#archived.get(code)?.length ?? 0;
  }

  /** Whether a Moodle course is one of this code that was set aside, and not a class of KN's that is called so. */
  isArchived(code: string, courseId: number): boolean {
    return (this.#archived.get(code) ?? []).some(
      ({ moodleId, externalId }) => moodleId === courseId && !this.#roster.groupIds.has(externalId),
    );
  }
}
