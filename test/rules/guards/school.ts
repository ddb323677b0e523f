/** A school of years 9 to 13 for guards: readings, and plans of nothing but what is counted. */
import type { Change, PlanCounts } from '../../../data/model/plan.js';
import type { PersonRecord, Snapshot } from '../../../data/model/snapshot.js';
import { judgePlan, type GuardInput } from '../../../data/rules/guards/judge.js';

export interface Rows {
  readonly persons: readonly PersonRecord[];
  /** Class → External IDs of its members. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
}

export function student(id: string, yearLevel: number): PersonRecord {
  return {
    externalId: id,
    type: 'student',
    yearLevel: String(yearLevel),
    nsn: `nsn-${id}`,
    login: `login-${id}`,
    firstName: `First ${id}`,
    surname: `Last ${id}`,
  };
}

export function teacher(id: string): PersonRecord {
  return {
    externalId: id,
    type: 'teacher',
    login: `login-${id}`,
    firstName: `First ${id}`,
    surname: 'Staff',
  };
}

/** 40 students in each year, 40 teachers; one class per year with everybody in it, and 35 of one teacher each. */
export function usualRows(): Rows {
  const persons: PersonRecord[] = [];
  const classes: Record<string, string[]> = {};
  for (let level = 9; level <= 13; level++)
    for (let number = 0; number < 40; number++) {
      const id = `s${level}-${number}`;
      persons.push(student(id, level));
      (classes[`${level}FORM`] ??= []).push(id);
    }
  for (let number = 0; number < 40; number++) {
    persons.push(teacher(`t${number}`));
    (classes[`CLUB${number}`] ??= []).push(`t${number}`);
  }
  return { persons, classes };
}

export function reading({ persons, classes }: Rows, over: Partial<Snapshot> = {}): Snapshot {
  return {
    reading: 'complete',
    complete: true,
    statements: { students: true, teachers: true, groups: true },
    records: {
      groupType: [],
      group: Object.keys(classes).map((externalId) => ({ externalId, groupType: 'Class' })),
      person: persons,
      membership: Object.entries(classes).flatMap(([group, members]) =>
        members.map((person) => ({ group, person })),
      ),
    },
    ...over,
  };
}

/** The reading without these people. */
export function without(rows: Rows, gone: (person: PersonRecord) => boolean): Rows {
  const ids = new Set(rows.persons.filter(gone).map(({ externalId }) => externalId));
  return {
    persons: rows.persons.filter(({ externalId }) => !ids.has(externalId)),
    classes: Object.fromEntries(
      Object.entries(rows.classes).map(([name, members]) => [name, members.filter((id) => !ids.has(id))]),
    ),
  };
}

/** The counts of a plan with these changes. */
export function countsOf(changes: readonly Change[], managed: Record<string, number>): PlanCounts {
  const counts: Record<string, number> = { ...managed };
  for (const { kind, operation } of changes)
    counts[`${kind}.${operation}`] = (counts[`${kind}.${operation}`] ?? 0) + 1;
  return counts;
}

export const school = { 'managed.user': 240, 'managed.course': 45, 'managed.enrolment': 240 };

/** Judges a reading and changes against the usual one; everybody of it is ours. */
export function judge(
  over: Partial<Omit<GuardInput, 'plan'>> & { readonly changes?: readonly Change[] },
): ReturnType<typeof judgePlan> {
  const { changes = [], ...rest } = over;
  const usual = reading(usualRows());
  return judgePlan({
    plan: { changes, counts: countsOf(changes, school) },
    snapshot: usual,
    base: usual,
    managedUsers: usual.records.person.map(({ externalId }) => externalId),
    season: 'term',
    settings: {},
    ...rest,
  });
}

export function suspend(person: string, at: number): Change {
  return {
    seq: at + 1,
    kind: 'user',
    operation: 'suspend',
    externalId: person,
    moodleId: 100 + at,
    username: `login-${person}`,
    cause: 'gone',
  };
}

export function renamed(person: string, at: number, field: 'email' | 'lastname' = 'email'): Change {
  return {
    seq: at + 1,
    kind: 'user',
    operation: 'update',
    externalId: person,
    moodleId: 100 + at,
    username: `login-${person}`,
    before: { [field]: 'a' },
    after: { [field]: 'b' },
  };
}

export function enrolled(group: string, person: string, at: number): Change {
  return { seq: at + 1, kind: 'enrolment', operation: 'create', group, person, role: 'student' };
}
