/** A school on a real Moodle whose people a test edits, and the command line beside it. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeSettings } from '../../data/journal/settings.js';
import { selectManaged } from '../../data/journal/managed.js';
import type { Plan } from '../../data/model/plan.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { settingsHash } from '../../data/settings/hash.js';
import type { SamplePerson, SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { runCommand, type Ended } from '../cli/school.js';
import { applyStored, planSnapshot, type StoredPlan } from '../support/apply-in-process.js';
import { testServer } from '../support/database.js';
import { makeTestFolder } from '../support/folder.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

type Value = string | number;

export interface LinkSchool extends TestSchool {
  /** Rows of a statement; `{name}` stands for a table of Moodle. */
  rows<R>(sql: string, bindings?: readonly Value[]): Promise<R[]>;
  write(sql: string, bindings?: readonly Value[]): Promise<number>;
  /** An account that people made in Moodle. */
  addAccount(login: string, more?: { readonly nsn?: string }): Promise<number>;
  /** Reads a workbook of the school. */
  read(sample: SampleSchool): Promise<number>;
  plan(snapshotId: number): Promise<StoredPlan>;
  /** Applies a plan as a run does: afterwards Moodle has everything of the reading. */
  carryOut(snapshotId: number, stored: StoredPlan): Promise<Readonly<Record<string, number>>>;
  rollover(...args: string[]): Promise<Ended>;
}

export function settingsOf(year: number) {
  const settings = openSettings(year);
  const type = { ...settings.groupTypes.default, reusedCode: 'new-course' as const };
  return {
    ...settings,
    users: { ...settings.users, nsnField: 'nationalid' },
    deletion: { ...settings.deletion, users: true, enrolments: true },
    groupTypes: { ...settings.groupTypes, default: type },
  };
}

/** Settings as they are from now on. */
export async function settle({ school }: TestSchool, year: number): Promise<void> {
  const settings = settingsOf(year);
  await storeSettings(school.journal, settings, settingsHash(settings), 'test');
}

async function addProfileField(write: LinkSchool['write']): Promise<number> {
  return write(
    "INSERT INTO {user_info_field} (shortname, name, datatype, categoryid) VALUES ('nationalid', 'National id', 'text', 1)",
  );
}

async function writeConfiguration(folder: string, { school }: TestSchool): Promise<string> {
  const { host, port, user } = testServer();
  const path = join(folder, 'rollover.yaml');
  const content = {
    temporal: { address: '127.0.0.1:1' },
    journal: { schema: school.journalSchema },
    schools: {
      test: {
        name: 'Test',
        database: { host, port, user, passwordEnv: 'TEST_DATABASE_PASSWORD' },
        moodle: school.moodle,
      },
    },
  };
  await writeFile(path, JSON.stringify(content));
  return path;
}

export async function createLinkSchool(year: number): Promise<LinkSchool> {
  const own = await createSchool('4.5', settingsOf(year));
  const { school } = own;
  const folder = makeTestFolder('links');
  const env = {
    TEST_DATABASE_PASSWORD: testServer().password,
    ROLLOVER_CONFIG: await writeConfiguration(folder, own),
  };
  const run = async (sql: string, bindings: readonly Value[] = []): Promise<unknown> => {
    const named = sql.replace(/\{(\w+)\}/g, `\`${school.moodle.database}\`.\`mdl_$1\``);
    const [result] = (await school.db.raw(named, bindings as Value[])) as unknown as [unknown];
    return result;
  };
  const write: LinkSchool['write'] = async (sql, bindings) =>
    ((await run(sql, bindings)) as { readonly insertId?: number }).insertId ?? 0;
  const fieldId = await addProfileField(write);
  return {
    ...own,
    write,
    rows: async <R>(sql: string, bindings?: readonly Value[]) => (await run(sql, bindings)) as R[],
    async addAccount(login, { nsn } = {}) {
      const id = await write(
        `INSERT INTO {user} (auth, confirmed, mnethostid, username, firstname, lastname, email, timecreated, timemodified)
         SELECT 'manual', 1, value, ?, ?, 'Handmade', ?, 1700000000, 1700000000 FROM {config} WHERE name = 'mnet_localhost_id'`,
        [login, `First ${login}`, `${login}@elsewhere.example`],
      );
      if (nsn !== undefined)
        await write('INSERT INTO {user_info_data} (userid, fieldid, data) VALUES (?, ?, ?)', [
          id,
          fieldId,
          nsn,
        ]);
      return id;
    },
    async read(sample) {
      const files = [{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }];
      return (await readSchool(school, files)).snapshotId;
    },
    plan: (snapshotId) => planSnapshot(school, snapshotId),
    async carryOut(snapshotId, stored) {
      const { progress } = await applyStored(school, stored);
      await rememberApplied(school.journal, snapshotId);
      return progress;
    },
    rollover: (...args) => runCommand([...args, '--school', 'test'], { env }),
    async close() {
      await own.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The school with other students. */
export function withStudents(
  sample: SampleSchool,
  change: (student: SamplePerson) => SamplePerson | undefined,
): SampleSchool {
  return { ...sample, students: sample.students.flatMap((one) => change(one) ?? []) };
}

/** "user 00123 5 nsn" and so on. */
export function proposed(plan: Plan): string[] {
  return plan.proposals.map(
    ({ kind, externalId, moodleId, evidence }) => `${kind} ${externalId} ${moodleId} ${evidence.join()}`,
  );
}

/** Changes of one person: "user.link", "enrolment.create". */
export function stepsOf(plan: Plan, externalId: string): string[] {
  return plan.changes.flatMap((change) => {
    if (change.kind === 'enrolment' && 'person' in change)
      return change.person === externalId ? [`enrolment.${change.operation}`] : [];
    const isHers = change.kind === 'user' && 'externalId' in change && change.externalId === externalId;
    return isHers ? [`user.${change.operation}`] : [];
  });
}

/** The account that is a person's, as the journal knows. */
export async function accountOf({ school }: TestSchool, externalId: string): Promise<number | undefined> {
  return (await selectManaged(school.journal)).users.get(externalId)?.moodleId;
}
