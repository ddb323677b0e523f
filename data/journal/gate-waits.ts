/** How long gates wait for people. */
import { select, type Journal } from './journal.js';

/** Seconds from an opening to now, or null when it was never written down. */
export async function selectGateWait(
  journal: Journal,
  workflowId: string,
  gate: string,
  opening: number,
): Promise<number | null> {
  const statement = `SELECT TIMESTAMPDIFF(MICROSECOND, o.opened_at, CURRENT_TIMESTAMP(3)) / 1000000 AS seconds
    FROM gate_opening o JOIN run r ON r.id = o.run_id
    WHERE r.target_id = ? AND r.workflow_id = ? AND o.gate = ? AND o.opening = ? ORDER BY r.id DESC LIMIT 1`;
  const [row] = await select<{ seconds: number | string }>(journal.db, statement, [
    journal.targetId,
    workflowId,
    gate,
    opening,
  ]);
  return row === undefined ? null : Number(row.seconds);
}
