/** A value of a view as a cell of a sheet, so that one set of rules reads both. */
import { RolloverError } from '../../model/errors.js';
import type { Cell, TypedCell } from '../cells.js';
import type { ViewName } from './views.js';

/** NULL: nothing is said, as by a sheet without the column. A blank string is a blank cell. */
const absent: TypedCell = { kind: 'absent', text: '' };

/** BIT(1), which the driver gives as a byte. */
function textOfBytes(bytes: Buffer): string {
  const [first] = bytes;
  return bytes.length === 1 && first !== undefined && first <= 1 ? String(first) : bytes.toString('utf8');
}

/**
 * A database's numbers are exact, unlike those that a spreadsheet made of text: they are text from here on.
 *
 * @throws RolloverError SourceViews for a type that is no text, number or bit
 */
export function cellOf(value: unknown, view: ViewName, column: string): Cell {
  if (value === null || value === undefined) return absent;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return textOfBytes(value);
  throw new RolloverError('SourceViews', `Column ${column} of ${view} is neither text nor a number.`, {
    view,
    column,
  });
}

/** The key of a row as a number, for "row" in findings, and exactly, for the next page. */
export function keyOf(value: unknown, view: ViewName): number {
  const key = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof key === 'number' && Number.isSafeInteger(key)) return key;
  throw new RolloverError('SourceViews', `Column id of ${view} is not a whole number in every row.`, {
    view,
    column: 'id',
  });
}
