/** Provisioned classes: who is in them, and whether it is known who made them. Reports, drops nothing. */
import type { SchoolSettings } from '../../model/settings.js';
import type { GroupRecord, Statements } from '../../model/snapshot.js';
import { groupTypeSettings, isProvisioned } from '../provisioning.js';
import { columns, type Draft } from './draft.js';
import type { RecordRows, Row } from './rows.js';

interface Membership {
  readonly members: ReadonlySet<string>;
  readonly taught: ReadonlySet<string>;
}

/** Classes that have a member left, and those that have a teacher left. */
function classesWithPeople(rows: RecordRows, draft: Draft): Membership {
  const teachers = new Set<string>();
  rows.persons.forEach(({ record }, index) => {
    if (record.type === 'teacher' && !draft.persons.has(index)) teachers.add(record.externalId);
  });
  const members = new Set<string>();
  const taught = new Set<string>();
  rows.memberships.forEach(({ record }, index) => {
    if (draft.memberships.has(index)) return;
    members.add(record.group);
    if (teachers.has(record.person)) taught.add(record.group);
  });
  return { members, taught };
}

function checkPeople(row: Row<GroupRecord>, people: Membership, statements: Statements, draft: Draft): void {
  const { externalId } = row.record;
  const detail = { column: columns.externalId, value: externalId, subject: externalId };
  const empty = !people.members.has(externalId);
  if (empty && statements.students && statements.teachers)
    draft.report('ClassWithoutMembers', 'notice', row, detail);
  else if (statements.teachers && !empty && !people.taught.has(externalId))
    draft.report('ClassWithoutTeacher', 'notice', row, detail);
}

/**
 * Looks at the classes that remain. Whether the SMS made a class must be known where its type's option asks; people
 * are only missed from sheets that are there. A class without members is not reported for its teacher as well.
 */
export function checkClasses(
  rows: RecordRows,
  statements: Statements,
  settings: SchoolSettings,
  draft: Draft,
): void {
  if (!statements.groups) return;
  const people = classesWithPeople(rows, draft);
  // Their members come by rule, after reading.
  const filled = new Set((settings.groupProvisioning ?? []).map(({ target }) => target));
  rows.groups.forEach((row, index) => {
    if (draft.groups.has(index)) return;
    const group = row.record;
    const provisioning = isProvisioned(group, groupTypeSettings(group.groupType, settings), settings);
    if (provisioning === 'origin-unknown')
      draft.report('OriginUnknown', 'stops-run', row, {
        column: columns.smsControlled,
        value: group.externalId,
        subject: group.externalId,
      });
    else if (provisioning === 'provisioned' && !filled.has(group.externalId))
      checkPeople(row, people, statements, draft);
  });
}
