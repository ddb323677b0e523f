/** Provenance by Moodle's own ids: what is ours of a row, and what hangs on it. */
import { inLists } from '../database/bulk.js';
import { select, type Journal } from './journal.js';
import type { ManagedKey } from './managed-history.js';

const columns = 'kind, external_id AS externalId, second_id AS secondId';

async function selectKeys(
  journal: Journal,
  where: string,
  ids: readonly (number | string)[],
): Promise<ManagedKey[]> {
  const keys: ManagedKey[] = [];
  for (const list of inLists(ids)) {
    const statement = `SELECT ${columns} FROM managed WHERE target_id = ? AND ${where} IN (?)`;
    keys.push(...(await select<ManagedKey>(journal.db, statement, [journal.targetId, list])));
  }
  return keys;
}

/** Provenance of these accounts and of our enrolments of them. */
export async function selectKeysOfUsers(journal: Journal, ids: readonly number[]): Promise<ManagedKey[]> {
  return [
    ...(await selectKeys(journal, `kind = 'user' AND moodle_id`, ids)),
    ...(await selectKeys(journal, `kind = 'enrolment' AND natural_number`, ids)),
  ];
}

/** Provenance of these courses and of our enrolments in them. */
export async function selectKeysOfCourses(journal: Journal, ids: readonly number[]): Promise<ManagedKey[]> {
  const courses = await selectKeys(journal, `kind = 'course' AND moodle_id`, ids);
  const groups = courses.map(({ externalId }) => externalId);
  return [...courses, ...(await selectKeys(journal, `kind = 'enrolment' AND external_id`, groups))];
}

export async function selectKeysOfEnrolments(
  journal: Journal,
  ids: readonly number[],
): Promise<ManagedKey[]> {
  return selectKeys(journal, `kind = 'enrolment' AND moodle_id`, ids);
}

/** Forgets that these are suspended or hidden by us: they are gone. Call inside a transaction. */
export async function deleteWithdrawnKeys(journal: Journal, keys: readonly ManagedKey[]): Promise<void> {
  for (const list of inLists(keys, 1000)) {
    const statement = 'DELETE FROM withdrawn WHERE target_id = ? AND (kind, external_id, second_id) IN (?)';
    const rows = list.map(({ kind, externalId, secondId }) => [kind, externalId, secondId]);
    await journal.db.raw(statement, [journal.targetId, rows] as never);
  }
}
