/** In mode Enabled an uploaded workbook goes on into Moodle by itself, unless there is too much to do. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { select } from '../../data/journal/journal.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { createCliSchool, type CliSchool } from '../cli/school.js';

interface Shown {
  readonly run: { readonly id: number; readonly outcome: string | null };
  readonly status: {
    readonly open: { readonly gate: string; readonly hash: string } | null;
    readonly snapshotId: number | null;
  };
}

const people = sampleSchool({ seed: 'enabled-upload', year: 2027, students: 120 });
let school: CliSchool;

async function putWorkbook(name: string): Promise<void> {
  await writeFile(join(school.folder, name), toWorkbook(people, 'xlsx'));
}

async function countLastnames(surname: string): Promise<number> {
  const statement = `SELECT COUNT(*) AS count FROM \`${school.moodle}\`.mdl_user WHERE lastname = ?`;
  const [row] = await select<{ count: number }>(school.db, statement, [surname]);
  return row?.count ?? 0;
}

async function countSnapshots(): Promise<number> {
  const [row] = await select<{ count: number }>(school.journal.db, 'SELECT COUNT(*) AS count FROM snapshot');
  return row?.count ?? 0;
}

beforeAll(async () => {
  school = await createCliSchool();
  await school.startWorker();
  await school.run(['settings', 'set', 'groupTypes.default.provisioning', 'enabled']);
  expect((await school.run(['settings', 'set', 'mode', 'enabled'])).code).toBe(0);
});
afterAll(async () => school?.close());

test('is not looked at by itself where no source is configured, and says so', async () => {
  expect(await school.ask('schedule')).toMatchObject({ mode: 'enabled', running: false, next: [] });
  expect((await school.run(['schedule'])).stdout).toContain('No source is configured');
});

test('a first, large one waits at gate plan, and nothing is written before', async () => {
  await putWorkbook('kn.xlsx');
  const { status } = await school.ask<Shown>('snapshot', 'kn.xlsx');
  expect(status.open?.gate).toBe('plan');
  expect(await countLastnames(people.students[0]!.surname)).toBe(0);
  const ended = await school.run(['approve', 'plan', '--hash', status.open!.hash, '--no-backup']);
  expect(ended.code).toBe(0);
  await expect
    .poll(async () => (await school.ask<Shown>('status')).run.outcome, { timeout: 60_000 })
    .toBe('completed');
  expect(await countLastnames(people.students[0]!.surname)).toBeGreaterThan(0);
});

test('a small one is in Moodle when the command returns', async () => {
  people.students[3]!.surname = 'Smallchange';
  await putWorkbook('small.xlsx');
  const ended = await school.run(['snapshot', 'small.xlsx']);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('what was read goes on into Moodle');
  expect(await countLastnames('Smallchange')).toBe(1);
});

test('the same one again is no work, and only --full looks at it again', async () => {
  const before = await countSnapshots();
  const same = await school.ask<Shown>('sync', 'small.xlsx');
  expect(same.run.outcome).toBe('nothing-to-do');
  expect(await countSnapshots()).toBe(before);
  const full = await school.ask<Shown>('sync', 'small.xlsx', '--full');
  expect(full.run.outcome).toBe('nothing-to-do');
  expect(await countSnapshots()).toBe(before + 1);
});

test('a reading that findings stop ends the command with their code', async () => {
  for (const person of people.students) person.externalId = '';
  await putWorkbook('broken.xlsx');
  const ended = await school.run(['snapshot', 'broken.xlsx']);
  expect(ended.stdout + ended.stderr).toContain('BlockingFindings');
  expect(ended.code).not.toBe(0);
});
