/** Compares a row with what was written into it. */
import type { Value } from '../sql/statement.js';

/** Numbers come back as numbers or as text, by their size; NULL, '' and 0 are all "nothing" where nothing was written. */
function textOf(value: Value | undefined): string {
  return value === null || value === undefined || value === 0
    ? ''
    : String(value) === '0'
      ? ''
      : String(value);
}

/** Whether a row has another value in one of the columns; what is not expected should be empty. */
export function differs(
  row: Readonly<Record<string, Value>>,
  expected: Readonly<Record<string, Value | undefined>>,
  columns: readonly string[],
): boolean {
  return columns.some((name) => textOf(row[name]) !== textOf(expected[name]));
}
