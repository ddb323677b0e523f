/** What a Moodle in use does all the time: looks people and courses up, notes their last access, writes its log. */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import type { Wait } from './beside.js';

interface Settings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly prefix: string;
}

const PAUSE_MS = 5;
const LOG_TABLE_COLUMNS =
  'eventname, component, action, target, crud, edulevel, contextid, contextlevel, contextinstanceid, userid, timecreated';
/** The administrator of a new Moodle. */
const ADMIN = 2;

const requests: Readonly<Record<string, string>> = {
  'read user': 'SELECT * FROM {user} WHERE id = ?',
  'read course': 'SELECT * FROM {course} ORDER BY sortorder DESC LIMIT 20',
  'read enrolments': 'SELECT * FROM {user_enrolments} WHERE userid = ? LIMIT 100',
  'write last access': 'UPDATE {user} SET lastaccess = UNIX_TIMESTAMP() WHERE id = ?',
  'write log': `INSERT INTO {logstore_standard_log} (${LOG_TABLE_COLUMNS})
    VALUES ('\\\\core\\\\event\\\\course_viewed', 'core', 'viewed', 'course', 'r', 2, 1, 50, 1, ?, UNIX_TIMESTAMP())`,
};

async function ask(connection: Connection, { prefix }: Settings, what: string): Promise<Wait> {
  const sql = (requests[what] ?? '').replace(/\{(\w+)\}/, `${prefix}$1`);
  const began = performance.now();
  await connection.query(sql, sql.includes('?') ? [ADMIN] : []);
  return { what, ms: performance.now() - began };
}

let done = false;
for await (const line of createInterface({ input: process.stdin })) {
  const settings = JSON.parse(line) as Settings;
  const { host, port, user, password, database } = settings;
  const waits: Wait[] = [];
  const visitor = async (what: string): Promise<void> => {
    const connection = await createConnection({ host, port, user, password, database });
    await connection.query('SET SESSION transaction_isolation = "READ-COMMITTED"').catch(async () => {
      await connection.query('SET SESSION tx_isolation = "READ-COMMITTED"');
    });
    while (!done) {
      waits.push(await ask(connection, settings, what));
      await sleep(PAUSE_MS);
    }
    await connection.end();
  };
  const visitors = Promise.all(Object.keys(requests).map(visitor));
  process.stdout.write('begun\n');
  process.stdin.on('end', () => (done = true));
  await visitors;
  process.stdout.write(`${JSON.stringify(waits)}\n`);
  break;
}
