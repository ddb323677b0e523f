/** Enrolments that are ours, by class and then by person: a district has a million, and no key for each pair. */

export interface ManagedEnrolment {
  readonly group: string;
  readonly person: string;
  readonly moodleId: number;
  readonly enrolid: number;
  readonly userid: number;
  readonly role: string;
}

/** Class → person → enrolment, External IDs both. */
export type ManagedEnrolments = ReadonlyMap<string, ReadonlyMap<string, ManagedEnrolment>>;

/** Of several for one membership the last counts. */
export function enrolmentsByClass(
  rows: Iterable<ManagedEnrolment>,
): Map<string, Map<string, ManagedEnrolment>> {
  const classes = new Map<string, Map<string, ManagedEnrolment>>();
  for (const row of rows) {
    const members = classes.get(row.group) ?? new Map<string, ManagedEnrolment>();
    classes.set(row.group, members.set(row.person, row));
  }
  return classes;
}

export function findEnrolment(
  enrolments: ManagedEnrolments,
  group: string,
  person: string,
): ManagedEnrolment | undefined {
  return enrolments.get(group)?.get(person);
}

export function* eachEnrolment(enrolments: ManagedEnrolments): Generator<ManagedEnrolment> {
  for (const members of enrolments.values()) yield* members.values();
}

export function countEnrolments(enrolments: ManagedEnrolments): number {
  let count = 0;
  for (const members of enrolments.values()) count += members.size;
  return count;
}

/** Moodle id → those that are kept under it: several when Moodle has given a deleted one's id again. */
export function enrolmentsByMoodleId(enrolments: ManagedEnrolments): Map<number, ManagedEnrolment[]> {
  const found = new Map<number, ManagedEnrolment[]>();
  for (const one of eachEnrolment(enrolments)) {
    const known = found.get(one.moodleId);
    if (known === undefined) found.set(one.moodleId, [one]);
    else known.push(one);
  }
  return found;
}
