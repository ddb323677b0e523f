/** What was found of grades and work before and after a plan. Each function is one statement unless it says otherwise. */
import type { Knex } from 'knex';
import { bulkInsert } from '../database/bulk.js';
import type {
  GradeDifference,
  GradeSafety,
  Moment,
  TableTotals,
  WatchedTable,
} from '../model/grade-safety.js';
import { select, within, write, type Journal } from './journal.js';

/** What an apply's look before has kept for the look after. */
export interface LookBefore {
  readonly lookId: number;
  readonly watched: readonly WatchedTable[];
  readonly unread: readonly string[];
  readonly people: number;
  readonly courses: number;
  /** Unix seconds. */
  readonly since: number;
  readonly totals: readonly TableTotals[];
}

/** Begins one attempt to look. */
export async function insertLook(journal: Journal, planId: number, moment: Moment): Promise<number> {
  const statement = 'INSERT INTO grade_look (plan_id, moment) VALUES (?, ?)';
  return (await write(journal.db, statement, [planId, moment])).insertId;
}

/** All attempts of a plan. */
export async function selectLookIds(journal: Journal, planId: number): Promise<number[]> {
  const statement = 'SELECT id FROM grade_look WHERE plan_id = ? ORDER BY id';
  return (await select<{ id: number }>(journal.db, statement, [planId])).map(({ id }) => id);
}

/** Ids of one column can be longer than servers put together by default. */
const LONGEST = 16_000_000;

/**
 * Stores the groups that SELECTs on Moodle give, without their passing through this process. Their last two columns are
 * the attempt's id and the place of the table among the watched ones.
 */
export async function insertGroups(
  { db }: Journal,
  selects: readonly { readonly sql: string; readonly bindings: readonly number[] }[],
): Promise<void> {
  const columns = 'user_id, course_id, row_count, value_count, checksum, members, look_id, source';
  // the setting and the statements need one connection
  await db.transaction(async (tx: Knex.Transaction) => {
    await tx.raw(`SET SESSION group_concat_max_len = ${LONGEST}`);
    for (const { sql, bindings } of selects)
      await write(tx, `INSERT INTO grade_group (${columns}) ${sql}`, bindings);
  });
}

/** Rows and values of every watched table, zeros left out. */
export async function selectTotals(
  journal: Journal,
  lookId: number,
  watched: readonly WatchedTable[],
): Promise<TableTotals[]> {
  const statement = `SELECT source, SUM(row_count) AS \`rows\`, SUM(value_count) AS \`values\`, SUM(checksum) AS checksum
    FROM grade_group WHERE look_id = ? GROUP BY source ORDER BY source`;
  type Row = { source: number; rows: string | number; values: string | number; checksum: string | number };
  return (await select<Row>(journal.db, statement, [lookId])).map(({ source, rows, values, checksum }) => ({
    table: watched[source]?.table ?? '',
    rows: Number(rows),
    values: Number(values),
    checksum: String(checksum),
  }));
}

