/** A real Moodle database to write into, and drafts of invented people and classes. */
import type { Knex } from 'knex';
import { openPool } from '../../data/database/connect.js';
import type { CourseChoice } from '../../data/moodle/course-defaults.js';
import type { EnrolmentDraft, UserDraft } from '../../data/moodle/drafts.js';
import { probeSite } from '../../data/moodle/probe.js';
import type { MoodleSite } from '../../data/moodle/site.js';
import type { WriteContext } from '../../data/moodle/write/context.js';
import { loadMoodle, testServer, type MoodleVersion } from '../support/database.js';

export interface MoodleFixture {
  readonly db: Knex;
  readonly site: MoodleSite;
  readonly database: string;
  readonly close: () => Promise<void>;
}

/** Loads a freshly installed Moodle; close it in the end. */
export async function openMoodle(version: MoodleVersion): Promise<MoodleFixture> {
  const { database, drop } = await loadMoodle(version);
  const db = openPool(testServer(), { max: 3 });
  const site = await probeSite(db, { database });
  return {
    db,
    site,
    database,
    close: async () => {
      await db.destroy();
      await drop();
    },
  };
}

/** Some second of the year 2027. */
export const NOW = 1_800_000_000;

export function writeContext(db: Knex, site: MoodleSite, more: Partial<WriteContext> = {}): WriteContext {
  return { db, site, now: NOW, actorId: 2, logEvents: true, origin: 'cli', ...more };
}

class Rollback extends Error {}

/** Runs in a transaction that is undone at the end, so that tests do not see each other's rows. */
export async function undone(db: Knex, work: (tx: Knex.Transaction) => Promise<void>): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      await work(tx);
      throw new Rollback();
    });
  } catch (error) {
    if (!(error instanceof Rollback)) throw error;
  }
}

/** The rows of one table, without its prefix; `where` is SQL. */
export async function rowsIn<Row = Record<string, string | number | null>>(
  db: Knex,
  site: MoodleSite,
  table: string,
  where = '1 = 1',
): Promise<Row[]> {
  const [rows] = (await db.raw(
    `SELECT * FROM \`${site.database}\`.\`${site.prefix}${table}\` WHERE ${where} ORDER BY id`,
  )) as [Row[], unknown];
  return rows;
}

/** Runs one statement on a table, whose quoted name is put for `#`. */
export async function execute(db: Knex, site: MoodleSite, table: string, sql: string): Promise<void> {
  await db.raw(sql.replace('#', `\`${site.database}\`.\`${site.prefix}${table}\``));
}

export function userDraft(name: string, more: Partial<UserDraft> = {}): UserDraft {
  return {
    username: name,
    firstname: 'Invented',
    lastname: name,
    email: `${name}@school.example`,
    idnumber: `ID-${name}`,
    auth: 'manual',
    password: 'not cached',
    passwordSet: false,
    ...more,
  };
}

export function courseChoice(name: string, more: Partial<CourseChoice> = {}): CourseChoice {
  return {
    category: 1,
    fullname: `Class ${name}`,
    shortname: name,
    idnumber: `ID-${name}`,
    format: 'topics',
    visible: true,
    startdate: NOW,
    enddate: NOW + 86_400,
    ...more,
  };
}

export function enrolmentDraft(
  courseid: number,
  enrolid: number,
  userid: number,
  roleid: number,
): EnrolmentDraft {
  return { courseid, enrolid, userid, roleid, timestart: 0, timeend: 0 };
}
