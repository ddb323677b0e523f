/**
 * What the source said, in its canonical form. docs/snapshot.md is the specification of this file.
 *
 * All strings are NFC, trimmed (also of non-breaking spaces) and free of zero-width characters. A field that the
 * source does not have at all is absent (`undefined`); a field that it has and left blank is the empty string.
 */

/** KnowledgeNET's user types. Only students and teachers reach Moodle; caregivers are not read. */
export type UserType = 'student' | 'teacher';

/** One person of KN's `students` or `teachers`. Key: `externalId`. */
export interface PersonRecord {
  readonly externalId: string;
  readonly type: UserType;
  /** National Student Number. */
  readonly nsn?: string;
  readonly title?: string;
  readonly surname?: string;
  readonly firstName?: string;
  /** Year level as a number 0..15 in text, e.g. "9"; unreadable ones become a finding and are left out. */
  readonly yearLevel?: string;
  /** KN's User ID. */
  readonly login?: string;
  readonly email?: string;
  /** Disable User or Lock Account in KN. */
  readonly disabled?: boolean;
}

/** A class ("group") of KN. Key: `externalId`. */
export interface GroupRecord {
  readonly externalId: string;
  readonly name?: string;
  /** Name of the group type. */
  readonly groupType?: string;
  /** Whether the SMS made this class; absent = origin unknown. */
  readonly smsControlled?: boolean;
  /** Moodle Provisioning override of the class; absent = none. */
  readonly provisioning?: 'enabled' | 'disabled';
}

/** A group type of KN. Key: `name`. */
export interface GroupTypeRecord {
  readonly name: string;
}

/** One person in one class. Key: group then person. */
export interface MembershipRecord {
  readonly group: string;
  readonly person: string;
}

/** The record kinds of a snapshot, in the order in which they are hashed and stored. */
export const recordKinds = ['groupType', 'group', 'person', 'membership'] as const;
export type RecordKind = (typeof recordKinds)[number];

export interface SnapshotRecords {
  readonly groupType: readonly GroupTypeRecord[];
  readonly group: readonly GroupRecord[];
  readonly person: readonly PersonRecord[];
  readonly membership: readonly MembershipRecord[];
}

/** Where a record came from; kept beside it, never hashed. `row` is 1-based as a spreadsheet shows it. */
export interface Provenance {
  readonly sheet: string;
  readonly row: number;
}

/**
 * How rows are meant. `complete`: a full export; who is absent is no longer in KN.
 * `changes`: KN's upload rules; absence says nothing.
 */
export type Reading = 'complete' | 'changes';

/** About which kinds this snapshot says anything at all. A missing sheet is "no statement", never "empty". */
export interface Statements {
  readonly students: boolean;
  readonly teachers: boolean;
  /** False also makes memberships "no statement". */
  readonly groups: boolean;
}

/** Which header was read as which field; `field` null = unknown header. */
export interface HeaderReading {
  readonly sheet: string;
  readonly header: string;
  readonly field: string | null;
}

/** A complete, readable snapshot in memory: all that follows from a reading follows from this. */
export interface Snapshot {
  readonly reading: Reading;
  /** Whether absence means "no longer in KN": a complete reading, or changes on top of one. */
  readonly complete: boolean;
  readonly statements: Statements;
  readonly records: SnapshotRecords;
  /**
   * External IDs that the source has but whose record was dropped by a finding. Absence of these from `records` does
   * not mean "no longer in KN". Not hashed.
   */
  readonly withheld?: { readonly persons: ReadonlySet<string>; readonly groups: ReadonlySet<string> };
}

/** A snapshot that knows where each record came from. Planning does not ask, and takes none of the memory for it. */
export interface PlacedSnapshot extends Snapshot {
  /** Key → place, per kind. Membership keys are `group + U+001F + person`. */
  readonly provenance: Readonly<Record<RecordKind, ReadonlyMap<string, Provenance>>>;
}

/** Separates the parts of a composed key; cannot occur in a canonical string. */
export const KEY_SEPARATOR = '\u001f';

/** The key of a record of the given kind. */
export function recordKey<K extends RecordKind>(kind: K, record: SnapshotRecords[K][number]): string {
  switch (kind) {
    case 'groupType':
      return (record as GroupTypeRecord).name;
    case 'membership': {
      const membership = record as MembershipRecord;
      return membership.group + KEY_SEPARATOR + membership.person;
    }
    default:
      return (record as PersonRecord | GroupRecord).externalId;
  }
}
