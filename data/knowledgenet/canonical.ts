/** The canonical form of a snapshot and its hash. docs/snapshot.md is the specification; other programs compute it too. */
import { compareCodePoints } from '../model/code-points.js';
import { createHash } from 'node:crypto';
import {
  recordKinds,
  type GroupRecord,
  type GroupTypeRecord,
  type MembershipRecord,
  type PersonRecord,
  type RecordKind,
  type Snapshot,
  type SnapshotRecords,
} from '../model/snapshot.js';

type Value = string | boolean | undefined;

/** First line of the canonical form; changes with it. */
export const CANONICAL_VERSION = 'moodle-rollover snapshot 1';

/** A record's values in their fixed order. */
const valuesOf: { readonly [K in RecordKind]: (record: SnapshotRecords[K][number]) => readonly Value[] } = {
  groupType: (record: GroupTypeRecord) => [record.name],
  group: (record: GroupRecord) => [
    record.externalId,
    record.name,
    record.groupType,
    record.smsControlled,
    record.provisioning,
  ],
  person: (record: PersonRecord) => [
    record.externalId,
    record.type,
    record.nsn,
    record.title,
    record.surname,
    record.firstName,
    record.yearLevel,
    record.login,
    record.email,
    record.disabled,
  ],
  membership: (record: MembershipRecord) => [record.group, record.person],
};

/** Missing is `null`, blank is `""`: they mean different things. */
function line(values: readonly (string | boolean | undefined)[]): string {
  return `${JSON.stringify(values.map((value) => value ?? null))}\n`;
}

/** A record's line of the canonical form. */
export function recordLine<K extends RecordKind>(kind: K, record: SnapshotRecords[K][number]): string {
  return line([kind, ...valuesOf[kind](record)]);
}

const surrogate = /[\ud800-\udfff]/;

/** Entries in order of their keys. Where no key needs two UTF-16 units, their order is the code points' and quick. */
export function inKeyOrder<V>(byKey: ReadonlyMap<string, V>): [string, V][] {
  const entries = [...byKey];
  const plain = !entries.some(([key]) => surrogate.test(key));
  return entries.sort(
    plain ? ([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) : ([a], [b]) => compareCodePoints(a, b),
  );
}

/** Whether two records of a kind say the same. */
export function sameRecord<K extends RecordKind>(
  kind: K,
  a: SnapshotRecords[K][number],
  b: SnapshotRecords[K][number],
): boolean {
  const left = valuesOf[kind](a);
  const right = valuesOf[kind](b);
  return left.every((value, index) => value === right[index]);
}

const LINES_PER_PIECE = 2_000;

/** The canonical form in pieces. Records must be in key order, as `buildSnapshot` leaves them. */
export function* canonicalLines(snapshot: Snapshot): Generator<string> {
  const { students, teachers, groups } = snapshot.statements;
  yield (
    line([CANONICAL_VERSION]) +
    line(['statements', students, teachers, groups]) +
    line(['complete', snapshot.complete])
  );
  for (const kind of recordKinds) {
    const values = valuesOf[kind] as (record: unknown) => readonly Value[];
    const records = snapshot.records[kind];
    for (let at = 0; at < records.length; at += LINES_PER_PIECE) {
      let piece = '';
      for (const record of records.slice(at, at + LINES_PER_PIECE)) piece += line([kind, ...values(record)]);
      yield piece;
    }
  }
}

/** SHA-256 of the canonical form in UTF-8, lower-case hex. Same school, same hash, whatever the file's format. */
export function hashSnapshot(snapshot: Snapshot): string {
  const hash = createHash('sha256');
  for (const piece of canonicalLines(snapshot)) hash.update(piece, 'utf8');
  return hash.digest('hex');
}
