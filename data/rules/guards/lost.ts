/** What a reading no longer has of the last applied one. A sheet that is missing, or a record held back, says nothing. */
import type { Snapshot } from '../../model/snapshot.js';
import type { Counted } from './examples.js';
import { levelOf, TEACHERS } from './year-levels.js';

export interface Lost {
  /** People who are gone, grouped by year level. */
  readonly persons: readonly Counted[];
  readonly groups: readonly Counted[];
}

/** Who and what is gone. */
export function findLost(now: Snapshot, base: Snapshot | null): Lost {
  if (base === null) return { persons: [], groups: [] };
  const people = new Set(now.records.person.map(({ externalId }) => externalId));
  const classes = new Set(now.records.group.map(({ externalId }) => externalId));
  const { statements, withheld } = now;
  const persons = base.records.person.filter(
    ({ externalId, type }) =>
      (type === 'student' ? statements.students : statements.teachers) &&
      !people.has(externalId) &&
      withheld?.persons.has(externalId) !== true,
  );
  const groups = statements.groups
    ? base.records.group.filter(
        ({ externalId }) => !classes.has(externalId) && withheld?.groups.has(externalId) !== true,
      )
    : [];
  return {
    persons: persons.map((person) => ({ subject: person.externalId, group: levelOf(person) })),
    groups: groups.map(({ externalId, groupType = '' }) => ({ subject: externalId, group: groupType })),
  };
}

/**
 * Memberships that are gone from classes that are still there, between people who are; those of a person or class that is
 * gone or held back belong to that.
 */
export function findLostMemberships(now: Snapshot, base: Snapshot | null): Counted[] {
  if (base === null || !now.statements.groups) return [];
  const people = new Set(now.records.person.map(({ externalId }) => externalId));
  const classes = new Set(now.records.group.map(({ externalId }) => externalId));
  const here = new Map<string, Set<string>>();
  for (const { group, person } of now.records.membership)
    here.set(group, (here.get(group) ?? new Set()).add(person));
  return base.records.membership
    .filter(
      ({ group, person }) =>
        classes.has(group) && people.has(person) && here.get(group)?.has(person) !== true,
    )
    .map(({ group, person }) => ({ subject: group, person, group }));
}

/** People of a kind in the last applied reading. */
export function countPeople(base: Snapshot | null, level: (level: string) => boolean): number {
  return (base?.records.person ?? []).filter((person) => level(levelOf(person))).length;
}

export const isTeacher = (level: string): boolean => level === TEACHERS;
