/** Groups that differ between two looks, in pages: what is alike never leaves the server. */
import type { GradeGroup } from '../model/grade-safety.js';
import { select, type Journal } from './journal.js';

export interface GroupPair {
  readonly before: GradeGroup | null;
  readonly after: GradeGroup | null;
}

const PAGE = 2000;

interface PairRow {
  readonly userId: number;
  readonly courseId: number;
  readonly rowsBefore: number | null;
  readonly checksumBefore: number;
  readonly membersBefore: string;
  readonly rowsAfter: number | null;
  readonly checksumAfter: number;
  readonly membersAfter: string;
}

/** Rows of `one` with what `other` has in their place, where the two differ. */
function pairs(one: 'b' | 'a', condition: string): string {
  const other = one === 'b' ? 'a' : 'b';
  return `SELECT ${one}.user_id AS userId, ${one}.course_id AS courseId,
    b.row_count AS rowsBefore, b.checksum AS checksumBefore, b.members AS membersBefore,
    a.row_count AS rowsAfter, a.checksum AS checksumAfter, a.members AS membersAfter
    FROM grade_group ${one} LEFT JOIN grade_group ${other} ON ${other}.look_id = ? AND ${other}.source = ${one}.source
      AND ${other}.user_id = ${one}.user_id AND ${other}.course_id = ${one}.course_id
    WHERE ${one}.look_id = ? AND ${one}.source = ? AND (${condition})
      AND (${one}.user_id > ? OR (${one}.user_id = ? AND ${one}.course_id > ?))
    ORDER BY ${one}.user_id, ${one}.course_id LIMIT ${PAGE}`;
}

const gone = pairs('b', 'a.look_id IS NULL OR a.checksum <> b.checksum OR a.members <> b.members');
const come = pairs('a', 'b.look_id IS NULL');

function toPair(row: PairRow): GroupPair {
  const { userId, courseId } = row;
  const at = { userId, courseId };
  return {
    before:
      row.rowsBefore === null
        ? null
        : { ...at, rows: row.rowsBefore, checksum: row.checksumBefore, members: row.membersBefore },
    after:
      row.rowsAfter === null
        ? null
        : { ...at, rows: row.rowsAfter, checksum: row.checksumAfter, members: row.membersAfter },
  };
}

async function* readPairs(
  journal: Journal,
  statement: string,
  looks: readonly [number, number],
  source: number,
): AsyncGenerator<GroupPair[]> {
  for (let user = 0, course = -1; ;) {
    const bindings = [...looks, source, user, user, course];
    const page = await select<PairRow>(journal.db, statement, bindings);
    if (page.length > 0) yield page.map(toPair);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    ({ userId: user, courseId: course } = last);
  }
}

/** Groups of one table that differ: those that were there before, then those that only came. */
export async function* readDifferingGroups(
  journal: Journal,
  looks: { readonly before: number; readonly after: number },
  source: number,
): AsyncGenerator<GroupPair[]> {
  yield* readPairs(journal, gone, [looks.after, looks.before], source);
  yield* readPairs(journal, come, [looks.before, looks.after], source);
}