/** Ends the look before. The first one stands: a later one changes nothing. */
export async function insertGradeSafety(journal: Journal, planId: number, look: LookBefore): Promise<void> {
  const statement = `INSERT IGNORE INTO grade_safety (plan_id, target_id, look_id, watched, unread, people, courses, since, totals_before)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  await write(journal.db, statement, [
    planId,
    journal.targetId,
    look.lookId,
    JSON.stringify(look.watched),
    JSON.stringify(look.unread),
    look.people,
    look.courses,
    look.since,
    JSON.stringify(look.totals),
  ]);
}

/** The look before that stands, or null. */
export async function selectLookBefore(journal: Journal, planId: number): Promise<LookBefore | null> {
  const statement = `SELECT look_id AS lookId, watched, unread, people, courses, since, totals_before AS totals
    FROM grade_safety WHERE plan_id = ? AND target_id = ?`;
  type Row = Omit<LookBefore, 'watched' | 'unread' | 'totals'> & {
    watched: string;
    unread: string;
    totals: string;
  };
  const [row] = await select<Row>(journal.db, statement, [planId, journal.targetId]);
  if (row === undefined) return null;
  return {
    ...row,
    watched: JSON.parse(row.watched) as WatchedTable[],
    unread: JSON.parse(row.unread) as string[],
    totals: JSON.parse(row.totals) as TableTotals[],
  };
}

/** What was compared around these plans; plans without a look before are left out. */
export async function selectGradeSafety(
  journal: Journal,
  planIds: readonly number[],
): Promise<GradeSafety[]> {
  if (planIds.length === 0) return [];
  const statement = `SELECT plan_id AS planId, people, courses, before_at AS beforeAt, totals_before AS totalsBefore, unread,
    after_at AS afterAt, totals_after AS totalsAfter, losses, others
    FROM grade_safety WHERE plan_id IN (?) AND target_id = ? ORDER BY plan_id`;
  type Row = {
    planId: number;
    people: number;
    courses: number;
    beforeAt: string;
    totalsBefore: string;
    unread: string;
    afterAt: string | null;
    totalsAfter: string | null;
    losses: number | null;
    others: number | null;
  };
  const rows = await select<Row>(journal.db, statement, [planIds, journal.targetId]);
  return rows.map((row) => ({
    planId: row.planId,
    people: row.people,
    courses: row.courses,
    before: row.beforeAt,
    totalsBefore: JSON.parse(row.totalsBefore) as TableTotals[],
    unread: JSON.parse(row.unread) as string[],
    after:
      row.afterAt === null
        ? null
        : {
            at: row.afterAt,
            totals: JSON.parse(row.totalsAfter ?? '[]') as TableTotals[],
            losses: row.losses ?? 0,
            others: row.others ?? 0,
          },
  }));
}

/** A difference, with what Moodle calls the course; null: the course is gone. */
export interface NamedDifference extends GradeDifference {
  readonly course: string | null;
}

export interface Comparison {
  readonly totals: readonly TableTotals[];
  readonly losses: number;
  readonly others: number;
  /** Losses first. */
  readonly kept: readonly { readonly isLoss: boolean; readonly difference: NamedDifference }[];
}

/** Keeps what comparing found, in one transaction; doing it again replaces it. */
export async function storeComparison(
  journal: Journal,
  planId: number,
  { totals, losses, others, kept }: Comparison,
): Promise<void> {
  await journal.db.transaction(async (tx: Knex.Transaction) => {
    const { db } = within(journal, tx);
    await write(db, 'DELETE FROM grade_difference WHERE plan_id = ?', [planId]);
    const columns = ['plan_id', 'ordinal', 'is_loss', 'user_id', 'course_id', 'course', 'body'];
    const rows = kept.map(({ isLoss, difference: { userId, courseId, course, ...body } }, at) => [
      planId,
      at + 1,
      isLoss ? 1 : 0,
      userId,
      courseId,
      course,
      JSON.stringify(body),
    ]);
    await bulkInsert(db, 'grade_difference', columns, rows);
    const statement = `UPDATE grade_safety SET totals_after = ?, losses = ?, others = ?, after_at = CURRENT_TIMESTAMP(3)
      WHERE plan_id = ?`;
    await write(db, statement, [JSON.stringify(totals), losses, others, planId]);
  });
}

/** A difference as a person reads it: with External IDs where the account and the course are ours. */
export interface StoredDifference extends NamedDifference {
  readonly planId: number;
  readonly isLoss: boolean;
  readonly person: string | null;
  readonly group: string | null;
}

/** Differences of a plan, losses first. */
export async function selectDifferences(
  journal: Journal,
  planId: number,
  limit: number,
): Promise<StoredDifference[]> {
  const statement = `SELECT d.plan_id AS planId, d.is_loss AS isLoss, d.user_id AS userId, d.course_id AS courseId, d.course, d.body,
    (SELECT MIN(u.external_id) FROM managed u WHERE u.target_id = ? AND u.kind = 'user' AND u.moodle_id = d.user_id) AS person,
    (SELECT MIN(c.external_id) FROM managed c WHERE c.target_id = ? AND c.kind = 'course' AND c.moodle_id = d.course_id) AS \`group\`
    FROM grade_difference d WHERE d.plan_id = ? ORDER BY d.ordinal LIMIT ?`;
  type Row = Omit<StoredDifference, 'isLoss'> & { isLoss: number; body: string };
  const values = [journal.targetId, journal.targetId, planId, limit];
  return (await select<Row>(journal.db, statement, values)).map(({ body, isLoss, ...row }) => ({
    ...row,
    ...(JSON.parse(body) as Pick<
      GradeDifference,
      'table' | 'lostRows' | 'lostValues' | 'newRows' | 'newValues' | 'changed'
    >),
    isLoss: isLoss === 1,
  }));
}

/** Deletes the groups of one attempt in small batches. */
export async function deleteGroups(journal: Journal, lookId: number): Promise<void> {
  const statement = 'DELETE FROM grade_group WHERE look_id = ? LIMIT 10000';
  for (let deleted = 1; deleted > 0;) deleted = (await write(journal.db, statement, [lookId])).affectedRows;
}

export async function deleteLooks(journal: Journal, planId: number): Promise<void> {
  await write(journal.db, 'DELETE FROM grade_look WHERE plan_id = ?', [planId]);
}

/** The scope is only needed between the looks. */
export async function deleteScope(journal: Journal, planId: number): Promise<void> {
  await write(journal.db, 'DELETE FROM grade_scope WHERE plan_id = ?', [planId]);
}

/** Who lost what is personal: it goes with the rest of a plan; the numbers stay. */
export async function deleteDifferences(journal: Journal, planId: number): Promise<void> {
  await write(journal.db, 'DELETE FROM grade_difference WHERE plan_id = ?', [planId]);
}
