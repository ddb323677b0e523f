/** What the journal has about one person or class, by External ID. For a person's screen only. */
import type { ResultReason } from '../model/notice-codes.js';
import type { Change, ChangeState, OwnRow } from '../model/plan.js';
import { select, type Journal } from './journal.js';

interface ChangeRow {
  readonly body: string;
  readonly state: ChangeState;
  readonly reason: ResultReason | null;
}

export interface ChangeAbout extends Omit<ChangeRow, 'body'> {
  readonly change: Change;
}

function toChange<R extends ChangeRow>({ body, ...row }: R): Omit<R, 'body'> & { change: Change } {
  return { ...row, change: JSON.parse(body) as Change };
}

/** Changes of a plan about somebody or something, in order. */
export async function selectChangesAbout(
  journal: Journal,
  planId: number,
  externalId: string,
): Promise<ChangeAbout[]> {
  const statement = `SELECT body, state, reason FROM plan_change
    WHERE plan_id = ? AND kind <> 'category' AND (external_id = ? OR second_id = ?) ORDER BY seq`;
  const rows = await select<ChangeRow>(journal.db, statement, [planId, externalId, externalId]);
  return rows.map(toChange);
}

export interface AppliedChange extends ChangeAbout {
  readonly planId: number;
  readonly runId: number | null;
}

/** Changes of all plans about somebody or something that were tried, oldest first. */
export async function selectTriedChangesAbout(
  journal: Journal,
  externalId: string,
): Promise<AppliedChange[]> {
  const statement = `SELECT c.plan_id AS planId, p.run_id AS runId, c.body, c.state, c.reason
    FROM plan p JOIN plan_change c ON c.plan_id = p.id
    WHERE p.target_id = ? AND c.state <> 'pending' AND c.kind <> 'category' AND (c.external_id = ? OR c.second_id = ?)
    ORDER BY c.plan_id, c.seq`;
  type Row = ChangeRow & { planId: number; runId: number | null };
  const rows = await select<Row>(journal.db, statement, [journal.targetId, externalId, externalId]);
  return rows.map(toChange);
}

/** Moodle rows that are ours and belong to somebody or something. */
export async function selectManagedAbout(journal: Journal, externalId: string): Promise<OwnRow[]> {
  const statement = `SELECT kind, external_id AS externalId, second_id AS secondId, moodle_id AS moodleId, origin, plan_id AS planId
    FROM managed WHERE target_id = ? AND kind IN ('user', 'course', 'enrolment') AND (external_id = ? OR second_id = ?)
    ORDER BY kind, external_id, second_id`;
  return select<OwnRow>(journal.db, statement, [journal.targetId, externalId, externalId]);
}

/** The Moodle row of one user or course that is ours. */
export async function selectManagedCourses(
  journal: Journal,
  externalIds: readonly string[],
): Promise<OwnRow[]> {
  if (externalIds.length === 0) return [];
  const statement = `SELECT kind, external_id AS externalId, second_id AS secondId, moodle_id AS moodleId, origin, plan_id AS planId
    FROM managed WHERE target_id = ? AND kind = 'course' AND external_id IN (?)`;
  return select<OwnRow>(journal.db, statement, [journal.targetId, externalIds]);
}

/** Links that were applied: the account or course had one id before and has another since. */
async function selectRenames(
  journal: Journal,
  kind: 'user' | 'course',
  condition: 'c.external_id = ?' | 'LOCATE(?, c.body) > 0',
  value: string,
): Promise<{ readonly from: string; readonly to: string }[]> {
  const statement = `SELECT c.external_id AS \`to\`, c.body FROM plan p JOIN plan_change c ON c.plan_id = p.id
    WHERE p.target_id = ? AND c.kind = ? AND c.operation = 'link' AND c.state = 'applied' AND ${condition} ORDER BY c.plan_id`;
  const rows = await select<{ to: string; body: string }>(journal.db, statement, [
    journal.targetId,
    kind,
    value,
  ]);
  return rows.flatMap(({ to, body }) => {
    const { idnumberBefore: from = '' } = JSON.parse(body) as { readonly idnumberBefore?: string };
    return from === '' || from === to ? [] : [{ from, to }];
  });
}

