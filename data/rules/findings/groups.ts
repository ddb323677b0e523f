/** Classes: a type that the workbook knows, a name that Moodle can hold. */
import type { GroupRecord } from '../../model/snapshot.js';
import { columns, isTooLong, type Draft } from './draft.js';
import { columnLimits, type RecordLimits } from './limits.js';
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

/** Where group types are known from. */
interface TypeContext {
  readonly sheet: ReadonlySet<string>;
  readonly settings: ReadonlySet<string>;
  readonly columnThere: boolean;
}

function checkType(row: Row<GroupRecord>, index: number, context: TypeContext, draft: Draft): void {
  const { groupType = '', externalId } = row.record;
  const detail = { column: columns.groupType, subject: externalId };
  if (groupType === '') {
    if (context.columnThere) draft.groups.add(index);
    draft.report('GroupWithoutType', context.columnThere ? 'drops-record' : 'notice', row, detail);
  } else if (isTooLong(groupType, columnLimits.categoryName)) {
    draft.groups.add(index);
    draft.report('ValueTooLong', 'drops-record', row, { ...detail, value: groupType });
  } else if (context.sheet.size > 0 && !context.sheet.has(groupType)) {
    const named = context.settings.has(groupType);
    if (!named) draft.groups.add(index);
    draft.report('UnknownGroupType', named ? 'notice' : 'drops-record', row, { ...detail, value: groupType });
  }
}

/**
 * Checks the classes that have an External ID of their own. A class without a type that the workbook knows is dropped:
 * the type decides whether and where a course is made, and a course in the wrong place is not taken back. A type
 * that has settings of its own is only reported. Without a Group Types sheet no type is unknown; without a Group Type column the default settings are for every class.
 */
export function checkGroups(
  rows: RecordRows,
  indexes: readonly number[],
  limits: RecordLimits,
  draft: Draft,
): void {
  const context: TypeContext = {
    sheet: new Set(rows.groupTypes.map((row) => row.record.name)),
    settings: limits.namedGroupTypes,
    columnThere: rows.groups.some((row) => row.record.groupType !== undefined),
  };
  for (const index of indexes) {
    const row = rows.groups[index]!;
    checkName(row, index, draft);
    checkType(row, index, context, draft);
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
