/**
 * What has had its time. Never what an open run works with, what Moodle was last brought to, or the newest reading,
 * which the next "changes only" upload builds on.
 */
import { select, type Journal } from '../journal/journal.js';

/** A run that is open, or ended within the time: its data stay. `alias` is the run's table. */
function keeps(alias: string): string {
  return `(${alias}.ended_at IS NULL OR ${alias}.ended_at >= CURRENT_TIMESTAMP(3) - INTERVAL :days DAY)`;
}

const unfinished = (kind: string, id: string): string =>
  `NOT EXISTS (SELECT 1 FROM purged g WHERE g.target_id = :target AND g.kind = '${kind}' AND g.subject_id = ${id}
    AND g.ended_at IS NOT NULL)`;

/** Snapshots that a run which stays has planned from or shown at a gate. */
const keptSnapshot = (id: string): string => `(
  EXISTS (SELECT 1 FROM plan p JOIN run r ON r.id = p.run_id WHERE p.snapshot_id = ${id} AND ${keeps('r')})
  OR EXISTS (SELECT 1 FROM gate_opening o JOIN run r ON r.id = o.run_id
    WHERE o.subject_kind = 'snapshot' AND o.subject_id = ${id} AND ${keeps('r')})
  OR ${id} = (SELECT t.applied_snapshot_id FROM target t WHERE t.id = :target AND t.applied_snapshot_id IS NOT NULL)
  OR ${id} = (SELECT MAX(n.id) FROM snapshot n WHERE n.target_id = :target AND n.sealed_at IS NOT NULL))`;

async function ids(journal: Journal, statement: string, days: number): Promise<number[]> {
  const bindings = { target: journal.targetId, days };
  return (await select<{ id: number }>(journal.db, statement, bindings as never)).map((row) => row.id);
}

/** Ids of snapshots, oldest first. */
export async function selectOldSnapshots(journal: Journal, days: number): Promise<number[]> {
  const statement = `SELECT s.id FROM snapshot s WHERE s.target_id = :target
    AND s.created_at < CURRENT_TIMESTAMP(3) - INTERVAL :days DAY
    AND NOT COALESCE(${keptSnapshot('s.id')}, FALSE) AND ${unfinished('snapshot', 's.id')} ORDER BY s.id`;
  return ids(journal, statement, days);
}

/** Ids of uploads, oldest first. An upload is only needed to read it again: not even the newest outlives its time. */
export async function selectOldUploads(journal: Journal, days: number): Promise<number[]> {
  const statement = `SELECT u.id FROM upload u WHERE u.target_id = :target
    AND u.uploaded_at < CURRENT_TIMESTAMP(3) - INTERVAL :days DAY
    AND NOT EXISTS (SELECT 1 FROM run r WHERE r.target_id = :target AND r.ended_at IS NULL
      AND r.started_at <= u.uploaded_at)
    AND NOT EXISTS (SELECT 1 FROM snapshot s JOIN plan p ON p.snapshot_id = s.id JOIN run r ON r.id = p.run_id
      WHERE s.upload_id = u.id AND ${keeps('r')})
    AND ${unfinished('upload', 'u.id')} ORDER BY u.id`;
  return ids(journal, statement, days);
}

/** Plans of a run that an open undo takes back: its changes are needed until they are marked as taken back. */
const beingUndone = `EXISTS (SELECT 1 FROM plan_purpose q JOIN plan w ON w.id = q.plan_id JOIN run o ON o.id = w.run_id
  WHERE q.undone_run_id = p.run_id AND o.ended_at IS NULL)`;

/** Ids of plans, also of those that were only tried, oldest first. */
export async function selectOldPlans(journal: Journal, days: number): Promise<number[]> {
  const statement = `SELECT p.id FROM plan p LEFT JOIN run r ON r.id = p.run_id WHERE p.target_id = :target
    AND p.created_at < CURRENT_TIMESTAMP(3) - INTERVAL :days DAY AND (r.id IS NULL OR NOT ${keeps('r')})
    AND NOT ${beingUndone} AND ${unfinished('plan', 'p.id')} ORDER BY p.id`;
  return ids(journal, statement, days);
}
