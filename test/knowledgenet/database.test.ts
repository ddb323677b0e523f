import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectFindings } from '../../data/journal/findings.js';
import { readPlacedSnapshot, readSnapshot, selectSnapshotHeader } from '../../data/journal/snapshots.js';
import { selectSnapshotRules } from '../../data/journal/snapshot-rules.js';
import type { SourceFile } from '../../data/knowledgenet/source.js';
import type { School } from '../../data/schools.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { fillDatabase } from '../../embedded/sample-school/database.js';
import { messy, withoutPeople } from '../../embedded/sample-school/dirt.js';
import { sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toCsvFolder, toWorkbook } from '../../embedded/sample-school/write.js';
import { describeWithMoodle } from '../support/database.js';
import { createViews, type TestViews } from '../support/kn-database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const clean = sampleSchool({ seed: 'views', year: 2027, students: 300 });

const workbook = (school: SampleSchool): SourceFile[] => [
  { name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') },
];

async function csvOf(school: SampleSchool): Promise<SourceFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rollover-csv-'));
  await toCsvFolder(school, folder);
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );
  await rm(folder, { recursive: true });
  return files;
}

describeWithMoodle("reading KnowledgeNET's database", () => {
  let own: TestSchool;
  let views: TestViews;
  let school: School;

  beforeAll(async () => {
    own = await createSchool('4.5', openSettings(2027, 'enabled-sms'));
    views = await createViews(clean, [
      {
        name: 'Year 10 sport',
        userType: 'Student',
        yearLevel: 'Year 10',
        memberOf: null,
        target: 'SPORT-WAKA',
        applyToExisting: true,
      },
      { name: null, userType: 'all', yearLevel: '', memberOf: ' 9A ', target: 'X', applyToExisting: false },
    ]);
    school = { ...own.school, knowledgenet: { database: views.source } };
  });
  afterAll(async () => {
    await views.close();
    await own.close();
  });

  const take = (): ReturnType<typeof takeSnapshot> =>
    takeSnapshot(school, null, { limits: {}, passwordKeyConfigured: false });

  async function codesOf(snapshotId: number): Promise<string[]> {
    return (await selectFindings(own.school.journal, snapshotId))
      .map(({ code, severity, subject }) => `${code} ${severity} ${subject ?? ''}`)
      .sort();
  }

  test('gives the one snapshot hash that XLSX, ODS and CSV give, and the same findings', async () => {
    const ods = [{ name: 'kn.ods', bytes: toWorkbook(clean, 'ods') }];
    const files = [workbook(clean), ods, await csvOf(clean)];
    const readings = [await take()];
    for (const one of files) readings.push(await readSchool(own.school, one));
    expect(new Set(readings.map(({ hash }) => hash)).size).toBe(1);
    expect(readings[0]?.counts).toEqual(readings[1]?.counts);
    expect(readings[0]?.counts['membership']).toBeGreaterThan(1_000);
    expect(readings[0]?.findings).toEqual(readings[1]?.findings);
  });

  test('says of each record which row of which view it is', async () => {
    const { snapshotId } = await take();
    const { provenance } = await readPlacedSnapshot(school.journal, snapshotId);
    const { externalId } = clean.students[10]!;
    const place = provenance.person.get(externalId);
    const [rows] = await views.admin.query('SELECT external_id FROM kn_users WHERE id = ?', [place?.row]);
    expect([place?.sheet, rows]).toEqual(['kn_users', [{ external_id: externalId }]]);
    const header = await selectSnapshotHeader(school.journal, snapshotId);
    expect(header.uploadId).toBeNull();
    expect(header.headers).toContainEqual({ sheet: 'kn_users', header: 'user_id', field: 'login' });
    expect(header.headers.filter((one) => one.header === 'user_id')).toHaveLength(1);
  });

  test("keeps KnowledgeNET's rules beside the snapshot, outside its hash", async () => {
    const first = await take();
    expect(await selectSnapshotRules(school.journal, first.snapshotId)).toEqual([
      {
        name: 'Year 10 sport',
        userType: 'student',
        yearLevel: '10',
        target: 'SPORT-WAKA',
        applyToExisting: true,
      },
      {
        name: expect.stringMatching(/^KN rule \d+$/) as string,
        userType: 'all',
        memberOf: ['9A'],
        target: 'X',
        applyToExisting: false,
      },
    ]);
    await fillDatabase(views.admin, clean);
    const second = await take();
    expect(second.hash).toBe(first.hash);
    expect(await selectSnapshotRules(school.journal, second.snapshotId)).toEqual([]);
  });

  test('finds the same dirt as in the workbook', async () => {
    // a database resolves ids and deletions itself, and its text columns hold no numbers
    const { school: dirty } = messy(clean, 'views');
    const people = [...dirty.students, ...dirty.teachers];
    for (const person of people) {
      delete person.newExternalId;
      delete person.remove;
      delete person.idAsNumber;
      delete person.password;
    }
    for (const group of dirty.groups) {
      delete group.newExternalId;
      delete group.remove;
    }
    const same = { ...dirty, extraHeaders: [] };
    await fillDatabase(views.admin, same);
    const read = await take();
    const expected = await readSchool(own.school, workbook(same));
    const found = await codesOf(read.snapshotId);
    expect(found).toEqual(await codesOf(expected.snapshotId));
    expect(new Set(found.map((line) => line.split(' ')[0])).size).toBeGreaterThan(12);
    expect(read.hash).toBe(expected.hash);
  });

  test('takes hostile values as the text they are', async () => {
    const hostile = structuredClone(clean);
    const [first, second] = hostile.students;
    first!.surname = `Robert'); DROP TABLE account; -- \\" \u0000 <script>alert(1)</script>`;
    second!.firstName = '=HYPERLINK("http://x")\u202e\ufeff😀 Ma\u0304ia';
    await fillDatabase(views.admin, hostile);
    const { snapshotId } = await take();
    const { records } = await readSnapshot(school.journal, snapshotId);
    const named = (id: string) => records.person.find((person) => person.externalId === id);
    expect(named(first!.externalId)?.surname).toBe(
      `Robert'); DROP TABLE account; -- \\" <script>alert(1)</script>`,
    );
    expect(named(second!.externalId)?.firstName).toBe('=HYPERLINK("http://x")😀 Māia');
  });

  test('brings disabled and locked persons as such, and is silent where the view is NULL', async () => {
    await fillDatabase(views.admin, clean);
    const [disabled, locked, silent, not] = clean.students.map(({ externalId }) => externalId);
    const set = 'UPDATE account SET disabled = ?, locked = ?, email = ? WHERE external_id = ?';
    await views.admin.query(set, [1, 0, 'a@school.example', disabled]);
    await views.admin.query(set, [0, 1, 'b@school.example', locked]);
    await views.admin.query(set, [null, null, null, silent]);
    await views.admin.query(set, [0, null, 'd@school.example', not]);
    const { snapshotId } = await take();
    const { records } = await readSnapshot(school.journal, snapshotId);
    const flag = (id?: string) => records.person.find((person) => person.externalId === id)?.disabled;
    expect([disabled, locked, not].map(flag)).toEqual([true, true, false]);
    const found = await codesOf(snapshotId);
    expect(found).toContain(`MissingEmail drops-record ${silent}`);
  });

  test('says so when nobody is there, instead of reading an empty school [T05]', async () => {
    await fillDatabase(views.admin, withoutPeople(clean));
    const { snapshotId, findings } = await take();
    expect(findings['stops-run']).toBeGreaterThan(0);
    expect((await codesOf(snapshotId)).join()).toContain('NoRows stops-run');
  });
});
