/** Provenance of enrolments, looked up by the enrolments' own ids. */
import { inLists } from '../database/bulk.js';
import { select, type Journal } from './journal.js';

export interface OwnEnrolment {
  readonly moodleId: number;
  readonly enrolid: number;
  readonly userid: number;
  readonly role: string;
}

/** Those of these enrolments that are ours, by id. */
export async function selectOwnEnrolments(
  journal: Journal,
  ids: readonly number[],
): Promise<Map<number, OwnEnrolment>> {
  const found = new Map<number, OwnEnrolment>();
  for (const list of inLists(ids)) {
    const statement = `SELECT moodle_id AS moodleId, parent_id AS enrolid, natural_number AS userid, natural_key AS role
      FROM managed WHERE target_id = ? AND kind = 'enrolment' AND moodle_id IN (?)`;
    for (const row of await select<OwnEnrolment>(journal.db, statement, [journal.targetId, list]))
      found.set(row.moodleId, row);
  }
  return found;
}
