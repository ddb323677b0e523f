/** Before and after the findings: what the database must compare, and the rows that remain. */
import { normaliseLogin } from '../login.js';
import type { Dropped, RecordRows, Row } from './rows.js';

/** Every string whose equality Moodle's collation decides; ask the database once, in bulk. */
export function stringsToFold(rows: RecordRows): Set<string> {
  const strings = new Set<string>();
  for (const { record } of rows.persons) {
    strings.add(record.externalId);
    if (record.login !== undefined) strings.add(normaliseLogin(record.login));
    if (record.email !== undefined) strings.add(record.email);
  }
  for (const { record } of rows.groups) strings.add(record.externalId);
  return strings;
}

function remaining<R extends object>(
  rows: readonly Row<R>[],
  dropped: ReadonlySet<number>,
  fields?: ReadonlyMap<number, ReadonlySet<keyof R>>,
): Row<R>[] {
  const kept: Row<R>[] = [];
  rows.forEach((row, index) => {
    if (dropped.has(index)) return;
    const without = fields?.get(index);
    if (without === undefined) kept.push(row);
    else {
      const record = { ...row.record };
      for (const field of without) delete record[field];
      kept.push({ ...row, record });
    }
  });
  return kept;
}

/** The rows that enter the snapshot: each key once, dropped fields absent. */
export function keptRows(rows: RecordRows, dropped: Dropped): RecordRows {
  return {
    persons: remaining(rows.persons, dropped.persons, dropped.fields.persons),
    groups: remaining(rows.groups, dropped.groups, dropped.fields.groups),
    groupTypes: remaining(rows.groupTypes, dropped.groupTypes),
    memberships: remaining(rows.memberships, dropped.memberships),
  };
}
