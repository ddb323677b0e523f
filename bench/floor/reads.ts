/** The floor of a run that changes nothing: plain SELECTs of what must be compared, into Maps. */
import type { DatabaseAddress } from '../../data/database/connect.js';
import { connectPlainly } from './rows.js';

const COURSE_LEVEL = 50;

const statements = [
  'SELECT id, username, idnumber, email, firstname, lastname, auth, suspended, timecreated FROM {user} WHERE deleted = 0',
  'SELECT id, category, shortname, fullname, idnumber, format, visible, timecreated FROM {course}',
  `SELECT id, instanceid FROM {context} WHERE contextlevel = ${COURSE_LEVEL}`,
  'SELECT id, courseid, enrol, status FROM {enrol}',
  'SELECT id, enrolid, userid, status FROM {user_enrolments}',
  'SELECT id, contextid, userid, roleid FROM {role_assignments}',
];

/** Seconds. */
export async function readFloor(address: DatabaseAddress, schema: string, prefix: string): Promise<number> {
  const connection = await connectPlainly(address, schema);
  try {
    const began = performance.now();
    for (const statement of statements) {
      const sql = statement.replace(/\{(\w+)\}/, `\`${prefix}$1\``);
      const [rows] = await connection.query({ sql, rowsAsArray: true });
      const byId = new Map((rows as unknown[][]).map((row) => [row[0], row]));
      if (byId.size !== (rows as unknown[]).length) throw new Error('A table has an id twice.');
    }
    return (performance.now() - began) / 1000;
  } finally {
    await connection.end();
  }
}
