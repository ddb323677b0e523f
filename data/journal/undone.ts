/** What was taken back and is held until a person releases it. */
import type { Undone } from '../model/undo.js';
import { select, write, type Journal } from './journal.js';

const HELD = 'target_id = ? AND released_at IS NULL';
const KEYS = `kind, external_id AS externalId, second_id AS secondId, DATE_FORMAT(MIN(since), '%Y-%m-%dT%H:%i:%sZ') AS since`;

/** Everything that is held. */
export async function selectUndone(journal: Journal): Promise<Undone[]> {
  const statement = `SELECT ${KEYS} FROM undone WHERE ${HELD} GROUP BY kind, external_id, second_id
    ORDER BY kind, external_id, second_id`;
  return select(journal.db, statement, [journal.targetId]);
}

/** How much of each kind is held, by the run that was taken back. */
export async function countUndone(
  journal: Journal,
): Promise<{ readonly runId: number; readonly kind: Undone['kind']; readonly count: number }[]> {
  const statement = `SELECT run_id AS runId, kind, COUNT(DISTINCT external_id, second_id) AS count FROM undone WHERE ${HELD}
    GROUP BY run_id, kind ORDER BY run_id, kind`;
  return select(journal.db, statement, [journal.targetId]);
}

async function release(
  journal: Journal,
  condition: string,
  bindings: readonly unknown[],
  by: string,
): Promise<number> {
  const statement = `UPDATE undone SET released_by = ?, released_at = CURRENT_TIMESTAMP(3) WHERE ${HELD} AND ${condition}`;
  return (await write(journal.db, statement, [by, journal.targetId, ...bindings])).affectedRows;
}

/** What of a run was taken back may be planned again. @returns how many */
export async function releaseRun(journal: Journal, runId: number, by: string): Promise<number> {
  return release(journal, 'run_id = ?', [runId], by);
}

/** A person with everything that belongs to the person. @returns how many */
export async function releasePerson(journal: Journal, externalId: string, by: string): Promise<number> {
  const condition = `((kind = 'user' AND external_id = ?) OR (kind = 'enrolment' AND second_id = ?))`;
  return release(journal, condition, [externalId, externalId], by);
}

/** A class with everybody in it. @returns how many */
export async function releaseClass(journal: Journal, externalId: string, by: string): Promise<number> {
  return release(journal, `kind IN ('course', 'enrolment') AND external_id = ?`, [externalId], by);
}

/** A person is forgotten. @returns how many rows went */
export async function deleteUndoneOf(journal: Journal, externalId: string): Promise<number> {
  const statement = `DELETE FROM undone WHERE target_id = ?
    AND ((kind = 'user' AND external_id = ?) OR (kind = 'enrolment' AND second_id = ?))`;
  return (await write(journal.db, statement, [journal.targetId, externalId, externalId])).affectedRows;
}

/** What was released long ago, in a small batch; what is still held stays. @returns how many rows went */
export async function deleteOldReleased(journal: Journal, days: number): Promise<number> {
  const statement = `DELETE FROM undone WHERE target_id = ?
    AND released_at < CURRENT_TIMESTAMP(3) - INTERVAL ? DAY LIMIT 2000`;
  return (await write(journal.db, statement, [journal.targetId, days])).affectedRows;
}
