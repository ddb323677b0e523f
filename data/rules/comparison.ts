/** A reading against the last applied snapshot: who came, who left, who moved. Pure; counts only, no names. */
import type { Comparison, GroupTypeCounts, YearLevelCounts } from '../model/comparison.js';
import type { GroupRecord, MembershipRecord, PersonRecord, Snapshot, UserType } from '../model/snapshot.js';

/** The last applied snapshot and its id in the journal. */
export interface ComparisonBase {
  readonly id: number;
  readonly snapshot: Snapshot;
}

interface Side {
  readonly persons: ReadonlyMap<string, PersonRecord>;
  readonly groups: ReadonlyMap<string, GroupRecord>;
  /** Class → its members. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Rows {
  readonly persons: readonly PersonRecord[];
  readonly groups: readonly GroupRecord[];
  readonly memberships: readonly MembershipRecord[];
}

function toSide(rows: Rows): Side {
  const members = new Map<string, Set<string>>();
  for (const { group, person } of rows.memberships) {
    const set = members.get(group);
    if (set === undefined) members.set(group, new Set([person]));
    else set.add(person);
  }
  return {
    persons: new Map(rows.persons.map((person) => [person.externalId, person])),
    groups: new Map(rows.groups.map((group) => [group.externalId, group])),
    members,
  };
}

function rowsOf({ records }: Snapshot): Rows {
  return { persons: records.person, groups: records.group, memberships: records.membership };
}

interface Identified {
  readonly externalId: string;
}

function idsOf(records: readonly Identified[]): Set<string> {
  return new Set(records.map((record) => record.externalId));
}

/** Records of the base that were held back in this reading because of a finding: they have not left. */
function heldBack<R extends Identified>(
  base: readonly R[],
  now: readonly R[],
  withheld: ReadonlySet<string> | undefined,
): R[] {
  if (withheld === undefined || withheld.size === 0) return [];
  const present = idsOf(now);
  return base.filter(({ externalId }) => withheld.has(externalId) && !present.has(externalId));
}

/**
 * The reading with the base's word where it has none of its own: a missing sheet is not a departure, and neither is a
 * record that a finding holds back.
 */
function spokenRows(now: Snapshot, base: Rows): Rows {
  const rows = rowsOf(now);
  const silent = new Set<UserType>();
  if (!now.statements.students) silent.add('student');
  if (!now.statements.teachers) silent.add('teacher');
  const spoken = rows.persons.filter((person) => !silent.has(person.type));
  const keptPersons = [
    ...base.persons.filter((person) => silent.has(person.type)),
    ...heldBack(
      base.persons.filter((person) => !silent.has(person.type)),
      spoken,
      now.withheld?.persons,
    ),
  ];
  const persons = [...spoken, ...keptPersons];
  if (!now.statements.groups) return { persons, groups: base.groups, memberships: base.memberships };
  const keptGroups = heldBack(base.groups, rows.groups, now.withheld?.groups);
  if (keptPersons.length + keptGroups.length === 0) return { ...rows, persons };
  const groups = [...rows.groups, ...keptGroups];
  const carried = carriedMemberships(base.memberships, idsOf(keptPersons), idsOf(keptGroups), idsOf(groups));
  const keptIds = idsOf(keptPersons);
  const own = rows.memberships.filter((one) => !keptIds.has(one.person));
  return { persons, groups, memberships: [...own, ...carried] };
}

/** The base's memberships of whom and what was carried over, in classes that are there. */
function carriedMemberships(
  base: readonly MembershipRecord[],
  persons: ReadonlySet<string>,
  groups: ReadonlySet<string>,
  existing: ReadonlySet<string>,
): MembershipRecord[] {
  return base.filter(
    ({ person, group }) => existing.has(group) && (persons.has(person) || groups.has(group)),
  );
}

interface Turnover {
  readonly before: number;
  readonly now: number;
  readonly joiners: number;
  readonly leavers: number;
}

function turnover(
  before: ReadonlyMap<string, PersonRecord>,
  now: ReadonlyMap<string, PersonRecord>,
  counts: (person: PersonRecord) => boolean,
): Turnover {
  const result = { before: 0, now: 0, joiners: 0, leavers: 0 };
  const present = (side: ReadonlyMap<string, PersonRecord>, id: string): boolean => {
    const person = side.get(id);
    return person !== undefined && counts(person);
  };
  for (const [id, person] of before)
    if (counts(person)) {
      result.before += 1;
      if (!present(now, id)) result.leavers += 1;
    }
  for (const [id, person] of now)
    if (counts(person)) {
      result.now += 1;
      if (!present(before, id)) result.joiners += 1;
    }
  return result;
}

type Counts<T> = { -readonly [K in keyof T]: T[K] };

function countsAt<T>(table: Map<string, T>, key: string, empty: (key: string) => T): T {
  const found = table.get(key);
  if (found !== undefined) return found;
  const made = empty(key);
  table.set(key, made);
  return made;
}

function student(side: Side, id: string): PersonRecord | undefined {
  const person = side.persons.get(id);
  return person?.type === 'student' ? person : undefined;
}

function compareYearLevels(before: Side, now: Side): YearLevelCounts[] {
  const table = new Map<string, Counts<YearLevelCounts>>();
  const at = (person: PersonRecord): Counts<YearLevelCounts> =>
    countsAt(table, person.yearLevel ?? '', (yearLevel) => ({
      yearLevel,
      before: 0,
      now: 0,
      joiners: 0,
      leavers: 0,
      movedIn: 0,
    }));
  for (const id of before.persons.keys()) {
    const was = student(before, id);
    if (was === undefined) continue;
    at(was).before += 1;
    if (student(now, id) === undefined) at(was).leavers += 1;
  }
  for (const id of now.persons.keys()) {
    const is = student(now, id);
    if (is === undefined) continue;
    at(is).now += 1;
    const was = student(before, id);
    if (was === undefined) at(is).joiners += 1;
    else if ((was.yearLevel ?? '') !== (is.yearLevel ?? '')) at(is).movedIn += 1;
  }
  return [...table.values()].sort((a, b) => rankOfLevel(a.yearLevel) - rankOfLevel(b.yearLevel));
}

function rankOfLevel(yearLevel: string): number {
  return yearLevel === '' ? Number.MAX_SAFE_INTEGER : Number(yearLevel);
}

const nobody: ReadonlySet<string> = new Set();

function missingFrom(from: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let missing = 0;
  for (const id of from) if (!other.has(id)) missing += 1;
  return missing;
}

function compareGroupTypes(before: Side, now: Side): GroupTypeCounts[] {
  const table = new Map<string, Counts<GroupTypeCounts>>();
  const at = (group: GroupRecord): Counts<GroupTypeCounts> =>
    countsAt(table, group.groupType ?? '', (groupType) => ({
      groupType,
      before: 0,
      now: 0,
      newClasses: 0,
      goneClasses: 0,
      membershipsBefore: 0,
      membershipsNow: 0,
      membershipsJoined: 0,
      membershipsLeft: 0,
    }));
  for (const [id, group] of before.groups) {
    const counts = at(group);
    counts.before += 1;
    counts.membershipsBefore += before.members.get(id)?.size ?? 0;
    if (!now.groups.has(id)) counts.goneClasses += 1;
  }
  for (const [id, group] of now.groups) {
    const counts = at(group);
    const is = now.members.get(id) ?? nobody;
    counts.now += 1;
    counts.membershipsNow += is.size;
    if (!before.groups.has(id)) counts.newClasses += 1;
    else {
      const was = before.members.get(id) ?? nobody;
      counts.membershipsJoined += missingFrom(is, was);
      counts.membershipsLeft += missingFrom(was, is);
    }
  }
  return [...table.values()].sort((a, b) => compareNames(a.groupType, b.groupType));
}

function compareNames(a: string, b: string): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function countMoved(before: Side, now: Side): number {
  // Who has a class that stayed, and who has one that came or went.
  const stayed = new Set<string>();
  const changed = new Set<string>();
  for (const [group, members] of now.members) {
    const was = before.members.get(group) ?? nobody;
    for (const person of members)
      if (was.has(person)) stayed.add(person);
      else changed.add(person);
  }
  for (const [group, members] of before.members) {
    const is = now.members.get(group) ?? nobody;
    for (const person of members) if (!is.has(person)) changed.add(person);
  }
  let moved = 0;
  for (const id of changed)
    if (stayed.has(id) && student(now, id) !== undefined && student(before, id) !== undefined) moved += 1;
  return moved;
}

/**
 * Compares a reading with the last applied snapshot, or with nothing. Year levels are students'; where the reading
 * makes no statement, nobody left and nobody came.
 */
export function compareSnapshots(now: Snapshot, base: ComparisonBase | null): Comparison {
  const baseRows = base === null ? { persons: [], groups: [], memberships: [] } : rowsOf(base.snapshot);
  const before = toSide(baseRows);
  const after = toSide(spokenRows(now, baseRows));
  return {
    baseSnapshotId: base?.id ?? null,
    people: turnover(before.persons, after.persons, () => true),
    yearLevels: compareYearLevels(before, after),
    teachers: turnover(before.persons, after.persons, (person) => person.type === 'teacher'),
    groupTypes: compareGroupTypes(before, after),
    movedBetweenClasses: countMoved(before, after),
  };
}

/** Part of a year level or of the teachers that may leave at a year change before it looks like a broken reading. */
export const BELIEVABLE_LOSS = 0.15;
/** Fewer leavers than this are never remarkable. */
const REMARKABLE_LEAVERS = 5;

/** A loss that a person should explain before going on. */
export interface RemarkableLoss {
  readonly of: 'yearLevel' | 'teachers';
  /** '' for teachers, and for students without year level. */
  readonly yearLevel: string;
  readonly before: number;
  readonly leavers: number;
}

/**
 * Losses that a year change does not explain: more than 15 % (and at least 5) of the teachers or of a year level other
 * than the highest, which may leave whole. A listing that ended early shows here (T04).
 */
export function remarkableLosses(comparison: Comparison): RemarkableLoss[] {
  const levels = comparison.yearLevels.filter((level) => level.before > 0 && level.yearLevel !== '');
  const highest = levels.at(-1)?.yearLevel;
  const remarkable = ({ before, leavers }: { before: number; leavers: number }): boolean =>
    leavers >= REMARKABLE_LEAVERS && leavers > before * BELIEVABLE_LOSS;
  const losses: RemarkableLoss[] = comparison.yearLevels
    .filter((level) => remarkable(level) && level.yearLevel !== highest)
    .map(({ yearLevel, before, leavers }) => ({ of: 'yearLevel', yearLevel, before, leavers }));
  const { before, leavers } = comparison.teachers;
  if (remarkable(comparison.teachers)) losses.push({ of: 'teachers', yearLevel: '', before, leavers });
  return losses;
}
