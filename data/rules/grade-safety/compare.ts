/** What differs between before and after, and what of it is a loss. Pure. */
import type { GradeDifference, GradeGroup, WatchedTable } from '../../model/grade-safety.js';

/** Row id → bits of the values that are there. */
function readMembers(members: string): Map<string, number> {
  const rows = new Map<string, number>();
  if (members === '') return rows;
  for (const member of members.split(',')) {
    const [id = '', bits = '0'] = member.split(':');
    rows.set(id, Number(bits));
  }
  return rows;
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left > 0; left >>>= 1) count += left & 1;
  return count;
}

/**
 * Compares the rows of one person in one course. A row that is gone, and a value that is gone from a row that is still
 * there, are losses whatever else has come. Null: nothing differs.
 */
export function compareGroups(
  { table, values }: Pick<WatchedTable, 'table' | 'values'>,
  before: GradeGroup | null,
  after: GradeGroup | null,
): GradeDifference | null {
  const about = before ?? after;
  if (about === null) return null;
  if (before?.checksum === after?.checksum && before?.members === after?.members) return null;
  const was = readMembers(before?.members ?? '');
  const is = readMembers(after?.members ?? '');
  const lostValues: Record<string, number> = {};
  let lostRows = 0;
  let newValues = 0;
  for (const [id, bits] of was) {
    const now = is.get(id);
    if (now === undefined) {
      lostRows += 1;
      continue;
    }
    newValues += countBits(now & ~bits);
    for (const [at, { column }] of values.entries())
      if ((bits & ~now & (1 << at)) !== 0) lostValues[column] = (lostValues[column] ?? 0) + 1;
  }
  const newRows = [...is.keys()].filter((id) => !was.has(id)).length;
  return {
    table,
    userId: about.userId,
    courseId: about.courseId,
    lostRows,
    lostValues,
    newRows,
    newValues,
    // without rows that came or went, only values of rows that stayed make the checksums differ
    changed: lostRows === 0 && newRows === 0 && before?.checksum !== after?.checksum,
  };
}

/** A row or value that was there is gone. */
export function isLoss({ lostRows, lostValues }: GradeDifference): boolean {
  return lostRows > 0 || Object.keys(lostValues).length > 0;
}
