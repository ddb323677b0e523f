/** What people wrote beside runs and decisions. Free text: for a person's screen only. */
import { select, within, write, type Journal } from './journal.js';
import { insertComment } from './runs.js';

export interface RunComment {
  readonly runId: number;
  readonly by: string;
  readonly at: string;
  readonly text: string;
}

async function insertRunComment(journal: Journal, runId: number, commentId: number): Promise<void> {
  await write(journal.db, 'INSERT INTO run_comment (comment_id, run_id) VALUES (?, ?)', [commentId, runId]);
}

/** Keeps a comment on a run. */
export async function commentOnRun(
  journal: Journal,
  runId: number,
  account: string,
  text: string,
): Promise<number> {
  return journal.db.transaction(async (tx) => {
    const own = within(journal, tx);
    const commentId = await insertComment(own, account, text);
    await insertRunComment(own, runId, commentId);
    return commentId;
  });
}

/** Comments on the school's runs that belong to no decision, oldest first. */
export async function selectRunComments(journal: Journal): Promise<RunComment[]> {
  const statement = `SELECT r.run_id AS runId, c.account AS \`by\`, c.created_at AS at, c.text
    FROM run_comment r JOIN comment c ON c.id = r.comment_id WHERE c.target_id = ? ORDER BY c.id`;
  return select<RunComment>(journal.db, statement, [journal.targetId]);
}

export interface DecisionMoment {
  readonly workflowId: string;
  readonly gate: string;
  readonly opening: number;
  readonly verdict: string;
  readonly hash: string;
  readonly by: string;
  readonly channel: string;
  readonly outcome: string;
  readonly at: string;
  readonly comment: string | null;
}

/** Decisions of all runs of the school, refused ones too, oldest first. */
export async function selectAllDecisions(journal: Journal): Promise<DecisionMoment[]> {
  const statement = `SELECT d.workflow_id AS workflowId, d.gate, d.opening, d.verdict, d.hash, d.account AS \`by\`, d.channel, d.outcome,
    d.decided_at AS at, c.text AS comment FROM decision d LEFT JOIN comment c ON c.id = d.comment_id
    WHERE d.target_id = ? ORDER BY d.id`;
  return select<DecisionMoment>(journal.db, statement, [journal.targetId]);
}
