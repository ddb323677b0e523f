/** Classes: a type that the workbook knows, a name that Moodle can hold. */
import type { GroupRecord } from '../../model/snapshot.js';
import { columns, isTooLong, type Draft } from './draft.js';
import { columnLimits } from './limits.js';
import type { RecordRows, Row } from './rows.js';

function checkName(row: Row<GroupRecord>, index: number, draft: Draft): void {
  const { name = '', externalId } = row.record;
  const detail = { column: columns.name, subject: externalId };
  if (name === '') draft.report('MissingGroupName', 'notice', row, detail);
  else if (isTooLong(name, columnLimits.courseFullname)) {
    draft.dropGroupField(index, 'name');
    draft.report('ValueTooLong', 'drops-value', row, { ...detail, value: name });
  }
}

function checkType(
  row: Row<GroupRecord>,
  index: number,
  known: ReadonlySet<string>,
  columnThere: boolean,
  draft: Draft,
): void {
  const { groupType = '', externalId } = row.record;
  const detail = { column: columns.groupType, subject: externalId };
  if (groupType === '') {
    if (columnThere) draft.groups.add(index);
    draft.report('GroupWithoutType', columnThere ? 'drops-record' : 'notice', row, detail);
  } else if (isTooLong(groupType, columnLimits.categoryName)) {
    draft.groups.add(index);
    draft.report('ValueTooLong', 'drops-record', row, { ...detail, value: groupType });
  } else if (known.size > 0 && !known.has(groupType)) {
    draft.groups.add(index);
    draft.report('UnknownGroupType', 'drops-record', row, { ...detail, value: groupType });
  }
}

/**
 * Checks the classes that have an External ID of their own. A class without a type that the workbook knows is dropped:
 * the type decides whether and where a course is made, and a course in the wrong place is not taken back. Without a
 * Group Types sheet no type is unknown; without a Group Type column the default settings are for every class.
 */
export function checkGroups(rows: RecordRows, indexes: readonly number[], draft: Draft): void {
  const known = new Set(rows.groupTypes.map((row) => row.record.name));
  const columnThere = rows.groups.some((row) => row.record.groupType !== undefined);
  for (const index of indexes) {
    const row = rows.groups[index]!;
    checkName(row, index, draft);
    checkType(row, index, known, columnThere, draft);
  }
}

/** Collapses group types named more than once; one without a name is no type. */
export function checkGroupTypes(rows: RecordRows, draft: Draft): void {
  const seen = new Set<string>();
  rows.groupTypes.forEach((row, index) => {
    if (row.record.name === '' || seen.has(row.record.name)) draft.groupTypes.add(index);
    seen.add(row.record.name);
  });
}
