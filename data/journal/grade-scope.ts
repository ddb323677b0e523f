/** People and courses of a plan that are in Moodle already, read from its changes on the server. */
import { select, write, type Journal } from './journal.js';

export type ScopeKind = 'user' | 'course';

async function insertIds(
  { db }: Journal,
  planId: number,
  into: ScopeKind,
  key: string,
  of: ScopeKind | 'enrolment',
): Promise<void> {
  const statement = `INSERT IGNORE INTO grade_scope (plan_id, kind, moodle_id)
    SELECT DISTINCT c.plan_id, '${into}', CAST(JSON_EXTRACT(c.body, '$.${key}') AS UNSIGNED) FROM plan_change c
    WHERE c.plan_id = ? AND c.kind = '${of}' AND LOCATE('"${key}":', c.body) > 0`;
  await write(db, statement, [planId]);
}

/** Accounts and courses that changes of the plan name by Moodle's id. Four statements; repeatable. */
export async function insertScope(journal: Journal, planId: number): Promise<void> {
  await insertIds(journal, planId, 'user', 'moodleId', 'user');
  await insertIds(journal, planId, 'user', 'userId', 'enrolment');
  await insertIds(journal, planId, 'course', 'moodleId', 'course');
  await insertIds(journal, planId, 'course', 'courseId', 'enrolment');
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
