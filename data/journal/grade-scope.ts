/** People and courses of a plan that are in Moodle already, found on the server. */
import { tableName, type TablePlace } from '../moodle/sql/statement.js';
import { select, write, type Journal } from './journal.js';

export type ScopeKind = 'user' | 'course';

/** Accounts or courses that changes of their own name by Moodle's id. */
async function insertNamed({ db }: Journal, planId: number, kind: ScopeKind): Promise<void> {
  const statement = `INSERT IGNORE INTO grade_scope (plan_id, kind, moodle_id)
    SELECT DISTINCT c.plan_id, c.kind, CAST(JSON_EXTRACT(c.body, '$.moodleId') AS UNSIGNED) FROM plan_change c
    WHERE c.plan_id = ? AND c.kind = ? AND c.operation <> 'create' AND LOCATE('"moodleId":', c.body) > 0`;
  await write(db, statement, [planId, kind]);
}

/** Accounts or courses of ours to which enrolments belong. Joined by External ID: bodies of so many are not opened. */
async function insertEnrolled(
  { db, targetId }: Journal,
  planId: number,
  kind: ScopeKind,
  column: 'external_id' | 'second_id',
): Promise<void> {
  const statement = `INSERT IGNORE INTO grade_scope (plan_id, kind, moodle_id)
    SELECT ?, m.kind, m.moodle_id FROM (SELECT DISTINCT c.${column} AS id FROM plan_change c
      WHERE c.plan_id = ? AND c.kind = 'enrolment') d
    JOIN managed m ON m.target_id = ? AND m.kind = ? AND m.external_id = d.id AND m.second_id = ''`;
  await write(db, statement, [planId, planId, targetId, kind]);
}

/** All accounts and courses of ours. */
async function insertOurs({ db, targetId }: Journal, planId: number): Promise<void> {
  const statement = `INSERT IGNORE INTO grade_scope (plan_id, kind, moodle_id)
    SELECT ?, m.kind, m.moodle_id FROM managed m WHERE m.target_id = ? AND m.kind IN ('user', 'course')`;
  await write(db, statement, [planId, targetId]);
}

/**
 * At most four statements; repeatable.
 *
 * @param everybody for a plan of very many enrolments: whoever is ours, without looking which of them it names
 */
export async function insertScope(journal: Journal, planId: number, everybody: boolean): Promise<void> {
  await insertNamed(journal, planId, 'user');
  await insertNamed(journal, planId, 'course');
  if (everybody) return insertOurs(journal, planId);
  await insertEnrolled(journal, planId, 'user', 'second_id');
  await insertEnrolled(journal, planId, 'course', 'external_id');
}

/** All accounts and courses of Moodle. Two statements; repeatable. */
export async function insertEverything({ db }: Journal, planId: number, place: TablePlace): Promise<void> {
  const from = (kind: ScopeKind, condition: string): string =>
    `INSERT IGNORE INTO grade_scope (plan_id, kind, moodle_id)
      SELECT ?, '${kind}', id FROM ${tableName(place, kind)} WHERE ${condition}`;
  await write(db, from('user', 'deleted = 0'), [planId]);
  await write(db, from('course', 'id > 0'), [planId]);
}

/** How many people and courses. */
export async function countScope(
  journal: Journal,
  planId: number,
): Promise<{ readonly people: number; readonly courses: number }> {
  const statement = 'SELECT kind, COUNT(*) AS count FROM grade_scope WHERE plan_id = ? GROUP BY kind';
  const rows = await select<{ kind: ScopeKind; count: number }>(journal.db, statement, [planId]);
  const of = (kind: ScopeKind): number => rows.find((row) => row.kind === kind)?.count ?? 0;
  return { people: of('user'), courses: of('course') };
}
