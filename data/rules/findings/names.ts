/** Names of persons: Moodle needs both and has room for 100 characters each. Any script and punctuation passes. */
import type { PersonRecord } from '../../model/snapshot.js';
import { columns, isTooLong, type Draft } from './draft.js';
import { columnLimits } from './limits.js';
import type { Row } from './rows.js';

const fields = [
  { field: 'firstName', limit: columnLimits.firstname },
  { field: 'surname', limit: columnLimits.lastname },
] as const;

/** Checks first name and surname of the given persons. */
export function checkNames(
  rows: readonly Row<PersonRecord>[],
  indexes: readonly number[],
  draft: Draft,
): void {
  for (const index of indexes) {
    const row = rows[index]!;
    for (const { field, limit } of fields) {
      const value = row.record[field] ?? '';
      const detail = { column: columns[field], subject: row.record.externalId };
      if (value === '') {
        draft.persons.add(index);
        draft.report('MissingName', 'drops-record', row, detail);
      } else if (isTooLong(value, limit)) {
        draft.persons.add(index);
        draft.report('ValueTooLong', 'drops-record', row, { ...detail, value });
      }
    }
  }
}
