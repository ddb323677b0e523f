/** What is in Moodle by our doing and no longer in KN: listed here, and never taken away by this alone. */
import { eachEnrolment, type ManagedEnrolment } from '../../model/managed-enrolments.js';
import type { Kept, Managed } from '../../model/plan.js';
import type { Snapshot, UserType } from '../../model/snapshot.js';
import { compareCodePoints } from '../../model/code-points.js';
import type { PlanInput } from './plan-input.js';
import { isMember, type Roster } from './roster.js';

const nobody: NonNullable<Snapshot['withheld']> = { persons: new Set(), groups: new Set() };

/** Whether the snapshot says anything about the absence of persons of this type; unknown type: only if of both. */
function speaksOf(type: UserType | undefined, { complete, statements }: Snapshot): boolean {
  if (!complete) return false;
  if (type === undefined) return statements.students && statements.teachers;
  return type === 'student' ? statements.students : statements.teachers;
}

function typeOfRole(role: string): UserType {
  return role === 'student' ? 'student' : 'teacher';
}

/** What kind of person somebody was whom the snapshot does not have. */
export function formerTypes(
  { users, enrolments }: Managed,
  roster: Roster,
  previous: Snapshot | null,
): Map<string, UserType> {
  const absent = new Set([...users.keys()].filter((person) => !roster.rank.has(person)));
  const types = new Map<string, UserType>();
  for (const { person, role } of eachEnrolment(enrolments))
    if (absent.has(person)) types.set(person, typeOfRole(role));
  for (const { externalId, type } of previous?.records.person ?? [])
    if (absent.has(externalId)) types.set(externalId, type);
  return types;
}

/** Rows of ours that still are what we know, and that nobody else has become. */
function keptRows<R extends { readonly id: number; readonly timecreated: number }>(
  kind: 'user' | 'course',
  managed: Iterable<{ readonly externalId: string; readonly moodleId: number; readonly timecreated: number }>,
  rows: readonly R[],
  isAbsent: (externalId: string) => boolean,
  inUse: ReadonlyMap<number, string>,
): Kept[] {
  const created = new Map(rows.map((row) => [row.id, row.timecreated]));
  const kept: Kept[] = [];
  for (const { externalId, moodleId, timecreated } of managed)
    if (isAbsent(externalId) && created.get(moodleId) === timecreated && !inUse.has(moodleId))
      kept.push({ kind, subject: externalId, moodleId });
  return kept;
}

/** Who and what is used for persons and classes that KN has. */
export interface InUse {
  /** Moodle id of an account → the person's External ID. */
  readonly users: ReadonlyMap<number, string>;
  /** Moodle id of a course → the class's External ID. */
  readonly courses: ReadonlyMap<number, string>;
}

/**
 * Enrolments of ours whose membership KN no longer has, and that are still in Moodle. Where the account has become
 * somebody else's who is in that class, the enrolment is that person's.
 */
function keptEnrolments({ snapshot, managed, moodle }: PlanInput, roster: Roster, inUse: InUse): Kept[] {
  if (!snapshot.complete || !snapshot.statements.groups) return [];
  const { persons, groups } = snapshot.withheld ?? nobody;
  const absent = new Map<number, ManagedEnrolment>();
  for (const enrolment of eachEnrolment(managed.enrolments)) {
    const { group, person, role, moodleId } = enrolment;
    if (persons.has(person) || groups.has(group)) continue;
    const at = roster.rank.get(person);
    const type = at === undefined ? typeOfRole(role) : roster.persons[at]!.type;
    if (speaksOf(type, snapshot) && !isMember(roster, group, person)) absent.set(moodleId, enrolment);
  }
  if (absent.size === 0) return [];
  const isNeeded = (course: number, user: number): boolean => {
    const [group, person] = [inUse.courses.get(course), inUse.users.get(user)];
    return group !== undefined && person !== undefined && isMember(roster, group, person);
  };
  const kept: Kept[] = [];
  for (const { id, enrolid, userid, courseid } of moodle.enrolments) {
    const ours = absent.get(id);
    if (ours?.enrolid === enrolid && ours.userid === userid && !isNeeded(courseid, userid))
      kept.push({ kind: 'enrolment', subject: ours.group, person: ours.person, moodleId: id });
  }
  return kept;
}

const kindRank = { user: 0, course: 1, enrolment: 2 } as const;

/** Without keys made beforehand: there may be hundreds of thousands. */
function compareKept(a: Kept, b: Kept): number {
  return (
    kindRank[a.kind] - kindRank[b.kind] ||
    compareCodePoints(a.subject, b.subject) ||
    compareCodePoints(a.person ?? '', b.person ?? '')
  );
}

/**
 * Lists what is kept. A reading of changes alone, or one without a sheet, says nothing about absence, and then nothing
 * is listed. A person or class whose record a finding holds back is still in KN.
 */
export function listKept(input: PlanInput, roster: Roster, inUse: InUse): Kept[] {
  const { snapshot, managed, moodle, previous } = input;
  const types = formerTypes(managed, roster, previous);
  const withheld = snapshot.withheld ?? nobody;
  const personAbsent = (person: string): boolean =>
    !roster.rank.has(person) && !withheld.persons.has(person) && speaksOf(types.get(person), snapshot);
  const classAbsent = (group: string): boolean =>
    snapshot.complete &&
    snapshot.statements.groups &&
    !roster.groupIds.has(group) &&
    !withheld.groups.has(group);
  return [
    ...keptRows('user', managed.users.values(), moodle.users, personAbsent, inUse.users),
    ...keptRows('course', managed.courses.values(), moodle.courses, classAbsent, inUse.courses),
    ...keptEnrolments(input, roster, inUse),
  ].sort(compareKept);
}
