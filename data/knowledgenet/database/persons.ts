/** Rows of kn_users: students and teachers each as a sheet of their own, all others passed over. */
import { RolloverError } from '../../model/errors.js';
import { readId, textOf, type GridRow } from '../cells.js';
import { cellOf, keyOf } from './cells.js';
import type { MembershipCells } from './memberships.js';
import type { ViewRow } from './sql.js';
import { viewColumns } from './views.js';

const view = 'kn_users';
const [typeColumn, idColumn, ...otherColumns] = viewColumns[view];
/** Column names are headers; what lies beyond the last one are the person's classes. */
const header = [idColumn, ...otherColumns, 'member_of_group'];

/** The header row of both sheets. */
export const personHeader: GridRow = { row: 0, cells: header };

/** KN's user types. Administrators and caregivers get no account in Moodle. */
const sheets: Readonly<Record<string, 'students' | 'teachers' | null>> = {
  student: 'students',
  teacher: 'teachers',
  caregiver: null,
  administrator: null,
};

/**
 * Which sheet a person belongs on; null for those whom Moodle does not get.
 *
 * @throws RolloverError SourceViews for any other word: people would be missing without a word
 */
export function sheetOf(row: ViewRow): 'students' | 'teachers' | null {
  const sheet = sheets[textOf(cellOf(row[1], view, typeColumn)).toLowerCase()];
  if (sheet !== undefined) return sheet;
  throw new RolloverError(
    'SourceViews',
    `Column ${typeColumn} of ${view} holds something other than ${Object.keys(sheets).join(', ')} (id ${keyOf(row[0], view)}).`,
    { view, column: typeColumn, id: keyOf(row[0], view) },
  );
}

/** A person's row as the workbook has it. */
export function personRow(row: ViewRow, memberships: MembershipCells): GridRow {
  const id = cellOf(row[2], view, idColumn);
  const others = otherColumns.map((column, index) => cellOf(row[index + 3], view, column));
  return {
    row: keyOf(row[0], view),
    cells: [id, ...others, ...(memberships.get(readId(id).id) ?? [])],
  };
}
