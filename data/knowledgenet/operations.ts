/**
 * Operations and the state they lead to: `New External Id`, `Y` in a Delete column, and changes-only readings on top of
 * a snapshot. Pure; applying the same rows twice changes nothing more, and their order decides nothing.
 */
import type { Finding, Severity } from '../model/finding.js';
import type {
  GroupRecord,
  GroupTypeRecord,
  MembershipRecord,
  PersonRecord,
  Provenance,
  Reading,
  Snapshot,
  Statements,
} from '../model/snapshot.js';
import type { RecordRows, Row } from '../rules/findings/rows.js';
import type { SnapshotFrame } from './build-snapshot.js';
import { findingOf } from './finding.js';
import { resolveIdChanges, type IdBase, type IdChanges } from './id-changes.js';

/** A row as read, with the place it stands in. */
export interface StatedRow<R> {
  readonly record: R;
  readonly at: Provenance;
  readonly newId?: string;
  readonly remove?: true;
  /** Absent where the sheet has no Member of Group column. */
  readonly groups?: readonly string[];
}

export interface StatedRows {
  readonly persons: readonly StatedRow<PersonRecord>[];
  readonly groups: readonly StatedRow<GroupRecord>[];
  readonly groupTypes: readonly StatedRow<GroupTypeRecord>[];
}

export interface Resolved {
  /** The resulting state, duplicates still in it. */
  readonly rows: RecordRows;
  readonly frame: SnapshotFrame;
  readonly findings: readonly Finding[];
  /** Old id → new id, for everybody whose id changed. */
  readonly renamed: {
    readonly persons: ReadonlyMap<string, string>;
    readonly groups: ReadonlyMap<string, string>;
  };
}

interface Identified {
  readonly externalId: string;
}

/** A row that remains. `id`: the one it ends up with; `baseId`: the base record it speaks about, null: none. */
interface PlacedRow<R> {
  readonly row: StatedRow<R>;
  readonly id: string;
  readonly baseId: string | null;
}

/** One kind (persons or classes) after its operations. */
interface ResolvedKind<R> {
  readonly rows: Row<R>[];
  readonly placed: readonly PlacedRow<R>[];
  /** Base records that rows speak about, under their resulting ids. */
  readonly restated: Row<R>[];
  readonly changes: IdChanges;
  /** Ids, as the base has them, that are deleted. */
  readonly deleted: ReadonlySet<string>;
  readonly findings: Finding[];
}

/** The values that tell whether a row and a record are the same person or class. */
type IdentityOf<R> = (record: R) => readonly (string | undefined)[];

const personIdentity: IdentityOf<PersonRecord> = (record) => [
  record.nsn,
  record.login,
  record.surname && record.firstName ? `${record.surname}, ${record.firstName}` : undefined,
];
const groupIdentity: IdentityOf<GroupRecord> = (record) => [record.name];

type IdRowOf<R> = {
  readonly id: string;
  readonly newId?: string;
  readonly remove?: true;
  readonly record: R;
};

function baseOf<R extends Identified>(
  records: ReadonlyMap<string, R>,
  identityOf: IdentityOf<R>,
): IdBase<IdRowOf<R>> {
  const matches = (row: IdRowOf<R>, id: string): { equal: number; stated: number } => {
    const holder = records.get(id) as Record<string, unknown> | undefined;
    const stated = Object.entries(row.record).filter(([name]) => name !== 'externalId');
    return {
      equal: stated.filter(([name, value]) => holder?.[name] === value).length,
      stated: stated.length,
    };
  };
  return {
    has: (id) => records.has(id),
    matches,
    mayBe: (row, id) => {
      const holder = records.get(id);
      if (holder === undefined) return false;
      const theirs = identityOf(holder);
      if (identityOf(row.record).some((mine, index) => Boolean(mine) && mine === theirs[index])) return true;
      const { equal, stated } = matches(row, id);
      return equal === stated;
    },
  };
}

function deletionFinding(row: StatedRow<unknown>, id: string, column: string, known: boolean): Finding {
  return findingOf(known ? 'DeletionRequested' : 'DeleteUnknown', 'notice', {
    ...row.at,
    column,
    value: 'Y',
    subject: id,
  });
}

function idRowOf<R extends Identified>(row: StatedRow<R>): IdRowOf<R> {
  const { record, newId, remove } = row;
  return {
    id: record.externalId,
    record,
    ...(newId === undefined ? {} : { newId }),
    ...(remove === undefined ? {} : { remove }),
  };
}

