/** What people and classes are called, from the readings that the journal keeps. */
import type { Journal } from '../../data/journal/journal.js';
import { selectManagedCourses, selectManagedUsers } from '../../data/journal/managed.js';
import { readSnapshot, selectSnapshotHeader } from '../../data/journal/snapshots.js';
import { RolloverError } from '../../data/model/errors.js';
import type { GroupRecord, PersonRecord, Snapshot } from '../../data/model/snapshot.js';
import type { ClassRef, PersonRef } from '../../pages/content.js';

/** Answers for every id; with an empty name where no reading has it any more. */
export interface Names {
  /** Whether the reading itself is still kept. */
  readonly kept: boolean;
  hasPerson(id: string): boolean;
  hasClass(id: string): boolean;
  person(id: string): PersonRef;
  class(id: string): ClassRef;
  /** How many of the newest reading. */
  readonly students: number;
  readonly teachers: number;
  readonly classes: number;
}

/** A reading, or null when it is not kept any more. */
async function readKept(journal: Journal, snapshotId: number): Promise<Snapshot | null> {
  try {
    return await readSnapshot(journal, snapshotId);
  } catch (error) {
    if (error instanceof RolloverError && error.code === 'SnapshotNotFound') return null;
    throw error;
  }
}

function toPerson({
  externalId,
  firstName = '',
  surname = '',
  type,
  yearLevel = '',
}: PersonRecord): PersonRef {
  return { id: externalId, name: `${firstName} ${surname}`.trim(), type, yearLevel };
}

function toClass({ externalId, name = '', groupType = '' }: GroupRecord): ClassRef {
  return { id: externalId, name, groupType };
}

function byId<T extends { readonly externalId: string }, R>(
  snapshots: readonly Snapshot[],
  records: (snapshot: Snapshot) => readonly T[],
  to: (record: T) => R,
): Map<string, R> {
  return new Map(snapshots.flatMap((one) => records(one).map((record) => [record.externalId, to(record)])));
}

/** The reading that this one was compared with. */
async function readBase(journal: Journal, snapshotId: number): Promise<Snapshot | null> {
  const { comparison, baseSnapshotId } = await selectSnapshotHeader(journal, snapshotId);
  const baseId = comparison?.baseSnapshotId ?? baseSnapshotId;
  return baseId === null ? null : readKept(journal, baseId);
}

/** Those of ours whom no reading at hand has: as KnowledgeNET called them when it last had them. */
async function addManaged(
  journal: Journal,
  people: Map<string, PersonRef>,
  classes: Map<string, ClassRef>,
): Promise<void> {
  for (const [id, { fields }] of await selectManagedUsers(journal)) {
    const name = `${fields['firstname']?.kn ?? ''} ${fields['lastname']?.kn ?? ''}`.trim();
    if (!people.has(id)) people.set(id, { id, name, type: null, yearLevel: '' });
  }
  for (const [id, { fields, groupType }] of await selectManagedCourses(journal))
    if (!classes.has(id)) classes.set(id, { id, name: fields['fullname']?.kn ?? '', groupType });
}

/**
 * @param before also who and what has left: from the snapshot that this one was compared with, and from what is ours
 */
export async function readNames(journal: Journal, snapshotId: number, before: boolean): Promise<Names> {
  const now = await readKept(journal, snapshotId);
  const base = now === null || !before ? null : await readBase(journal, snapshotId);
  // the newest reading has the last word
  const snapshots = [base, now].filter((one) => one !== null);
  const people = byId(snapshots, (one) => one.records.person, toPerson);
  const classes = byId(snapshots, (one) => one.records.group, toClass);
  if (before) await addManaged(journal, people, classes);
  const current = now?.records.person ?? [];
  return {
    kept: now !== null,
    hasPerson: (id) => people.has(id),
    hasClass: (id) => classes.has(id),
    person: (id) => people.get(id) ?? { id, name: '', type: null, yearLevel: '' },
    class: (id) => classes.get(id) ?? { id, name: '', groupType: '' },
    students: current.filter(({ type }) => type === 'student').length,
    teachers: current.filter(({ type }) => type === 'teacher').length,
    classes: now?.records.group.length ?? 0,
  };
}
