import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newestWorkbook } from '../../data/knowledgenet/files/watched-folder.js';
import { collectSource } from '../../data/stages/collect-source.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { describeWithMoodle } from '../support/database.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const now = Date.parse('2027-02-01T00:00:00Z');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollover-watched-'));
  return () => rm(folder, { recursive: true, force: true });
});

async function put(name: string, secondsAgo: number, bytes: Uint8Array | string = 'x'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const time = new Date(now - secondsAgo * 1000);
  await utimes(path, time, time);
  return path;
}

describe('a watched folder', () => {
  test('gives its newest workbook', async () => {
    await put('old.xlsx', 3600);
    const newest = await put('new.ODS', 60);
    expect(await newestWorkbook(folder, now)).toBe(newest);
  });

  test('waits for a file that may still be written, and passes over what is no export', async () => {
    await put('being-copied.xlsx', 3);
    await put('~$kn.xlsx', 60);
    await put('.kn.xlsx', 60);
    await put('kn.xlsx.part', 60);
    await put('notes.txt', 60);
    await mkdir(join(folder, 'folder.xlsx'));
    expect(await newestWorkbook(folder, now)).toBeNull();
  });

  test('that cannot be read is an error that is tried again, not an empty source', async () => {
    await expect(newestWorkbook(join(folder, 'gone'), now)).rejects.toMatchObject({
      code: 'SourceUnavailable',
    });
  });
});

describeWithMoodle('the source of a scheduled run', () => {
  let own: TestSchool;
  const sample = sampleSchool({ seed: 'watched', year: 2027, students: 10 });

  beforeAll(async () => {
    own = await createSchool('4.5', openSettings(2027));
  });
  afterAll(async () => own?.close());

  const options = { limits: {}, passwordKey: null, by: 'sync/test', now };
  const collect = () => collectSource({ ...own.school, knowledgenet: { watchFolder: folder } }, options);

  test('is the same upload for the same file, is never altered, and is new for new content [T45] [T46]', async () => {
    const bytes = toWorkbook(sample, 'xlsx');
    const path = await put('kn.xlsx', 60, bytes);
    const first = await collect();
    expect(first.kind).toBe('upload');
    expect(await collect()).toEqual(first);
    expect((await readFile(path)).equals(Buffer.from(bytes))).toBe(true);
    sample.students[0]!.surname = 'Changed';
    await put('kn.xlsx', 30, toWorkbook(sample, 'xlsx'));
    expect(await collect()).not.toEqual(first);
  });

  test('is the database where one is configured, and a clear error where nothing is', async () => {
    const database = { address: own.school.database, schema: 'kn' };
    expect(
      await collectSource({ ...own.school, knowledgenet: { database, watchFolder: folder } }, options),
    ).toEqual({ kind: 'database' });
    await expect(collectSource({ ...own.school, knowledgenet: {} }, options)).rejects.toMatchObject({
      code: 'SourceNotConfigured',
    });
  });

  test('is nothing before a file has come', async () => {
    expect(await collect()).toEqual({ kind: 'nothing' });
  });
});
