/** Roles that an account has on the whole site. */
import type { Knex } from 'knex';
import { selectRows, tableName, type TablePlace } from './statement.js';

export async function selectSystemRoleIds(
  db: Knex,
  place: TablePlace,
  userId: number,
  systemContextId: number,
): Promise<number[]> {
  const statement = `SELECT DISTINCT roleid FROM ${tableName(place, 'role_assignments')}
    WHERE userid = ? AND contextid = ? ORDER BY roleid`;
  const rows = await selectRows<{ roleid: number }>(db, statement, [userId, systemContextId]);
  return rows.map(({ roleid }) => roleid);
}
