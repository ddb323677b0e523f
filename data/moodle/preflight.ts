/** Counts that pre-flight shows, in Moodle and against the journal's provenance. */
import type { Knex } from 'knex';
import type { MoodleSite } from './site.js';
import { selectRows, tableName } from './sql/statement.js';

async function count(db: Knex, sql: string, bindings: readonly (string | number)[] = []): Promise<number> {
  const [row] = await selectRows<{ count: number }>(db, sql, bindings);
  return Number(row?.count ?? 0);
}

/** Local accounts without idnumber, guest left out. */
export async function countUnlinkedUsers(db: Knex, site: MoodleSite): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM ${tableName(site, 'user')}
    WHERE deleted = 0 AND idnumber = '' AND mnethostid = ? AND username <> 'guest'`;
  return count(db, sql, [site.mnetHostId]);
}

/**
 * Courses in the journal's provenance that went with a restore. People delete courses too, but that leaves the table's
 * counter above their ids, and nothing else ever makes another course under the same id.
 */
export async function countMissingCourses(db: Knex, site: MoodleSite, targetId: number): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM managed AS m LEFT JOIN ${tableName(site, 'course')} AS c ON c.id = m.moodle_id
    WHERE m.target_id = ? AND m.kind = 'course' AND (c.timecreated <> m.natural_number OR (c.id IS NULL
      AND m.moodle_id > (SELECT COALESCE(MAX(id), 0) FROM ${tableName(site, 'course')})
      AND m.moodle_id >= (SELECT t.AUTO_INCREMENT FROM information_schema.TABLES AS t
        WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?)))`;
  return count(db, sql, [targetId, site.database, `${site.prefix}course`]);
}

/**
 * Users in the journal's provenance whose row Moodle does not have, or has with another creation time. Moodle never
 * removes a user's row, so any such user means that Moodle is older than the journal, or another one.
 */
export async function countMissingManaged(db: Knex, site: MoodleSite, targetId: number): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM managed AS m LEFT JOIN ${tableName(site, 'user')} AS u ON u.id = m.moodle_id
    WHERE m.target_id = ? AND m.kind = 'user' AND (u.id IS NULL OR u.timecreated <> m.natural_number)`;
  return count(db, sql, [targetId]);
}
