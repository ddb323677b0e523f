/** A school that went through two years, with a dump of its Moodle from in between. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { nextYear, sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { countStates } from '../../data/journal/plans.js';
import { storeSettings } from '../../data/journal/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { loadDump, testServer } from '../support/database.js';
import { makeTestFolder } from '../support/folder.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const run = promisify(execFile);

/** A person's dump of Moodle's database, and the way back to it. */
export interface Dump {
  restore(): Promise<void>;
  discard(): Promise<void>;
}

export async function dumpMoodle({ school }: TestSchool): Promise<Dump> {
  const { host, port, user, password } = testServer();
  const { database } = school.moodle;
  const folder = makeTestFolder('relink');
  const file = join(folder, 'moodle.sql');
  const args = [
    '-h',
    String(host),
    '-P',
    String(port),
    '-u',
    user,
    '--protocol=tcp',
    '--single-transaction',
    database,
  ];
  const env = { ...process.env, MYSQL_PWD: password };
  const { stdout } = await run('mariadb-dump', args, { env, maxBuffer: 500_000_000 });
  await writeFile(file, stdout);
  return {
    async restore() {
      await school.db.raw(`DROP DATABASE \`${database}\``);
      await school.db.raw(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
      await loadDump(file, database);
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

const lastYear = sampleSchool({ seed: 'relink', year: 2026, students: 60 });
const thisYear = nextYear(lastYear);

function settingsOf(year: number) {
  const settings = openSettings(year);
  const type = { ...settings.groupTypes.default, reusedCode: 'new-course' as const };
  return { ...settings, groupTypes: { ...settings.groupTypes, default: type } };
}

export async function createYears(): Promise<TestSchool> {
  return createSchool('4.5', settingsOf(2026));
}

/** Plans and applies a year as a run does; returns what became of the plan. */
export async function applyYear({ school }: TestSchool, year: 2026 | 2027) {
  const settings = settingsOf(year);
  await storeSettings(school.journal, settings, settingsHash(settings), 'test');
  const bytes = toWorkbook(year === 2026 ? lastYear : thisYear, 'xlsx');
  const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes }]);
  const stored = await planSnapshot(school, snapshotId);
  await applyStored(school, stored);
  await rememberApplied(school.journal, snapshotId);
  return { ...stored, states: await countStates(school.journal, stored.planId), snapshotId };
}
