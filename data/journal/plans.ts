/** Stored plans: unsealed while written; a sealed plan's hash is what a person approves. */
import { bulkInsert, type Cell } from '../database/bulk.js';
import { RolloverError } from '../model/errors.js';
import type { ResultReason } from '../model/notice-codes.js';
import {
  changeKinds,
  type Change,
  type ChangeKind,
  type ChangeState,
  type Plan,
  type PlanCounts,
} from '../model/plan.js';
import { select, write, type Journal } from './journal.js';
import { selectPlanItems } from './plan-items.js';
import { refusePurged } from './purged.js';

/** What a plan was made for, and from what. */
export interface PlanOrigin {
  readonly runId: number | null;
  readonly snapshotId: number;
  readonly settingsHash: string;
  readonly rulesVersion: number;
  readonly moodleRelease: string;
}

export interface PlanHeader extends PlanOrigin {
  readonly id: number;
  readonly hash: string;
  readonly counts: PlanCounts;
  readonly satisfied: number;
  readonly sealedAt: string;
}

/** External ids of a change, for looking it up by person or class. */
function keysOf(change: Change): [string, string] {
  if (change.kind === 'enrolment') return [change.group, change.person];
  if (change.kind === 'category') return [change.path, ''];
  return [change.externalId, ''];
}