/** Ids under which somebody or something was known before, the newest first. */
export async function selectEarlierIds(
  journal: Journal,
  kind: 'user' | 'course',
  externalId: string,
): Promise<string[]> {
  const found = new Set([externalId]);
  for (const id of found)
    for (const { from } of await selectRenames(journal, kind, 'c.external_id = ?', id)) found.add(from);
  return [...found].slice(1);
}

/** The id under which somebody or something goes on, or null. */
export async function selectLaterId(
  journal: Journal,
  kind: 'user' | 'course',
  externalId: string,
): Promise<string | null> {
  const seen = new Set([externalId]);
  for (let id = externalId; ;) {
    const wanted = JSON.stringify(id);
    const renames = await selectRenames(journal, kind, 'LOCATE(?, c.body) > 0', wanted);
    const next = renames.filter(({ from }) => from === id).at(-1)?.to;
    if (next === undefined || seen.has(next)) return id === externalId ? null : id;
    seen.add(next);
    id = next;
  }
}

export interface AnswerAbout {
  readonly question: 'link' | 'reused';
  readonly verdict: string;
  /** Links: the Moodle row. */
  readonly moodleId: number | null;
  /** Class codes used again: the school year. */
  readonly year: number | null;
  readonly by: string;
  readonly at: string;
}

type Answered = Omit<AnswerAbout, 'question'>;

async function selectLinkAnswersAbout(journal: Journal, externalId: string): Promise<Answered[]> {
  const statement = `SELECT verdict, moodle_id AS moodleId, NULL AS year, answered_by AS \`by\`, answered_at AS at
    FROM link_answer WHERE target_id = ? AND external_id = ?`;
  return select<Answered>(journal.db, statement, [journal.targetId, externalId]);
}

async function selectReusedAnswersAbout(journal: Journal, externalId: string): Promise<Answered[]> {
  const statement = `SELECT answer AS verdict, NULL AS moodleId, year, answered_by AS \`by\`, answered_at AS at
    FROM reused_code_answer WHERE target_id = ? AND external_id = ?`;
  return select<Answered>(journal.db, statement, [journal.targetId, externalId]);
}

/** What people answered about somebody or something, oldest first. */
export async function selectAnswersAbout(journal: Journal, externalId: string): Promise<AnswerAbout[]> {
  const links = await selectLinkAnswersAbout(journal, externalId);
  const reused = await selectReusedAnswersAbout(journal, externalId);
  return [
    ...links.map((one): AnswerAbout => ({ question: 'link', ...one })),
    ...reused.map((one): AnswerAbout => ({ question: 'reused', ...one })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

export interface SnapshotMoment {
  readonly id: number;
  readonly sealedAt: string;
}

/** Sealed snapshots whose records are kept, oldest first. */
export async function selectKeptSnapshots(journal: Journal): Promise<SnapshotMoment[]> {
  const statement = `SELECT s.id, s.sealed_at AS sealedAt FROM snapshot s WHERE s.target_id = ? AND s.sealed_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM snapshot_page p WHERE p.snapshot_id = s.id AND p.kind = 'person') ORDER BY s.id`;
  return select<SnapshotMoment>(journal.db, statement, [journal.targetId]);
}

/** The newest sealed plan of a snapshot, or null. */
export async function selectLatestPlanOf(journal: Journal, snapshotId: number): Promise<number | null> {
  const statement = `SELECT MAX(id) AS id FROM plan WHERE target_id = ? AND snapshot_id = ? AND sealed_at IS NOT NULL`;
  const [row] = await select<{ id: number | null }>(journal.db, statement, [journal.targetId, snapshotId]);
  return row?.id ?? null;
}
