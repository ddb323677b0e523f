/** Rows and readings for tests of operations: one value per person and class, results in a form to compare. */
import { buildSnapshot, nothingDropped } from '../../data/knowledgenet/build-snapshot.js';
import { hashReading } from '../../data/knowledgenet/hash-reading.js';
import { resolveOperations, type StatedRow, type StatedRows } from '../../data/knowledgenet/operations.js';
import type { Finding } from '../../data/model/finding.js';
import type { GroupRecord, PersonRecord, Reading, Snapshot } from '../../data/model/snapshot.js';

export interface Options {
  readonly newId?: string;
  readonly remove?: true;
  readonly groups?: readonly string[];
}

let row = 1;
export const person = (
  externalId: string,
  surname?: string,
  options: Options = {},
): StatedRow<PersonRecord> => ({
  record: { externalId, type: 'student', ...(surname === undefined ? {} : { surname }) },
  at: { sheet: 'students', row: ++row },
  ...options,
});
export const group = (externalId: string, name?: string, options: Options = {}): StatedRow<GroupRecord> => ({
  record: { externalId, ...(name === undefined ? {} : { name }) },
  at: { sheet: 'groups', row: ++row },
  ...options,
});

export interface Result {
  readonly snapshot: Snapshot;
  readonly readingHash: string;
  readonly findings: readonly Finding[];
  readonly people: Record<string, string | undefined>;
  readonly classes: Record<string, string | undefined>;
  readonly members: string[];
  readonly renamed: Record<string, string>;
}

export const allSheets = { students: true, teachers: true, groups: true };

export function apply(stated: Partial<StatedRows>, reading: Reading = 'complete', base?: Snapshot): Result {
  const rows = { persons: [], groups: [], groupTypes: [], ...stated };
  const resolved = resolveOperations(rows, allSheets, reading, base);
  const snapshot = buildSnapshot(resolved.rows, resolved.frame, nothingDropped);
  return {
    snapshot,
    readingHash: hashReading({ ...resolved, headers: [], sheets: [] }, []),
    findings: resolved.findings,
    people: Object.fromEntries(snapshot.records.person.map((one) => [one.externalId, one.surname])),
    classes: Object.fromEntries(snapshot.records.group.map((one) => [one.externalId, one.name])),
    members: snapshot.records.membership.map((one) => `${one.group}:${one.person}`),
    renamed: Object.fromEntries(resolved.renamed.persons),
  };
}

export const change = (base: Snapshot, stated: Partial<StatedRows>): Result => apply(stated, 'changes', base);
export const codes = (result: Result): string[] =>
  result.findings.map(({ code, subject }) => `${code} ${subject}`);
