/**
 * People who use a Moodle while we write to it: readers, and writers that lock the rows we need, in other orders than
 * ours, for moments and sometimes for longer than we wait. Nothing they write changes a value. `tsx moodle-load.ts`,
 * settings in `LOAD`; runs until it is killed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import type { DatabaseAddress } from '../../data/database/connect.js';
import { Random } from '../../embedded/sample-school/random.js';

export interface LoadSettings {
  readonly address: DatabaseAddress;
  readonly database: string;
  readonly seed: string;
}

const settings = JSON.parse(process.env['LOAD'] ?? '{}') as LoadSettings;
const { host, port, user, password } = settings.address;

/** What is said by a server that chose us in a deadlock, let us wait too long, or is going away. */
const EXPECTED = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  'ER_RECORD_FILE_FULL',
  'PROTOCOL_CONNECTION_LOST',
  'ECONNREFUSED',
  'ECONNRESET',
  'ER_SERVER_SHUTDOWN',
]);

const locks = [
  'SELECT id FROM mdl_user_enrolments ORDER BY id DESC LIMIT 30 FOR UPDATE',
  'SELECT id FROM mdl_role_assignments ORDER BY id DESC LIMIT 30 FOR UPDATE',
  'SELECT id FROM mdl_context ORDER BY id DESC LIMIT 30 FOR UPDATE',
  'SELECT id FROM mdl_course ORDER BY id DESC LIMIT 10 FOR UPDATE',
  'SELECT id FROM mdl_course_categories ORDER BY id DESC LIMIT 10 FOR UPDATE',
  'SELECT id FROM mdl_enrol ORDER BY id DESC LIMIT 10 FOR UPDATE',
  'UPDATE mdl_user SET lastaccess = lastaccess WHERE id > 2 ORDER BY id DESC LIMIT 15',
];
const reads = [
  'SELECT * FROM mdl_user ORDER BY lastname, firstname LIMIT 50',
  'SELECT c.*, COUNT(*) FROM mdl_course c JOIN mdl_enrol e ON e.courseid = c.id JOIN mdl_user_enrolments ue ON ue.enrolid = e.id GROUP BY c.id',
  'SELECT * FROM mdl_context WHERE contextlevel = 50 ORDER BY path LIMIT 100',
];

async function visit(random: Random, act: (connection: Connection) => Promise<void>): Promise<void> {
  for (;;) {
    try {
      const connection = await createConnection({ host, port, user, password, database: settings.database });
      connection.on('error', () => undefined);
      for (;;) await act(connection);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (!EXPECTED.has(code)) throw error;
      await pause(50 + random.below(200));
    }
  }
}

async function edit(connection: Connection, random: Random): Promise<void> {
  await connection.query('START TRANSACTION');
  for (const statement of random.shuffle(locks).slice(0, 3)) {
    await connection.query(statement);
    await pause(random.below(30));
  }
  // now and then for longer than our sessions wait for a lock
  await pause(random.chance(0.02) ? 11_000 : random.below(60));
  await connection.query('COMMIT');
  await pause(random.below(100));
}

const writers = [1, 2, 3].map((n) => {
  const random = new Random(`${settings.seed}/writer/${n}`);
  return visit(random, (connection) => edit(connection, random));
});
const readers = [1, 2].map((n) => {
  const random = new Random(`${settings.seed}/reader/${n}`);
  return visit(random, async (connection) => {
    await connection.query(random.pick(reads));
    await pause(random.below(40));
  });
});
process.stdout.write('load begun\n');
await Promise.all([...writers, ...readers]);
