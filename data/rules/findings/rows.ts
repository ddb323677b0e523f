/** What the rules on findings are given, and what they answer. */
import type { Finding } from '../../model/finding.js';
import type {
  GroupRecord,
  GroupTypeRecord,
  MembershipRecord,
  PersonRecord,
  Provenance,
} from '../../model/snapshot.js';

/** A record as one row said it. `at` is absent for records carried over from the reading this one builds on. */
export interface Row<R> {
  readonly record: R;
  readonly at?: Provenance;
}

/**
 * The resulting state of a reading, operations (`New External Id`, `Y`) resolved, duplicates still in it. A row without
 * External ID has the empty string there.
 */
export interface RecordRows {
  readonly persons: readonly Row<PersonRecord>[];
  readonly groups: readonly Row<GroupRecord>[];
  readonly groupTypes: readonly Row<GroupTypeRecord>[];
  readonly memberships: readonly Row<MembershipRecord>[];
}

/** Indexes into `RecordRows` of what does not enter the snapshot, and fields that are left out of what does. */
export interface Dropped {
  readonly persons: ReadonlySet<number>;
  readonly groups: ReadonlySet<number>;
  readonly groupTypes: ReadonlySet<number>;
  readonly memberships: ReadonlySet<number>;
  readonly fields: {
    readonly persons: ReadonlyMap<number, ReadonlySet<keyof PersonRecord>>;
    readonly groups: ReadonlyMap<number, ReadonlySet<keyof GroupRecord>>;
  };
}

export interface RecordProblems {
  /** Ordered: most frequent cause first. */
  readonly findings: readonly Finding[];
  readonly dropped: Dropped;
}
