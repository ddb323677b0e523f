/** A reading without people is never believed. */
import type { Statements } from '../../model/snapshot.js';
import type { Draft } from './draft.js';
import type { RecordRows } from './rows.js';

/**
 * Stops the run where nobody, or no student of a sheet that is there, remains; says it where a sheet of teachers or
 * classes leaves none.
 */
export function checkEmptiness(rows: RecordRows, statements: Statements, draft: Draft): void {
  const left = { student: 0, teacher: 0 };
  rows.persons.forEach((row, index) => {
    if (!draft.persons.has(index)) left[row.record.type] += 1;
  });
  const none = (severity: 'stops-run' | 'notice', sheet?: string): void =>
    draft.report('NoRows', severity, undefined, sheet === undefined ? {} : { sheet });
  if (left.student + left.teacher === 0) none('stops-run');
  else if (statements.students && left.student === 0) none('stops-run', 'students');
  else if (statements.teachers && left.teacher === 0) none('notice', 'teachers');
  if (statements.groups && draft.groups.size === rows.groups.length) none('notice', 'groups');
}
