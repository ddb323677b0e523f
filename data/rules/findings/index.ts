/** Every record-level problem of a reading, and what enters the snapshot in spite of it. */
import type { SchoolSettings } from '../../model/settings.js';
import type { Statements } from '../../model/snapshot.js';
import type { CollationFold } from '../../moodle/state.js';
import { checkClasses } from './classes.js';
import { Draft } from './draft.js';
import { checkEmails } from './emails.js';
import { checkEmptiness } from './emptiness.js';
import { checkGroups, checkGroupTypes } from './groups.js';
import { checkIdentity } from './identity.js';
import { columnLimits, type RecordLimits } from './limits.js';
import { checkLogins } from './logins.js';
import { checkMemberships } from './memberships.js';
import { checkNames } from './names.js';
import { orderFindings } from './order.js';
import type { RecordProblems, RecordRows } from './rows.js';

function remaining(count: number, dropped: ReadonlySet<number>): number[] {
  const indexes: number[] = [];
  for (let index = 0; index < count; index += 1) if (!dropped.has(index)) indexes.push(index);
  return indexes;
}

/**
 * Findings of the records, and which records and fields are left out because of them. What is dropped depends on the
 * rows, the collation and the limits alone; the rest of the settings only decides about notices and stops. The order
 * of the rows decides nothing.
 *
 * `fold` must answer for every string of `stringsToFold`.
 */
export function findRecordProblems(
  rows: RecordRows,
  statements: Statements,
  settings: SchoolSettings,
  fold: CollationFold,
  limits: RecordLimits,
): RecordProblems {
  const draft = new Draft();
  checkIdentity(rows.persons, columnLimits.userIdnumber, fold, draft.persons, draft);
  checkIdentity(rows.groups, columnLimits.courseIdnumber, fold, draft.groups, draft);
  // A record with two problems shows both: every rule sees all records that are somebody.
  const persons = remaining(rows.persons.length, draft.persons);
  checkNames(rows.persons, persons, draft);
  checkLogins(rows.persons, persons, fold, limits, draft);
  checkEmails(rows.persons, persons, fold, limits, draft);
  checkGroupTypes(rows, draft);
  checkGroups(rows, remaining(rows.groups.length, draft.groups), limits, draft);
  checkMemberships(rows, statements.groups, draft);
  checkClasses(rows, statements, settings, draft);
  checkEmptiness(rows, statements, draft);
  return { findings: orderFindings(draft.findings), dropped: draft };
}
