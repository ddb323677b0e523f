/** KnowledgeNET's database from the command line, through Temporal and a worker. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillDatabase } from '../../embedded/sample-school/database.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { createCliSchool, type CliSchool } from '../cli/school.js';
import { createViews, type TestViews } from '../support/kn-database.js';

const people = sampleSchool({ seed: 'kn-cli', year: 2027, students: 40 });
let school: CliSchool;
let views: TestViews;

interface Reading {
  readonly upload: object | null;
  readonly snapshot: {
    readonly id: number;
    readonly hash: string;
    readonly counts: Record<string, number>;
  };
}

beforeAll(async () => {
  views = await createViews(people);
  const { host, port, user, password } = views.source.address;
  school = await createCliSchool({
    school: {
      knowledgenet: {
        database: { host, port, user, passwordEnv: 'TEST_KN_PASSWORD' },
        schema: views.source.schema,
      },
    },
    env: { TEST_KN_PASSWORD: password },
  });
  await writeFile(join(school.folder, 'kn.xlsx'), toWorkbook(people, 'xlsx'));
  await school.startWorker();
});
afterAll(async () => {
  await school?.close();
  await views?.close();
});

test('one source at a time, and a database is never changes only', async () => {
  for (const args of [
    ['snapshot'],
    ['snapshot', 'kn.xlsx', '--database'],
    ['snapshot', '--again', '--database'],
    ['snapshot', '--database', '--changes'],
    ['sync'],
    ['sync', 'kn.xlsx', '--database'],
    ['sync', '--database', '--changes'],
  ])
    expect([args, (await school.run(args)).code]).toEqual([args, 2]);
});

test('check shows the views, their rows against the last reading, and what is wrong with them', async () => {
  const before = await school.run(['check']);
  expect(before.stdout).toMatch(/KnowledgeNET's database\nViews {4}all there, and may be read/);
  const persons = people.students.length + people.teachers.length;
  expect(before.stdout).toContain(`persons: ${persons}\n`);
  await school.ask('snapshot', '--database');
  expect((await school.run(['check'])).stdout).toContain(`persons: ${persons} (last reading: ${persons})\n`);
  await views.admin.query("DELETE FROM account WHERE kind = 'student'");
  expect((await school.run(['check'])).stdout).toMatch(/persons: \d+ \(last reading: \d+\), markedly fewer/);
  await fillDatabase(views.admin, people);
  await views.admin.query('RENAME TABLE kn_groups TO elsewhere');
  const broken = await school.run(['check']);
  await views.admin.query('RENAME TABLE elsewhere TO kn_groups');
  expect(broken.code).toBe(3);
  expect(broken.stdout).toContain('kn_groups is missing');
});

test('snapshot --database reads what the workbook says, and --again reads the database again', async () => {
  const database = await school.ask<Reading>('snapshot', '--database');
  expect(database.upload).toBeNull();
  const again = await school.ask<Reading>('snapshot', '--again');
  expect(again.upload).toBeNull();
  expect(again.snapshot.id).toBeGreaterThan(database.snapshot.id);
  const workbook = await school.ask<Reading>('snapshot', 'kn.xlsx');
  expect(workbook.snapshot.hash).toBe(database.snapshot.hash);
  expect(workbook.upload).not.toBeNull();
  expect((await school.ask<Reading>('snapshot', '--again')).upload).not.toBeNull();
});

test('sync --database plans the same as the workbook, and a second call joins it', async () => {
  await school.run(['settings', 'set', 'mode', 'snapshot-only']);
  const first = await school.run(['sync', '--database']);
  expect(first.stdout).toContain("It reads KnowledgeNET's database.");
  expect(first.stdout).toMatch(/approve plan/);
  const second = await school.run(['sync', '--database', '--no-wait']);
  expect(second.stdout).toContain('A sync with this source is under way already');
  expect((await school.run(['sync', 'kn.xlsx', '--no-wait'])).code).not.toBe(0);
  await school.run(['cancel', '--yes']);
});

test('a rollover starts without any file and reads the database', async () => {
  const started = await school.run(['start', '2027']);
  expect(started.stdout).toContain("KnowledgeNET's database is read once gate knowledgenet is approved");
  for (const gate of ['backups', 'knowledgenet']) {
    const { gate: open, hash } = await waiting(gate);
    expect((await school.run(['approve', open, '--hash', hash, '--yes'])).code).toBe(0);
  }
  const data = await waiting('data');
  expect(data.counts['person']).toBe(people.students.length + people.teachers.length);
});

interface Waiting {
  readonly gate: string;
  readonly hash: string;
  readonly counts: Record<string, number>;
}

/** The gate, once it is open. */
async function waiting(gate: string): Promise<Waiting> {
  for (let tries = 0; tries < 100; tries++) {
    const { status } = await school.ask<{ status: { open: Waiting | null } | null }>('status');
    if (status?.open?.gate === gate) return status.open;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Gate ${gate} did not open.`);
}