/** Begins an unsealed plan. */
export async function insertPlan(journal: Journal, input: PlanOrigin, plan: Plan): Promise<number> {
  const statement = `INSERT INTO plan (target_id, run_id, snapshot_id, settings_hash, rules_version, moodle_release, counts, satisfied)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
  const values = [
    journal.targetId,
    input.runId,
    input.snapshotId,
    input.settingsHash,
    input.rulesVersion,
    input.moodleRelease,
    JSON.stringify(plan.counts),
    plan.satisfied,
  ];
  return (await write(journal.db, statement, values)).insertId;
}

const changeColumns = ['plan_id', 'seq', 'kind', 'operation', 'external_id', 'second_id', 'body'];

/** One row at a time: a district's plan as text would be as much again as the plan. */
function* changeRows(planId: number, changes: readonly Change[]): Generator<Cell[]> {
  for (const change of changes) {
    const { seq, kind, operation } = change;
    yield [planId, seq, kind, operation, ...keysOf(change), JSON.stringify(change)];
  }
}

/** Stores the changes of an unsealed plan. */
export async function insertChanges(
  journal: Journal,
  planId: number,
  changes: readonly Change[],
): Promise<void> {
  await bulkInsert(journal.db, 'plan_change', changeColumns, changeRows(planId, changes));
}

/** The last statement of planning: from here on the plan exists. */
export async function sealPlan(journal: Journal, planId: number, hash: string): Promise<void> {
  const statement =
    'UPDATE plan SET hash = ?, sealed_at = CURRENT_TIMESTAMP(3) WHERE id = ? AND sealed_at IS NULL';
  await write(journal.db, statement, [hash, planId]);
}

const headerColumns = `id, run_id AS runId, snapshot_id AS snapshotId, settings_hash AS settingsHash, rules_version AS rulesVersion,
  moodle_release AS moodleRelease, hash, counts, satisfied, sealed_at AS sealedAt`;

/** @throws RolloverError PlanNotFound when it is not sealed or not this school's. */
export async function selectPlanHeader(journal: Journal, planId: number): Promise<PlanHeader> {
  const statement = `SELECT ${headerColumns} FROM plan WHERE id = ? AND target_id = ? AND sealed_at IS NOT NULL`;
  type Row = Omit<PlanHeader, 'counts'> & { counts: string };
  const [row] = await select<Row>(journal.db, statement, [planId, journal.targetId]);
  if (row === undefined)
    throw new RolloverError('PlanNotFound', `There is no plan ${planId} for this school.`);
  return { ...row, counts: JSON.parse(row.counts) as PlanCounts };
}

/** The newest sealed plan's id, or null. */
export async function selectLatestPlanId(journal: Journal): Promise<number | null> {
  const statement = 'SELECT MAX(id) AS id FROM plan WHERE target_id = ? AND sealed_at IS NOT NULL';
  const [row] = await select<{ id: number | null }>(journal.db, statement, [journal.targetId]);
  return row?.id ?? null;
}

/** A change with what became of it. */
export interface StoredChange {
  readonly change: Change;
  readonly state: ChangeState;
  readonly reason: ResultReason | null;
  readonly moodleId: number | null;
}

type ChangeRow = Omit<StoredChange, 'change'> & { body: string };
const rowColumns = 'body, state, reason, moodle_id AS moodleId';

function toStoredChange({ body, ...row }: ChangeRow): StoredChange {
  return { ...row, change: JSON.parse(body) as Change };
}

/** Changes after `afterSeq` in order, at most `limit`. */
export async function selectChangesPage(
  journal: Journal,
  planId: number,
  afterSeq: number,
  limit: number,
): Promise<StoredChange[]> {
  const statement = `SELECT ${rowColumns} FROM plan_change WHERE plan_id = ? AND seq > ? ORDER BY seq LIMIT ?`;
  return (await select<ChangeRow>(journal.db, statement, [planId, afterSeq, limit])).map(toStoredChange);
}

/** All changes of a plan, page by page. */
export async function* readChanges(
  journal: Journal,
  planId: number,
  pageSize = 5000,
): AsyncGenerator<StoredChange[]> {
  for (let after = 0; ;) {
    const page = await selectChangesPage(journal, planId, after, pageSize);
    if (page.length === 0) return;
    yield page;
    after = page[page.length - 1]?.change.seq ?? after;
  }
}

/** The next changes to apply, in order. */
export async function selectPendingChanges(
  journal: Journal,
  planId: number,
  limit: number,
): Promise<Change[]> {
  const statement = `SELECT body FROM plan_change WHERE plan_id = ? AND state = 'pending' ORDER BY seq LIMIT ?`;
  const rows = await select<{ body: string }>(journal.db, statement, [planId, limit]);
  return rows.map((row) => JSON.parse(row.body) as Change);
}

/** What became of one change. */
export interface ChangeResult {
  readonly seq: number;
  readonly state: Exclude<ChangeState, 'pending'>;
  readonly reason?: ResultReason;
  readonly moodleId?: number;
}

/**
 * Marks changes as done with the Moodle ids they made, in one statement for a whole batch. The rows exist and keep
 * their other columns: the VALUES list only carries the new ones.
 */
export async function markChanges(
  journal: Journal,
  planId: number,
  results: readonly ChangeResult[],
): Promise<void> {
  const rows = results.map((result) => [
    planId,
    result.seq,
    '',
    '',
    '',
    '',
    '',
    result.state,
    result.reason ?? null,
    result.moodleId ?? null,
  ]);
  for (let at = 0; at < rows.length; at += 5000) {
    const statement = `INSERT INTO plan_change (plan_id, seq, kind, operation, external_id, second_id, body, state, reason, moodle_id)
      VALUES ? ON DUPLICATE KEY UPDATE state = VALUES(state), reason = VALUES(reason), moodle_id = VALUES(moodle_id)`;
    await journal.db.raw(statement, [rows.slice(at, at + 5000)] as never);
  }
}

/** Progress of a plan: how many changes are in which state. */
export type PlanProgress = Readonly<Record<ChangeState, number>>;

/** Counts by state; a covering index makes it cheap enough for every slice of an apply. */
export async function countStates(journal: Journal, planId: number): Promise<PlanProgress> {
  const statement = 'SELECT state, COUNT(*) AS count FROM plan_change WHERE plan_id = ? GROUP BY state';
  const progress: Record<ChangeState, number> = { pending: 0, applied: 0, satisfied: 0, conflict: 0 };
  for (const row of await select<{ state: ChangeState; count: number }>(journal.db, statement, [planId]))
    progress[row.state] = row.count;
  return progress;
}

/** How many changes of each kind have been applied or ended in conflict, for the report. */
export async function countOutcomes(
  journal: Journal,
  planId: number,
): Promise<
  { kind: ChangeKind; operation: string; state: ChangeState; reason: ResultReason | null; count: number }[]
> {
  const statement = `SELECT kind, operation, state, reason, COUNT(*) AS count FROM plan_change WHERE plan_id = ?
    GROUP BY kind, operation, state, reason ORDER BY FIELD(kind, ?), operation, state`;
  return select(journal.db, statement, [planId, changeKinds]);
}

/** The whole plan as it was computed, for checking that it is still the approved one. */
export async function readPlan(journal: Journal, planId: number): Promise<Plan> {
  const header = await selectPlanHeader(journal, planId);
  await refusePurged(journal, 'plan', planId);
  const changes: Change[] = [];
  for await (const page of readChanges(journal, planId))
    for (const stored of page) changes.push(stored.change);
  return {
    changes,
    notices: await selectPlanItems(journal, planId, 'notice'),
    kept: await selectPlanItems(journal, planId, 'kept'),
    proposals: await selectPlanItems(journal, planId, 'proposal'),
    reusedCodes: await selectPlanItems(journal, planId, 'reused'),
    guards: await selectPlanItems(journal, planId, 'guard'),
    counts: header.counts,
    satisfied: header.satisfied,
  };
}

/** Ids of the categories that a plan made or found, by path. */
export async function selectCategoryIds(journal: Journal, planId: number): Promise<Map<string, number>> {
  const statement = `SELECT external_id AS path, moodle_id AS moodleId FROM plan_change
    WHERE plan_id = ? AND kind = 'category' AND moodle_id IS NOT NULL`;
  const rows = await select<{ path: string; moodleId: number }>(journal.db, statement, [planId]);
  return new Map(rows.map((row) => [row.path, row.moodleId]));
}
