/** Runs and what was decided in them, kept longer than Temporal keeps its histories. */
import type { Gate, OpenGate, Verdict } from '../model/gate.js';
import type { RunKind } from '../model/run.js';
import { select, write, type Journal } from './journal.js';

export interface Run {
  readonly id: number;
  readonly kind: RunKind;
  readonly year: number | null;
  readonly workflowId: string;
  readonly workflowRunId: string;
  readonly stage: string;
  readonly outcome: string | null;
  readonly report: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

const columns = `id, kind, year, workflow_id AS workflowId, workflow_run_id AS workflowRunId, stage, outcome, report,
  started_by AS startedBy, started_at AS startedAt, ended_at AS endedAt`;

/** Begins a run, or finds the one that this workflow execution began already. */
export async function beginRun(
  journal: Journal,
  run: Pick<Run, 'kind' | 'year' | 'workflowId' | 'workflowRunId' | 'startedBy'>,
): Promise<number> {
  const statement = `INSERT INTO run (target_id, kind, year, workflow_id, workflow_run_id, stage, started_by) VALUES (?, ?, ?, ?, ?, 'begun', ?)
    ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)`;
  const values = [journal.targetId, run.kind, run.year, run.workflowId, run.workflowRunId, run.startedBy];
  return (await write(journal.db, statement, values)).insertId;
}

/** Notes the stage a run is in. */
export async function updateRunStage(journal: Journal, runId: number, stage: string): Promise<void> {
  await write(journal.db, 'UPDATE run SET stage = ? WHERE id = ?', [stage, runId]);
}

/** Ends a run with its report. Ending it again changes nothing. */
export async function endRun(
  journal: Journal,
  runId: number,
  outcome: string,
  report: object,
): Promise<void> {
  const statement =
    'UPDATE run SET outcome = ?, report = ?, ended_at = CURRENT_TIMESTAMP(3) WHERE id = ? AND ended_at IS NULL';
  await write(journal.db, statement, [outcome, JSON.stringify(report), runId]);
}

/** A run of this school, or null. */
export async function selectRun(journal: Journal, runId: number): Promise<Run | null> {
  const statement = `SELECT ${columns} FROM run WHERE id = ? AND target_id = ?`;
  const [row] = await select<Run>(journal.db, statement, [runId, journal.targetId]);
  return row ?? null;
}

/** The school's runs, newest first. */
export async function selectRuns(journal: Journal, limit = 20): Promise<Run[]> {
  return select<Run>(journal.db, `SELECT ${columns} FROM run WHERE target_id = ? ORDER BY id DESC LIMIT ?`, [
    journal.targetId,
    limit,
  ]);
}

/** The newest run of a school year, or null. */
export async function selectRunOfYear(journal: Journal, year: number): Promise<Run | null> {
  const statement = `SELECT ${columns} FROM run WHERE target_id = ? AND year = ? ORDER BY id DESC LIMIT 1`;
  const [row] = await select<Run>(journal.db, statement, [journal.targetId, year]);
  return row ?? null;
}

/** Writes down that a gate opened and returns when; the same opening again keeps the first. */
export async function insertOpening(
  journal: Journal,
  runId: number,
  open: Omit<OpenGate, 'openedAt'>,
): Promise<string> {
  const statement = `INSERT IGNORE INTO gate_opening (run_id, gate, opening, subject_kind, subject_id, hash, counts) VALUES (?, ?, ?, ?, ?, ?, ?)`;
  const values = [
    runId,
    open.gate,
    open.opening,
    open.subject.kind,
    open.subject.id,
    open.hash,
    JSON.stringify(open.counts),
  ];
  await write(journal.db, statement, values);
  const read = `SELECT DATE_FORMAT(opened_at, '%Y-%m-%dT%H:%i:%sZ') AS openedAt FROM gate_opening WHERE run_id = ? AND gate = ? AND opening = ?`;
  const [row] = await select<{ openedAt: string }>(journal.db, read, [runId, open.gate, open.opening]);
  return row?.openedAt ?? '';
}

/** Plans made in a run, in order. */
export async function selectRunPlanIds(journal: Journal, runId: number): Promise<number[]> {
  const statement = 'SELECT id FROM plan WHERE run_id = ? AND sealed_at IS NOT NULL ORDER BY id';
  return (await select<{ id: number }>(journal.db, statement, [runId])).map((row) => row.id);
}

/** How a decision came: an update was answered, a signal could not be, and its sender is "as claimed". */
export type Channel = 'update' | 'signal';

export interface DecisionRecord {
  readonly workflowId: string;
  readonly decisionId: string;
  readonly gate: Gate;
  readonly opening: number;
  readonly verdict: Verdict;
  readonly hash: string;
  readonly account: string;
  readonly channel: Channel;
  /** `accepted`, or the code of the refusal. */
  readonly outcome: string;
  readonly commentId: number | null;
}

/** Writes down a decision or its refusal, once. */
export async function insertDecision(journal: Journal, decision: DecisionRecord): Promise<void> {
  const statement = `INSERT IGNORE INTO decision (target_id, workflow_id, decision_id, gate, opening, verdict, hash, account, channel, outcome, comment_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const { workflowId, decisionId, gate, opening, verdict, hash, account, channel, outcome, commentId } =
    decision;
  await write(journal.db, statement, [
    journal.targetId,
    workflowId,
    decisionId,
    gate,
    opening,
    verdict,
    hash,
    account,
    channel,
    outcome,
    commentId,
  ]);
}

/** All decisions of a workflow in order. */
export async function selectDecisions(
  journal: Journal,
  workflowId: string,
): Promise<(DecisionRecord & { decidedAt: string; comment: string | null })[]> {
  const statement = `SELECT d.workflow_id AS workflowId, d.decision_id AS decisionId, d.gate, d.opening, d.verdict, d.hash, d.account, d.channel,
    d.outcome, d.comment_id AS commentId, d.decided_at AS decidedAt, c.text AS comment
    FROM decision d LEFT JOIN comment c ON c.id = d.comment_id WHERE d.target_id = ? AND d.workflow_id = ? ORDER BY d.id`;
  return select(journal.db, statement, [journal.targetId, workflowId]);
}

/** Keeps a comment here, so that only its id travels. */
export async function insertComment(journal: Journal, account: string, text: string): Promise<number> {
  const statement = 'INSERT INTO comment (target_id, account, text) VALUES (?, ?, ?)';
  return (await write(journal.db, statement, [journal.targetId, account, text])).insertId;
}

/** What verifying found: changes that a second plan would still make, and duplicates. */
export interface Verification {
  readonly remaining: number;
  readonly duplicates: number;
}

/** Keeps the result of verifying with its run. */
export async function updateVerification(
  journal: Journal,
  runId: number,
  verification: Verification,
): Promise<void> {
  await write(journal.db, 'UPDATE run SET verification = ? WHERE id = ?', [
    JSON.stringify(verification),
    runId,
  ]);
}

/** The last verification of a run, or null. */
export async function selectVerification(journal: Journal, runId: number): Promise<Verification | null> {
  const [row] = await select<{ verification: string | null }>(
    journal.db,
    'SELECT verification FROM run WHERE id = ?',
    [runId],
  );
  return row?.verification == null ? null : (JSON.parse(row.verification) as Verification);
}
