/** From rows to a snapshot. Pure. */
import {
  recordKey,
  recordKinds,
  type Provenance,
  type Reading,
  type RecordKind,
  type PlacedSnapshot,
  type SnapshotRecords,
  type Statements,
} from '../model/snapshot.js';
import { keptRows } from '../rules/findings/kept.js';
import type { Dropped, RecordRows, Row } from '../rules/findings/rows.js';
import { inKeyOrder, sameRecord } from './canonical.js';

/** What a reading says as a whole. */
export interface SnapshotFrame {
  readonly reading: Reading;
  /** Whether absence means "no longer in KN". */
  readonly complete: boolean;
  readonly statements: Statements;
  /**
   * Only for a changes-only reading: the records of the base that its rows speak about, under their resulting ids. A
   * row that is dropped says nothing, so its record stays as it was.
   */
  readonly restated: RecordRows;
}

/** No rows at all. */
export const noRows: RecordRows = { persons: [], groups: [], groupTypes: [], memberships: [] };

/** Nothing dropped. */
export const nothingDropped: Dropped = {
  persons: new Set(),
  groups: new Set(),
  groupTypes: new Set(),
  memberships: new Set(),
  fields: { persons: new Map(), groups: new Map() },
};

/** Equal rows collapse into the first; where rows of one key differ, none is kept: their order may not decide. */
function settle<K extends RecordKind>(
  kind: K,
  rows: readonly Row<SnapshotRecords[K][number]>[],
): Map<string, Row<SnapshotRecords[K][number]>> {
  const settled = new Map<string, Row<SnapshotRecords[K][number]>>();
  const disputed = new Set<string>();
  for (const row of rows) {
    const key = recordKey(kind, row.record);
    const earlier = settled.get(key);
    if (earlier === undefined) settled.set(key, row);
    else if (!sameRecord(kind, earlier.record, row.record)) disputed.add(key);
  }
  for (const key of disputed) settled.delete(key);
  settled.delete('');
  return settled;
}

/** Brings back records of the base whose rows were dropped; answers their keys. */
function restore<R>(
  settled: Map<string, Row<R>>,
  restated: readonly Row<R>[],
  keyOf: (record: R) => string,
): Set<string> {
  const restored = new Set<string>();
  for (const row of restated) {
    const key = keyOf(row.record);
    if (settled.has(key)) continue;
    settled.set(key, row);
    restored.add(key);
  }
  return restored;
}

/**
 * Builds the snapshot of a reading: each key once, in key order, memberships only between a person and a class that
 * are in it, nothing about what the reading does not state.
 *
 * @param dropped What the rules on findings leave out.
 */
export function buildSnapshot(rows: RecordRows, frame: SnapshotFrame, dropped: Dropped): PlacedSnapshot {
  const kept = keptRows(rows, dropped);
  const persons = settle('person', kept.persons);
  const groups = settle('group', kept.groups);
  const restored = restore(persons, frame.restated.persons, (record) => record.externalId);
  restore(groups, frame.restated.groups, (record) => record.externalId);
  const carried = frame.restated.memberships.filter((row) => restored.has(row.record.person));
  const memberships = settle(
    'membership',
    [...rows.memberships, ...carried].filter(
      ({ record }) => frame.statements.groups && groups.has(record.group) && persons.has(record.person),
    ),
  );
  return snapshotOf(frame, {
    groupType: settle('groupType', kept.groupTypes),
    group: groups,
    person: persons,
    membership: memberships,
  });
}

type SettledRecords = { readonly [K in RecordKind]: ReadonlyMap<string, Row<SnapshotRecords[K][number]>> };

function snapshotOf(frame: SnapshotFrame, settled: SettledRecords): PlacedSnapshot {
  const records: Record<RecordKind, readonly unknown[]> = {
    groupType: [],
    group: [],
    person: [],
    membership: [],
  };
  const provenance: Record<RecordKind, Map<string, Provenance>> = {
    groupType: new Map(),
    group: new Map(),
    person: new Map(),
    membership: new Map(),
  };
  for (const kind of recordKinds) {
    const entries = inKeyOrder<Row<unknown>>(settled[kind]);
    records[kind] = entries.map(([, row]) => row.record);
    for (const [key, row] of entries) if (row.at !== undefined) provenance[kind].set(key, row.at);
  }
  const { reading, complete, statements } = frame;
  return { reading, complete, statements, records: records as unknown as SnapshotRecords, provenance };
}