/** Absent fields of the row keep what the base has. */
function overlay<R extends Identified>(base: R | undefined, record: R, id: string): R {
  if (base === undefined && record.externalId === id) return record;
  return { ...base, ...record, externalId: id };
}

function refusedFinding(row: StatedRow<unknown>, id: string, severity: Severity): Finding {
  return findingOf('NewIdTaken', severity, {
    ...row.at,
    column: 'New External Id',
    value: row.newId ?? '',
    subject: id,
    mend: 'Give the row one New External Id that nobody has, and no other row the same one.',
  });
}

/** Applies `Y`: the row is left out, and the record with it unless another row names the same id without `Y`. */
function takeDeletions<R extends Identified>(
  stated: readonly StatedRow<R>[],
  base: ReadonlyMap<string, R> | null,
  changes: IdChanges,
  column: string,
  findings: Finding[],
): ReadonlySet<string> {
  const staying = new Set(stated.filter((row) => row.remove !== true).map((row) => row.record.externalId));
  const deleted = new Set<string>();
  for (const row of stated) {
    const id = row.record.externalId;
    if (row.remove !== true || id === '' || changes.deletedBefore.has(id)) continue;
    findings.push(deletionFinding(row, id, column, base === null || base.has(id)));
    if (!staying.has(id)) deleted.add(id);
  }
  return deleted;
}

/** The rows that remain, each with the id it ends up with and the base record it speaks about. */
function placeRows<R extends Identified>(
  stated: readonly StatedRow<R>[],
  base: ReadonlyMap<string, R> | null,
  changes: IdChanges,
  findings: Finding[],
): PlacedRow<R>[] {
  const placed: PlacedRow<R>[] = [];
  const plain = new Set(
    stated
      .filter((row) => row.remove !== true && row.newId === undefined)
      .map((row) => row.record.externalId),
  );
  for (const row of stated) {
    const id = row.record.externalId;
    if (row.remove === true) continue;
    if (changes.undecided.has(id)) {
      findings.push(refusedFinding(row, id, 'drops-record'));
      continue;
    }
    if (row.newId !== undefined && changes.refused.has(id)) {
      const creates = base !== null && !base.has(id) && !plain.has(id);
      findings.push(refusedFinding(row, id, creates ? 'drops-record' : 'drops-value'));
      // Somebody new under the old id would be a second account for who has the new one.
      if (creates) continue;
    }
    const done = changes.done.get(id);
    const baseId = done ?? (base?.has(id) === true ? id : null);
    placed.push({ row, id: done ?? changes.accepted.get(id) ?? id, baseId });
  }
  return placed;
}

function resolveKind<R extends Identified>(
  stated: readonly StatedRow<R>[],
  base: ReadonlyMap<string, R> | null,
  identityOf: IdentityOf<R>,
  deleteColumn: string,
): ResolvedKind<R> {
  const idRows = stated.map(idRowOf);
  const changes = resolveIdChanges(idRows, base === null ? null : baseOf(base, identityOf));
  const findings: Finding[] = [];
  const deleted = takeDeletions(stated, base, changes, deleteColumn, findings);
  const placed = placeRows(stated, base, changes, findings);
  const rows: Row<R>[] = placed.map(({ row, id, baseId }) => ({
    record: overlay(baseId === null ? undefined : base?.get(baseId), row.record, id),
    at: row.at,
  }));
  const spoken = new Set(placed.map(({ baseId }) => baseId));
  const restated: Row<R>[] = [];
  for (const [id, record] of base ?? []) {
    if (deleted.has(id)) continue;
    const moved = { record: { ...record, externalId: changes.accepted.get(id) ?? id } };
    (spoken.has(id) ? restated : rows).push(moved);
  }
  return { rows, placed, restated, changes, deleted, findings };
}

function resolveGroupTypes(
  stated: readonly StatedRow<GroupTypeRecord>[],
  base: readonly GroupTypeRecord[],
  changesOnly: boolean,
  findings: Finding[],
): Row<GroupTypeRecord>[] {
  const removed = new Set<string>();
  const known = new Set(base.map((record) => record.name));
  const kept: Row<GroupTypeRecord>[] = [];
  for (const row of stated) {
    const { name } = row.record;
    if (row.remove === true) {
      findings.push(deletionFinding(row, name, 'Delete', !changesOnly || known.has(name)));
      removed.add(name);
    } else kept.push({ record: row.record, at: row.at });
  }
  const named = new Set(kept.map((row) => row.record.name));
  const carried = base.filter(({ name }) => !named.has(name) && !removed.has(name));
  return [...kept, ...carried.map((record) => ({ record }))];
}

