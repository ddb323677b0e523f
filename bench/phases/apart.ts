/** The way from file to verified, phase by phase, in this process: the code that the activities call. */
import type { Knex } from 'knex';
import { readFiles } from '../../data/knowledgenet/files/files-on-disk.js';
import { defaultLimits } from '../../data/knowledgenet/files/limits.js';
import { countDuplicates } from '../../data/moodle/duplicates.js';
import { probeSite } from '../../data/moodle/probe.js';
import { setAppliedSnapshot } from '../../data/journal/targets.js';
import type { School } from '../../data/schools.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { readSchool } from '../../data/stages/read-source.js';
import { findOrStoreSource, storeSource } from '../../data/stages/store-source.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { insertFloor, type Floor } from '../floor/insert.js';
import { countRows, readRows, type TableRows } from '../floor/rows.js';
import { measure, type Stretch } from '../measure/clock.js';
import { applyByKind, sumOf, type ApplyPart, type PartDone } from './apply-by-kind.js';

export const phaseNames = [
  'upload',
  'read workbook',
  'snapshot and findings',
  'plan',
  'store plan',
  'apply opening',
  'apply categories',
  'apply users',
  'apply courses',
  'apply enrolments',
  'verify',
] as const;
export type PhaseName = (typeof phaseNames)[number];

export interface FloorOf {
  readonly all: Floor;
  readonly users: Floor;
  readonly courses: Floor;
  readonly enrolments: Floor;
}

export interface ApartResult {
  readonly phases: Readonly<Record<PhaseName, Stretch>>;
  readonly apply: Stretch;
  readonly floors: FloorOf;
  /** Rows that applying wrote, by table. */
  readonly rows: Readonly<Record<string, number>>;
}

const options = { limits: {}, passwordKeyConfigured: false };

const stored = { reading: 'complete', by: 'bench', limits: {}, passwordKey: null } as const;

/** As `rollover start` does. */
export async function upload({ journal }: School, file: string): Promise<number> {
  return (await storeSource(journal, await readFiles(file, '/', defaultLimits.fileBytes), stored)).uploadId;
}

/** As `rollover sync` does: what is stored already is not stored again. */
export async function uploadOnce({ journal }: School, file: string): Promise<number> {
  return (await findOrStoreSource(journal, await readFiles(file, '/', defaultLimits.fileBytes), stored))
    .uploadId;
}

/** Seconds of uploading a file and reading it, in this process. */
export async function timeReading(school: School, file: string): Promise<number> {
  const began = performance.now();
  await readSchool(school, await upload(school, file), options);
  return (performance.now() - began) / 1000;
}

async function rowsOf(
  school: School,
  parts: readonly PartDone[],
  kinds: readonly ApplyPart[],
): Promise<TableRows[]> {
  const found: TableRows[] = [];
  for (const { part, before, after } of parts)
    if (kinds.includes(part))
      found.push(...(await readRows(school.database, school.moodle.database, before, after)));
  return found;
}

/** The rows of a whole apply are read once per kind and inserted as one floor and as three. */
async function floorsOf(school: School, parts: readonly PartDone[]): Promise<[FloorOf, TableRows[]]> {
  const insert = (tables: readonly TableRows[]): Promise<Floor> =>
    insertFloor(school.database, school.moodle.database, tables);
  const users = await rowsOf(school, parts, ['user']);
  const courses = await rowsOf(school, parts, ['category', 'course']);
  const enrolments = await rowsOf(school, parts, ['enrolment']);
  const all = mergeTables([...users, ...courses, ...enrolments]);
  return [
    {
      all: await insert(all),
      users: await insert(users),
      courses: await insert(mergeTables(courses)),
      enrolments: await insert(enrolments),
    },
    all,
  ];
}

/** One list per table, so that its floor has full statements. */
export function mergeTables(tables: readonly TableRows[]): TableRows[] {
  const merged = new Map<string, TableRows>();
  for (const one of tables) {
    const before = merged.get(one.table);
    merged.set(one.table, before === undefined ? one : { ...one, rows: [...before.rows, ...one.rows] });
  }
  return [...merged.values()];
}

/** Goes the whole way once, and inserts what it wrote as the floor. */
export async function goApart(
  school: School,
  file: string,
  counting: Knex,
  say: (text: string) => void,
): Promise<ApartResult> {
  const run = async <T>(name: PhaseName, work: () => Promise<T>): Promise<{ value: T; stretch: Stretch }> => {
    say(name);
    return measure(counting, work);
  };
  const uploaded = await run('upload', () => upload(school, file));
  const read = await run('read workbook', () => readSchool(school, uploaded.value, options));
  const taken = await run('snapshot and findings', () => takeSnapshot(school, uploaded.value, options));
  const { snapshotId } = taken.value;
  const computed = await run('plan', () => computePlan(school, snapshotId, false));
  const stored = await run('store plan', () => storePlan(school, null, snapshotId, computed.value));
  say('apply');
  const parts = await applyByKind(
    school,
    { ...stored.value, changes: computed.value.plan.changes },
    counting,
  );
  const verified = await run('verify', () => verify(school, snapshotId));
  await setAppliedSnapshot(school.journal, snapshotId);
  say('floor');
  const [floors, all] = await floorsOf(school, parts);
  if (countRows(all) !== floors.all.rows) throw new Error('The floor lost rows.');
  return {
    phases: {
      upload: uploaded.stretch,
      'read workbook': read.stretch,
      // taking a snapshot reads the source itself once more
      'snapshot and findings': taken.stretch,
      plan: computed.stretch,
      'store plan': stored.stretch,
      'apply opening': sumOf(parts, ['opening']),
      'apply categories': sumOf(parts, ['category']),
      'apply users': sumOf(parts, ['user']),
      'apply courses': sumOf(parts, ['course']),
      'apply enrolments': sumOf(parts, ['enrolment']),
      verify: verified.stretch,
    },
    apply: sumOf(parts),
    floors,
    rows: Object.fromEntries(all.map(({ table, rows }) => [table, rows.length])),
  };
}

async function verify(school: School, snapshotId: number): Promise<void> {
  const { plan } = await computePlan(school, snapshotId, false);
  const doubles = await countDuplicates(school.db, await probeSite(school.db, school.moodle));
  if (plan.changes.length > 0 || doubles > 0) throw new Error('Something is left over after applying.');
}
