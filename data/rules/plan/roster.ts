/** The snapshot as planning looks at it: persons and classes in order, and who is in which class. */
import type { GroupRecord, MembershipRecord, PersonRecord, Snapshot } from '../../model/snapshot.js';
import type { Memberships } from '../group-provisioning/fill-classes.js';
import { sortedBy } from './order.js';

export interface Roster {
  /** By External ID. */
  readonly persons: readonly PersonRecord[];
  /** By External ID. */
  readonly groups: readonly GroupRecord[];
  /** External ID → index into `persons`. */
  readonly rank: ReadonlyMap<string, number>;
  readonly groupIds: ReadonlySet<string>;
  /** Class → indexes into `persons`, ascending, each once. Memberships of unknown persons or classes are left out. */
  readonly members: ReadonlyMap<string, readonly number[]>;
}

function distinct(sorted: readonly number[]): number[] {
  return sorted.filter((value, at) => at === 0 || value !== sorted[at - 1]);
}

/**
 * Orders a snapshot's records; the order of its rows does not matter. `filled`: memberships that rules add to the
 * source's.
 */
export function buildRoster(snapshot: Snapshot, filled: readonly MembershipRecord[] = []): Roster {
  const persons = sortedBy(snapshot.records.person, (person) => [person.externalId]);
  const groups = sortedBy(snapshot.records.group, (group) => [group.externalId]);
  const rank = new Map(persons.map((person, at) => [person.externalId, at]));
  const groupIds = new Set(groups.map((group) => group.externalId));
  const collected = new Map<string, number[]>();
  const collect = ({ group, person }: MembershipRecord): void => {
    const at = rank.get(person);
    if (at === undefined || !groupIds.has(group)) return;
    const list = collected.get(group);
    if (list === undefined) collected.set(group, [at]);
    else list.push(at);
  };
  snapshot.records.membership.forEach(collect);
  filled.forEach(collect);
  for (const [group, list] of collected) collected.set(group, distinct(list.sort((a, b) => a - b)));
  return { persons, groups, rank, groupIds, members: collected };
}

/** Whether a sorted list of numbers has one. */
function includesSorted(sorted: readonly number[], wanted: number): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (value === wanted) return true;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** Whether KN says that this person is in this class. */
export function isMember(roster: Roster, group: string, person: string): boolean {
  const at = roster.rank.get(person);
  return at !== undefined && includesSorted(roster.members.get(group) ?? [], at);
}

/** The members of a class, by External ID. */
export function membersOf(roster: Roster, group: string): PersonRecord[] {
  return (roster.members.get(group) ?? []).map((at) => roster.persons[at]!);
}

/**
 * The students of each class; empty for a snapshot that says nothing about classes or students. `filled`: those whom
 * rules had added.
 */
export function studentsByClass(
  snapshot: Snapshot | null,
  filled: Memberships = new Map(),
): Map<string, string[]> {
  const students = new Map<string, string[]>();
  if (snapshot === null || !snapshot.statements.groups || !snapshot.statements.students) return students;
  const types = new Map(snapshot.records.person.map((person) => [person.externalId, person.type]));
  const seen = new Map<string, Set<string>>();
  const add = (group: string, person: string): void => {
    if (types.get(person) !== 'student') return;
    const list = seen.get(group);
    if (list === undefined) seen.set(group, new Set([person]));
    else list.add(person);
  };
  for (const { group, person } of snapshot.records.membership) add(group, person);
  for (const [group, persons] of filled) for (const person of persons) add(group, person);
  for (const [group, persons] of seen) students.set(group, [...persons]);
  return students;
}
