/** Provenance of enrolments, looked up by the enrolments' own ids. */
import { inLists } from '../database/bulk.js';
import { select, type Journal } from './journal.js';

export interface OwnEnrolment {
  readonly moodleId: number;
  readonly enrolid: number;
  readonly userid: number;
  readonly role: string;
}

/** Those of these enrolments that are ours, by id; also those of accounts that were merged into others. */
export async function selectOwnEnrolments(
  journal: Journal,
  ids: readonly number[],
): Promise<Map<number, OwnEnrolment>> {
  const found = new Map<number, OwnEnrolment>();
  for (const list of inLists(ids)) {
    const row = 'moodle_id AS moodleId, parent_id AS enrolid, natural_number AS userid, natural_key AS role';
    const which = `target_id = ? AND kind = 'enrolment' AND moodle_id IN (?)`;
    const statement = `SELECT ${row} FROM managed_history WHERE ${which} AND reason = 'merged'
      UNION ALL SELECT ${row} FROM managed WHERE ${which}`;
    const bindings = [journal.targetId, list, journal.targetId, list];
    for (const one of await select<OwnEnrolment>(journal.db, statement, bindings))
      found.set(one.moodleId, one);
  }
  return found;
}
