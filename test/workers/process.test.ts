/** A worker as a process: healthy, measured, and stopped in the middle of applying without losing or doubling anything. */
import { appendFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { select } from '../../data/journal/journal.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { decide, status } from '../../workflows/messages.js';
import { createCliSchool, type CliSchool } from '../cli/school.js';
import { testServer } from '../support/database.js';
import { killAll, startScript, type TestProcess } from '../support/processes.js';

const entry = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));
let school: CliSchool;
let ports: { readonly health: number; readonly metrics: number };

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function startWorker(): Promise<TestProcess> {
  const worker = startScript(entry, [], {
    env: { TEST_DATABASE_PASSWORD: testServer().password, ROLLOVER_CONFIG: school.configuration.path },
  });
  await worker.waitFor('Worker started');
  return worker;
}

async function ask(path: string, port = ports.health): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

async function countApplied(): Promise<number> {
  const statement = `SELECT COUNT(*) AS count FROM plan_change WHERE state = 'applied'`;
  const [row] = await select<{ count: number }>(school.journal.db, statement);
  return row?.count ?? 0;
}

/** Reads a workbook and approves its plan, which is written in batches of one or two for as long as a slice may last. */
async function startApplying(file: string, sliceMs: number): Promise<WorkflowHandle> {
  const read = await school.ask<{ snapshot: { uploadId: number } }>('snapshot', file);
  const { client } = school.temporal;
  const handle = await client.workflow.start('sync', {
    workflowId: 'sync/kowhai',
    taskQueue: 'rollover',
    args: [
      {
        school: 'kowhai',
        uploadId: read.snapshot.uploadId,
        startedBy: 'kiri',
        tuning: { batch: { category: 1, user: 1, course: 1, enrolment: 2 }, sliceMs },
      },
    ],
  });
  const opened = async () => (await handle.query(status)).open;
  await expect.poll(async () => (await opened())?.gate, { timeout: 60_000 }).toBe('plan');
  const open = await opened();
  await handle.executeUpdate(decide, {
    args: [
      {
        decisionId: file,
        gate: 'plan',
        opening: open!.opening,
        hash: open!.hash,
        verdict: 'approve',
        by: 'kiri',
        withoutBackup: true,
        beyondUsual: true,
      },
    ],
  });
  return handle;
}

async function countPending(): Promise<number> {
  const statement = `SELECT COUNT(*) AS count FROM plan_change WHERE state = 'pending'`;
  const [row] = await select<{ count: number }>(school.journal.db, statement);
  return row?.count ?? 0;
}

function twiceInMoodle(): Promise<unknown[]> {
  return select(
    school.db,
    `SELECT idnumber FROM \`${school.moodle}\`.mdl_user WHERE idnumber <> '' GROUP BY idnumber HAVING COUNT(*) > 1`,
  );
}

beforeAll(async () => {
  school = await createCliSchool();
  ports = { health: await freePort(), metrics: await freePort() };
  await appendFile(
    school.configuration.path,
    `monitoring:\n  health: { port: ${ports.health} }\n  metrics: { port: ${ports.metrics} }\n`,
  );
  await writeFile(
    join(school.folder, 'kn.xlsx'),
    toWorkbook(sampleSchool({ year: 2027, students: 120 }), 'xlsx'),
  );
  await school.run(['settings', 'set', 'groupTypes.default.provisioning', 'enabled']);
  await school.run(['settings', 'set', 'mode', 'snapshot-only']);
});
afterAll(async () => {
  await killAll();
  await school?.close();
});

test('says that it is alive and ready', async () => {
  const worker = await startWorker();
  expect(await ask('/healthz')).toEqual({ status: 200, text: '{"status":"ok"}\n' });
  await expect.poll(async () => (await ask('/readyz')).status).toBe(200);
  expect(JSON.parse((await ask('/readyz')).text)).toEqual({
    status: 'ready',
    checks: { worker: 'ok', temporal: 'ok', 'journal kowhai': 'ok' },
  });
  expect(await worker.stop()).toBe(0);
  await expect(ask('/healthz')).rejects.toThrow();
});

test(
  'told to stop while it applies, it finishes its slice and another one finishes the run',
  { timeout: 240_000 },
  async () => {
    const first = await startWorker();
    const handle = await startApplying('kn.xlsx', 500);
    await expect.poll(countApplied, { timeout: 60_000, interval: 50 }).toBeGreaterThan(5);
    expect(await first.stop(60_000)).toBe(0);
    expect(first.output()).toMatch(/Worker drains/);
    const between = await countApplied();
    const second = await startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    expect(await countApplied()).toBeGreaterThan(between);
    expect(await twiceInMoodle()).toEqual([]);
    const { text } = await ask('/metrics', ports.metrics);
    expect(text).toMatch(/rollover_changes_total\{[^}]*kind="(user|enrolment|course)"[^}]*\} [1-9]/);
    expect(text).toMatch(/school="kowhai"/);
    expect(text).toMatch(/rollover_batches_total(\{[^}]*\})? [1-9]/);
    expect(text).not.toMatch(/Zwaluw|@/);
    expect(await second.stop()).toBe(0);
  },
);

test(
  'told twice while it applies, it ends at once without finishing, and another one does',
  { timeout: 240_000 },
  async () => {
    const first = await startWorker();
    const more = sampleSchool({ year: 2027, students: 160, seed: 'more' });
    await writeFile(join(school.folder, 'more.xlsx'), toWorkbook(more, 'xlsx'));
    const handle = await startApplying('more.xlsx', 60_000);
    const before = await countApplied();
    await expect.poll(countApplied, { timeout: 60_000, interval: 50 }).toBeGreaterThan(before);
    process.kill(first.pid, 'SIGTERM');
    process.kill(first.pid, 'SIGINT');
    expect([130, 143]).toContain(await first.ended);
    expect(await countPending()).toBeGreaterThan(0);
    const second = await startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    expect(await countPending()).toBe(0);
    expect(await twiceInMoodle()).toEqual([]);
    expect(await second.stop()).toBe(0);
  },
);
