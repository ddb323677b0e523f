/** What must never be there twice and Moodle's own keys do not guard (contract §11). */
import type { Knex } from 'knex';
import { selectRows, tableName, type TablePlace } from './sql/statement.js';

async function count(db: Knex, sql: string): Promise<number> {
  const [row] = await selectRows<{ count: number }>(db, sql);
  return Number(row?.count ?? 0);
}

/** Idnumbers of several accounts. */
export async function countDuplicateUsers(db: Knex, place: TablePlace): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM (SELECT 1 FROM ${tableName(place, 'user')}
    WHERE deleted = 0 AND idnumber <> '' GROUP BY idnumber HAVING COUNT(*) > 1) AS d`;
  return count(db, sql);
}

/** Idnumbers and short names of several courses. */
export async function countDuplicateCourses(db: Knex, place: TablePlace): Promise<number> {
  const course = tableName(place, 'course');
  const idnumbers = `SELECT COUNT(*) AS count FROM (SELECT 1 FROM ${course} WHERE idnumber <> '' GROUP BY idnumber HAVING COUNT(*) > 1) AS d`;
  const shortnames = `SELECT COUNT(*) AS count FROM (SELECT 1 FROM ${course} GROUP BY shortname HAVING COUNT(*) > 1) AS d`;
  return (await count(db, idnumbers)) + (await count(db, shortnames));
}

/** Role assignments that stand there twice. */
export async function countDuplicateRoles(db: Knex, place: TablePlace): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM (SELECT 1 FROM ${tableName(place, 'role_assignments')}
    GROUP BY roleid, contextid, userid, component, itemid HAVING COUNT(*) > 1) AS d`;
  return count(db, sql);
}

/** All of them together. */
export async function countDuplicates(db: Knex, place: TablePlace): Promise<number> {
  return (
    (await countDuplicateUsers(db, place)) +
    (await countDuplicateCourses(db, place)) +
    (await countDuplicateRoles(db, place))
  );
}
