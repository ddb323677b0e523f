/** What undo keeps: which change takes back which, and what was taken back. */
import { bulkInsert, inLists } from '../database/bulk.js';
import type { Change, ChangeKind } from '../model/plan.js';
import type { ChangeRef } from '../model/undo.js';
import { select, write, type Journal } from './journal.js';

/** A change that was applied and is still in effect. */
export interface AppliedChange extends ChangeRef {
  readonly change: Change;
  readonly moodleId: number | null;
}

const PAGE = 5_000;

/** Taken back already: a change of an undo that was applied names it. `c` is the change. */
const TAKEN_BACK = `EXISTS (SELECT 1 FROM undo_of u JOIN plan_change t ON t.plan_id = u.plan_id AND t.seq = u.seq
  WHERE u.of_plan_id = c.plan_id AND u.of_seq = c.seq AND t.state IN ('applied', 'satisfied'))`;

/** What a plan has changed in Moodle and nobody has taken back, last change first. */
export async function selectAppliedChanges(journal: Journal, planId: number): Promise<AppliedChange[]> {
  const all: AppliedChange[] = [];
  const statement = `SELECT c.seq, c.body, c.moodle_id AS moodleId FROM plan_change c
    WHERE c.plan_id = ? AND c.state = 'applied' AND c.seq < ? AND NOT ${TAKEN_BACK} ORDER BY c.seq DESC LIMIT ${PAGE}`;
  for (let before = 4_294_967_295; ;) {
    const rows = await select<{ seq: number; body: string; moodleId: number | null }>(journal.db, statement, [
      planId,
      before,
    ]);
    for (const { seq, body, moodleId } of rows)
      all.push({ planId, seq, moodleId, change: JSON.parse(body) as Change });
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return all;
    before = last.seq;
  }
}

/** How many changes of a plan are in effect, and how many were taken back. */
export async function countInEffect(
  journal: Journal,
  planIds: readonly number[],
): Promise<{ readonly left: number; readonly takenBack: number }> {
  if (planIds.length === 0) return { left: 0, takenBack: 0 };
  const statement = `SELECT COUNT(*) AS n, COALESCE(SUM(${TAKEN_BACK}), 0) AS gone FROM plan_change c
    WHERE c.plan_id IN (?) AND c.state = 'applied'`;
  const [row] = await select<{ n: number; gone: number }>(journal.db, statement, [planIds]);
  const takenBack = Number(row?.gone ?? 0);
  return { left: Number(row?.n ?? 0) - takenBack, takenBack };
}

/** Says which changes a plan's changes take back; part of storing the plan. */
export async function insertUndoOf(
  journal: Journal,
  planId: number,
  rows: readonly { readonly seq: number; readonly of: ChangeRef }[],
): Promise<void> {
  await bulkInsert(
    journal.db,
    'undo_of',
    ['plan_id', 'seq', 'of_plan_id', 'of_seq'],
    rows.map(({ seq, of }) => [planId, seq, of.planId, of.seq]),
  );
}

/** The changes that changes of a plan have taken back, with those changes' own words. */
export async function selectTakenBack(
  journal: Journal,
  planId: number,
): Promise<{ readonly seq: number; readonly change: Change; readonly moodleId: number | null }[]> {
  const statement = `SELECT u.seq, o.body, o.moodle_id AS moodleId FROM undo_of u
    JOIN plan_change o ON o.plan_id = u.of_plan_id AND o.seq = u.of_seq WHERE u.plan_id = ? ORDER BY u.seq, o.plan_id, o.seq`;
  const rows = await select<{ seq: number; body: string; moodleId: number | null }>(journal.db, statement, [
    planId,
  ]);
  return rows.map(({ seq, body, moodleId }) => ({ seq, moodleId, change: JSON.parse(body) as Change }));
}

/** Keys of what an undo's changes take back; categories are made again whenever a course needs one. */
const MARKS = `INSERT IGNORE INTO undone (target_id, kind, external_id, second_id, run_id, plan_id, seq)
  SELECT p.target_id, o.kind, o.external_id, o.second_id, p.run_id, u.plan_id, u.seq FROM undo_of u
  JOIN plan_change o ON o.plan_id = u.of_plan_id AND o.seq = u.of_seq
  JOIN plan p ON p.id = o.plan_id JOIN run r ON r.id = p.run_id
  WHERE u.plan_id = ? AND u.seq IN (?) AND o.kind <> 'category' AND r.kind <> 'undo'`;

/** What an undo took back and is now in effect again. */
const UNMARK = `DELETE m FROM undone m JOIN undo_of u ON u.of_plan_id = m.plan_id AND u.of_seq = m.seq
  WHERE m.target_id = ? AND u.plan_id = ? AND u.seq IN (?)`;

/** Remembers what these changes of an undo's plan took back; call it in the transaction that applies them. */
export async function markUndone(journal: Journal, planId: number, seqs: readonly number[]): Promise<void> {
  for (const list of inLists(seqs)) {
    await write(journal.db, MARKS, [planId, list]);
    await write(journal.db, UNMARK, [journal.targetId, planId, list]);
  }
}

/** The reading that Moodle had been brought to by runs before this one, or null: the last one that was verified. */
export async function selectAppliedBefore(journal: Journal, runId: number): Promise<number | null> {
  const statement = `SELECT p.snapshot_id AS id FROM plan p JOIN run r ON r.id = p.run_id
    WHERE r.target_id = ? AND r.id < ? AND r.kind <> 'undo' AND r.verification LIKE '{"remaining":0,%'
      AND NOT EXISTS (SELECT 1 FROM purged g WHERE g.target_id = r.target_id AND g.kind = 'snapshot' AND g.subject_id = p.snapshot_id)
    ORDER BY r.id DESC, p.id DESC LIMIT 1`;
  const [row] = await select<{ id: number }>(journal.db, statement, [journal.targetId, runId]);
  return row?.id ?? null;
}

/** A later change of the same row, or of something that belongs to it. */
export interface LaterChange extends ChangeRef {
  readonly runId: number | null;
  readonly kind: ChangeKind;
  readonly externalId: string;
  readonly secondId: string;
  readonly moodleId: number | null;
}

/** Changes applied after a plan and still in effect, one page. */
export async function selectLaterChanges(
  journal: Journal,
  after: ChangeRef,
  limit: number,
): Promise<LaterChange[]> {
  const statement = `SELECT c.plan_id AS planId, c.seq, p.run_id AS runId, c.kind, c.external_id AS externalId, c.second_id AS secondId,
    c.moodle_id AS moodleId
    FROM plan_change c JOIN plan p ON p.id = c.plan_id
    WHERE p.target_id = ? AND (c.plan_id > ? OR (c.plan_id = ? AND c.seq > ?)) AND c.state = 'applied' AND NOT ${TAKEN_BACK}
    ORDER BY c.plan_id, c.seq LIMIT ?`;
  const { planId, seq } = after;
  const values = [journal.targetId, planId, planId, seq, limit];
  return select(journal.db, statement, values);
}

/** Plan of an undo → the first plan whose changes it takes back. */
export async function selectUndoPlans(journal: Journal): Promise<Map<number, number>> {
  const statement = `SELECT u.plan_id AS planId, MIN(u.of_plan_id) AS ofPlanId FROM undo_of u JOIN plan p ON p.id = u.plan_id
    WHERE p.target_id = ? GROUP BY u.plan_id`;
  const rows = await select<{ planId: number; ofPlanId: number }>(journal.db, statement, [journal.targetId]);
  return new Map(rows.map(({ planId, ofPlanId }) => [planId, ofPlanId]));
}
