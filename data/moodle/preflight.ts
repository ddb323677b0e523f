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
 * Users in the journal's provenance whose row Moodle does not have, or has with another creation time. Moodle never
 * removes a user's row, so any such user means that Moodle is older than the journal, or another one.
 */
export async function countMissingManaged(db: Knex, site: MoodleSite, targetId: number): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM managed AS m LEFT JOIN ${tableName(site, 'user')} AS u ON u.id = m.moodle_id
    WHERE m.target_id = ? AND m.kind = 'user' AND (u.id IS NULL OR u.timecreated <> m.natural_number)`;
  return count(db, sql, [targetId]);
}
