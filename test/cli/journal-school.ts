/** A school of which only the journal is at hand: a reading, settings, a plan and what became of it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../data/configuration.js';
import { openPool } from '../../data/database/connect.js';
import type { Journal } from '../../data/journal/journal.js';
import { insertPlanItems } from '../../data/journal/plan-items.js';
import { insertChanges, insertPlan, markChanges, sealPlan } from '../../data/journal/plans.js';
import type { ChangeResult } from '../../data/journal/plans.js';
import { insertRecords, insertSnapshot, sealSnapshot } from '../../data/journal/snapshots.js';
import { storeSettings } from '../../data/journal/settings.js';
import type { Plan } from '../../data/model/plan.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import {
  KEY_SEPARATOR,
  type PersonRecord,
  type PlacedSnapshot,
  type Snapshot,
} from '../../data/model/snapshot.js';
import { openSchools } from '../../data/schools.js';
import { settingsHash } from '../../data/settings/hash.js';
import { testServer } from '../support/database.js';
import { group, snapshot } from '../rules/plan/school.js';
import { runCommand, type Ended } from './school.js';

export interface JournalSchool {
  readonly journal: Journal;
  run(...args: string[]): Promise<Ended>;
  close(): Promise<void>;
}

export async function createJournalSchool(): Promise<JournalSchool> {
  const schema = `cli_own_${randomBytes(5).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'rollover-own-'));
  const { host, port, user, password } = testServer();
  const database = { host, port, user, passwordEnv: 'TEST_DATABASE_PASSWORD' };
  const content = {
    temporal: { address: '127.0.0.1:1' },
    journal: { schema },
    schools: { kowhai: { name: 'Kōwhai', database, moodle: { database: 'none' } } },
  };
  const path = join(folder, 'rollover.yaml');
  await writeFile(path, JSON.stringify(content));
  const env = { TEST_DATABASE_PASSWORD: password, ROLLOVER_CONFIG: path };
  const schools = openSchools(loadConfiguration(path, env));
  const { journal } = await schools.open('kowhai');
  return {
    journal,
    run: (...args) => runCommand(args, { env }),
    async close() {
      await schools.close();
      const db = openPool(testServer(), { max: 1 });
      await db.raw('DROP DATABASE IF EXISTS ??', [schema]);
      await db.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const people: readonly PersonRecord[] = [
  {
    externalId: '01001',
    type: 'student',
    firstName: 'Aroha',
    surname: 'Ngata',
    yearLevel: '10',
    login: 'aroha',
  },
  {
    externalId: '01002',
    type: 'student',
    firstName: 'Sam',
    surname: "O'Brien",
    yearLevel: '10',
    login: 'sam',
  },
  {
    externalId: '01003',
    type: 'student',
    firstName: 'Tūī',
    surname: 'Ngata',
    yearLevel: '9',
    disabled: true,
  },
  { externalId: 'T1', type: 'teacher', firstName: 'Hana', surname: 'Parata', login: 'hana' },
];

/** 10MAT1 and 10MAT2 of the SMS, a super-class, and a class that the sheet disables. Rows are as the sheets count them. */
export function sampleReading(membership: readonly { group: string; person: string }[]): PlacedSnapshot {
  const groups = [
    group('10MAT1', { name: 'Maths 1', smsControlled: true }),
    group('10MAT2', { name: 'Maths 2', smsControlled: true }),
    group('10MAT', { name: 'Maths', smsControlled: false, groupType: 'Super' }),
    group('CHOIR', { name: 'Choir', smsControlled: false, provisioning: 'disabled' }),
  ];
  return {
    ...snapshot(people, groups, membership),
    provenance: {
      groupType: new Map(),
      group: new Map(groups.map(({ externalId }, at) => [externalId, { sheet: 'groups', row: at + 2 }])),
      person: new Map(
        people.map(({ externalId, type }, at) => [externalId, { sheet: `${type}s`, row: at + 2 }]),
      ),
      membership: new Map(
        membership.map((one) => [
          one.group + KEY_SEPARATOR + one.person,
          { sheet: 'students', row: people.findIndex(({ externalId }) => externalId === one.person) + 2 },
        ]),
      ),
    },
  };
}

export const usualMemberships = [
  { group: '10MAT2', person: '01001' },
  { group: '10MAT1', person: '01002' },
  { group: '10MAT1', person: '01003' },
  { group: '10MAT2', person: 'T1' },
  { group: 'CHOIR', person: '01001' },
];

/** Where nothing of a reading comes from. */
const nowhere: PlacedSnapshot['provenance'] = {
  groupType: new Map(),
  group: new Map(),
  person: new Map(),
  membership: new Map(),
};

export async function keepReading(
  journal: Journal,
  reading: Snapshot & Partial<PlacedSnapshot>,
): Promise<number> {
  const snapshotId = await insertSnapshot(journal, {
    uploadId: null,
    baseSnapshotId: null,
    snapshot: reading,
    headers: [],
  });
  await insertRecords(journal, snapshotId, { provenance: nowhere, ...reading });
  await sealSnapshot(journal, snapshotId, 'a'.repeat(64), {
    baseSnapshotId: null,
    people: { before: 0, now: 4, joiners: 4, leavers: 0 },
    yearLevels: [],
    teachers: { before: 0, now: 0, joiners: 0, leavers: 0 },
    groupTypes: [],
    movedBetweenClasses: 0,
  });
  return snapshotId;
}

export async function keepSettings(journal: Journal, settings: SchoolSettings, by = 'kiri'): Promise<void> {
  await storeSettings(journal, settings, settingsHash(settings), by);
}

export interface KeptPlan {
  readonly runId: number | null;
  readonly snapshotId: number;
  readonly hash: string;
}

export async function keepPlan(
  journal: Journal,
  { hash, ...about }: KeptPlan,
  plan: Partial<Plan>,
  results: readonly ChangeResult[] = [],
): Promise<number> {
  const whole: Plan = {
    changes: [],
    notices: [],
    kept: [],
    proposals: [],
    reusedCodes: [],
    counts: {},
    satisfied: 0,
    ...plan,
  };
  const input = { ...about, settingsHash: 'b'.repeat(64), rulesVersion: 2, moodleRelease: '4.5' };
  const planId = await insertPlan(journal, input, whole);
  await insertChanges(journal, planId, whole.changes);
  await insertPlanItems(journal, planId, whole);
  await sealPlan(journal, planId, hash);
  if (results.length > 0) await markChanges(journal, planId, results);
  return planId;
}
