/** The school of the demonstration: its Moodle database, its workbooks, its settings, its configuration. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Knex } from 'knex';
import { stringify } from 'yaml';
import { openPool, type DatabaseAddress } from '../../data/database/connect.js';
import { grantStatements } from '../../data/moodle/privileges.js';
import type { EmbeddedMariadb } from '../mariadb.js';
import { createPocketMoodle, hasPocketMoodle } from '../pocket-moodle.js';
import { addAccountByHand } from '../pocket-moodle/account-by-hand.js';
import { nextYear, sampleSchool, type SampleSchool } from '../sample-school.js';
import { toWorkbook } from '../sample-school/write.js';
import type { EmbeddedTemporal } from '../temporal.js';
import { passwordFile, settingsFile, workbookFile, type DemoHome, type DemoState } from './home.js';

const moodle = { database: 'moodle', prefix: 'mdl_' };
const journalSchema = 'rollover';
const account = 'rollover';

/** Everything that is not there yet: Moodle with its account for us, two workbooks, settings for both years. */
export async function prepareSite(home: DemoHome, state: DemoState, server: DatabaseAddress): Promise<void> {
  const lastYear = sampleSchool({ year: state.year - 1, students: state.students });
  const thisYear = nextYear(lastYear);
  const db = openPool(server, { max: 1 });
  try {
    await prepareMoodle(db, lastYear, thisYear);
    await grantAccount(db, await password(home));
  } finally {
    await db.destroy();
  }
  for (const school of [lastYear, thisYear]) {
    await writeOnce(workbookFile(home, school.year), toWorkbook(school, 'xlsx'));
    await writeOnce(settingsFile(home, school.year), settingsOf(school.year));
  }
}

/** Ports are chosen anew when somebody else has taken them: the configuration is written at every start. */
export async function writeConfiguration(
  home: DemoHome,
  database: EmbeddedMariadb,
  temporal: EmbeddedTemporal,
): Promise<void> {
  const configuration = {
    temporal: { address: temporal.address, namespace: temporal.namespace, taskQueue: 'rollover' },
    journal: { schema: journalSchema },
    backups: { folder: 'backups' },
    schools: {
      kahurangi: {
        name: 'Kahurangi College',
        database: {
          host: database.address.host,
          port: database.address.port,
          user: account,
          passwordFile: 'database-password',
        },
        moodle,
      },
    },
  };
  await writeFile(home.configuration, stringify(configuration), { mode: 0o600 });
}

async function prepareMoodle(db: Knex, lastYear: SampleSchool, thisYear: SampleSchool): Promise<void> {
  if (await hasPocketMoodle(db, moodle)) return;
  await db.raw('DROP DATABASE IF EXISTS ??', [moodle.database]); // its making was interrupted
  await createPocketMoodle(db, moodle, lastYear.name);
  // the classic accident waiting to happen: accounts without an External ID, of people who come next year
  const before = new Set(lastYear.students.map((student) => student.externalId));
  const [first, second] = thisYear.students.filter((student) => !before.has(student.externalId));
  if (first !== undefined) await addAccountByHand(db, moodle, first);
  if (second !== undefined)
    await addAccountByHand(db, moodle, { ...second, login: `visitor.${second.login}` });
}

/** The account of worker and command line has the rights that docs/operations.md lists, and no others. */
async function grantAccount(db: Knex, secret: string): Promise<void> {
  const user = `'${account}'@'127.0.0.1'`;
  await db.raw('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4', [journalSchema]);
  await db.raw(`CREATE USER IF NOT EXISTS ${user}`);
  await db.raw(`ALTER USER ${user} IDENTIFIED BY ?`, [secret]);
  for (const statement of grantStatements(user, moodle, journalSchema)) await db.raw(statement);
  // a dump must see every table (docs/backups.md)
  await db.raw(`GRANT SELECT, SHOW VIEW, TRIGGER ON ??.* TO ${user}`, [moodle.database]);
}

async function password(home: DemoHome): Promise<string> {
  const file = passwordFile(home);
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFile(file, 'utf8');
}

async function writeOnce(file: string, content: Buffer | string): Promise<void> {
  if (!existsSync(file)) await writeFile(file, content, { mode: 0o600 });
}

function settingsOf(year: number): string {
  return stringify({
    year,
    mode: 'snapshot-only',
    groupTypes: {
      default: {
        provisioning: 'disabled',
        format: 'topics',
        visible: true,
        category: '{year}/{type}',
        fullname: '{name} {year}',
        shortname: '{code} {year}',
        startDate: `${year}-02-01`,
        endDate: `${year}-12-17`,
      },
      named: {
        Class: { provisioning: 'enabled-sms' },
        Option: { provisioning: 'enabled', format: 'weeks', reusedCode: 'new-course' },
        Form: { provisioning: 'enabled-sms', reusedCode: 'new-course' },
        House: {
          provisioning: 'enabled-non-sms',
          format: 'social',
          fullname: '{name}',
          reusedCode: 'continues',
        },
        // teams change a lot from year to year: a person is asked
        Sport: { provisioning: 'enabled-non-sms', fullname: '{name}' },
        Staff: { provisioning: 'always-disabled' },
      },
    },
    users: { auth: 'oauth2' },
  });
}