/** The id that a row's reference to an old id means. */
function currentId({ accepted, done, undecided }: IdChanges, id: string): string {
  return accepted.get(id) ?? done.get(id) ?? undecided.get(id) ?? id;
}

interface Memberships {
  readonly rows: Row<MembershipRecord>[];
  readonly restated: Row<MembershipRecord>[];
}

/**
 * Memberships after the operations on persons and classes. A row may name a class by its old or its new id; where an id
 * is both, the old one is meant, as it stands in `Unique External Id`. A deleted class takes its memberships with it.
 */
function resolveMemberships(
  persons: ResolvedKind<PersonRecord>,
  groups: ResolvedKind<GroupRecord>,
  base: readonly MembershipRecord[],
): Memberships {
  const existing = new Set(groups.rows.map((row) => row.record.externalId));
  for (const row of groups.restated) existing.add(row.record.externalId);
  const isGone = (named: string, group: string): boolean => groups.deleted.has(named) && !existing.has(group);
  const result: Memberships = { rows: [], restated: [] };
  const speaking = new Set<string | null>();
  for (const { row, id, baseId } of persons.placed) {
    if (row.groups === undefined) continue;
    speaking.add(baseId);
    for (const named of row.groups) {
      const group = currentId(groups.changes, named);
      if (id !== '' && !isGone(named, group)) result.rows.push({ record: { group, person: id }, at: row.at });
    }
  }
  const spoken = new Set(persons.placed.map(({ baseId }) => baseId));
  for (const record of base) {
    if (persons.deleted.has(record.person)) continue;
    const group = groups.changes.accepted.get(record.group) ?? record.group;
    if (groups.deleted.has(record.group) && group === record.group) continue;
    const person = persons.changes.accepted.get(record.person) ?? record.person;
    const moved = { record: { group, person } };
    if (spoken.has(record.person)) result.restated.push(moved);
    if (!speaking.has(record.person)) result.rows.push(moved);
  }
  return result;
}

function recordsById<R extends Identified>(records: readonly R[]): Map<string, R> {
  return new Map(records.map((record) => [record.externalId, record]));
}

function statementsOf(sheets: Statements, base: Snapshot | undefined): Statements {
  if (base === undefined) return sheets;
  return {
    students: sheets.students || base.statements.students,
    teachers: sheets.teachers || base.statements.teachers,
    groups: sheets.groups || base.statements.groups,
  };
}

/**
 * Resolves the operations of a reading into the resulting state.
 *
 * A complete reading is its rows. A changes-only reading is the base with the rows laid over it: a row states what its
 * columns hold, a blank cell included; absent columns and absent rows say nothing. A person's Member of Group columns
 * are the person's whole list.
 *
 * @param sheets Which sheets this reading has.
 * @param base For a changes-only reading: the snapshot it builds on. Without one the result is not complete.
 */
export function resolveOperations(
  stated: StatedRows,
  sheets: Statements,
  reading: Reading,
  base?: Snapshot,
): Resolved {
  const below = reading === 'changes' ? base : undefined;
  const changesOnly = reading === 'changes';
  const persons = resolveKind(
    stated.persons,
    changesOnly ? recordsById(below?.records.person ?? []) : null,
    personIdentity,
    'Delete This User',
  );
  const groups = resolveKind(
    stated.groups,
    changesOnly ? recordsById(below?.records.group ?? []) : null,
    groupIdentity,
    'Delete This Group',
  );
  const findings = [...persons.findings, ...groups.findings];
  const groupTypes = resolveGroupTypes(
    stated.groupTypes,
    below?.records.groupType ?? [],
    changesOnly,
    findings,
  );
  const statements = statementsOf(sheets, below);
  const memberships = statements.groups
    ? resolveMemberships(persons, groups, below?.records.membership ?? [])
    : { rows: [], restated: [] };
  return {
    rows: { persons: persons.rows, groups: groups.rows, groupTypes, memberships: memberships.rows },
    frame: {
      reading,
      complete: changesOnly ? (below?.complete ?? false) : true,
      statements,
      restated: {
        persons: persons.restated,
        groups: groups.restated,
        groupTypes: [],
        memberships: memberships.restated,
      },
    },
    findings,
    renamed: {
      persons: new Map([...persons.changes.done, ...persons.changes.accepted]),
      groups: new Map([...groups.changes.done, ...groups.changes.accepted]),
    },
  };
}
