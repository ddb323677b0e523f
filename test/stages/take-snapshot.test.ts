import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectFindings } from '../../data/journal/findings.js';
import { selectLatestSnapshotId } from '../../data/journal/snapshots.js';
import type { SourceFile } from '../../data/knowledgenet/source.js';
import { messy } from '../../embedded/sample-school/dirt.js';
import type { SampleSchool } from '../../embedded/sample-school.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toCsvFolder, toWorkbook } from '../../embedded/sample-school/write.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const clean = sampleSchool({ seed: 'reading', year: 2027, students: 300 });

async function csvOf(school: SampleSchool): Promise<SourceFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rollover-csv-'));
  await toCsvFolder(school, folder);
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );
  await rm(folder, { recursive: true });
  return files;
}

const xlsx = (school: SampleSchool): SourceFile[] => [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }];
const ods = (school: SampleSchool): SourceFile[] => [{ name: 'kn.ods', bytes: toWorkbook(school, 'ods') }];

describeWithMoodle('reading a school', () => {
  let own: TestSchool;

  beforeAll(async () => {
    // an option that asks for the origin, so that an unknown one is a finding
    own = await createSchool('4.5', openSettings(2027, 'enabled-sms'));
  });
  afterAll(async () => own.close());

  test('from XLSX, ODS and CSV gives one snapshot hash', async () => {
    const readings = [
      await readSchool(own.school, xlsx(clean)),
      await readSchool(own.school, ods(clean)),
      await readSchool(own.school, await csvOf(clean)),
    ];
    expect(new Set(readings.map((reading) => reading.hash)).size).toBe(1);
    expect(readings[0]?.counts['person']).toBeGreaterThan(300);
    expect(readings[0]?.findings['stops-run']).toBeUndefined();
    expect(readings[0]?.findings['drops-record']).toBeUndefined();
  });

  test('with every kind of dirt names every kind, in every format, and gives one hash', async () => {
    const dirty = messy(clean, 'dirt');
    const readings = [];
    for (const files of [xlsx(dirty.school), ods(dirty.school), await csvOf(dirty.school)]) {
      const reading = await readSchool(own.school, files);
      const codes = new Set(
        (await selectFindings(own.school.journal, reading.snapshotId)).map((finding) => finding.code),
      );
      // a CSV file has no numbers, only text
      const possible = dirty.dirt.filter(({ code }) => files.length === 1 || code !== 'IdFromNumber');
      const missed = possible.filter(({ code }) => !codes.has(code)).map(({ code }) => code);
      expect(missed, files[0]?.name).toEqual([]);
      readings.push(reading);
    }
    expect(new Set(readings.map((reading) => reading.hash)).size).toBe(1);
  });

  test('that is truncated leaves no snapshot at all [T01] [T45]', async () => {
    const before = await selectLatestSnapshotId(own.school.journal);
    const [file] = xlsx(clean);
    const half = (file?.bytes ?? new Uint8Array()).slice(0, 20_000);
    await expect(readSchool(own.school, [{ name: 'kn.xlsx', bytes: half }])).rejects.toMatchObject({
      code: 'SourceUnreadable',
    });
    expect(await selectLatestSnapshotId(own.school.journal)).toBe(before);
  });
});
