/** The command line as processes of its own: the worker, Ctrl-C, a reader that goes away. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { killAll, startProcess, startScript, type TestProcess } from '../support/processes.js';
import { testServer } from '../support/database.js';
import { createCliSchool, type CliSchool } from './school.js';

const entry = fileURLToPath(new URL('../../cli/rollover.ts', import.meta.url));
let school: CliSchool;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  school = await createCliSchool();
  env = {
    TEST_DATABASE_PASSWORD: testServer().password,
    ROLLOVER_CONFIG: school.configuration.path,
    ROLLOVER_ACCOUNT: 'kiri',
    NO_COLOR: '1',
  };
  await writeFile(
    join(school.folder, 'kn.xlsx'),
    toWorkbook(sampleSchool({ year: 2027, students: 24 }), 'xlsx'),
  );
});
afterAll(async () => {
  await killAll();
  await school?.close();
});

function rollover(...args: string[]): TestProcess {
  return startScript(entry, args, { env });
}

test('a worker does the work until it is told to stop, and then ends well', async () => {
  const worker = rollover('worker');
  await worker.waitFor('Ctrl-C stops it in good order');
  const ended = await school.run(['snapshot', 'kn.xlsx']);
  expect(ended.stderr).toBe('');
  expect(ended.stdout).toMatch(/Snapshot \d+/);
  expect(await worker.stop()).toBe(0);
  expect(worker.output()).toMatch(/The worker has stopped\./);
});

test('a worker without Temporal says so in one sentence', async () => {
  const worker = startScript(entry, ['worker'], { env: { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' } });
  expect(await worker.ended).toBe(5);
  expect(worker.output()).toMatch(/^TemporalUnavailable: .*127\.0\.0\.1:1/m);
  expect(worker.output()).not.toMatch(/^\s+at /m);
});

test('Ctrl-C ends a verb that only looks on', async () => {
  expect((await school.run(['start', '2027', '--no-wait'])).code).toBe(0);
  const watching = rollover('status', '--watch');
  await watching.waitFor(/no worker is running|starting/);
  process.kill(watching.pid, 'SIGINT');
  expect(await watching.ended).toBe(130);
});

test('a reader that goes away ends it quietly', async () => {
  const command = `"${process.execPath}" --import tsx "${entry}" findings --csv | true`;
  const shell = startProcess('/bin/bash', ['-o', 'pipefail', '-c', command], { env });
  expect(await shell.ended).toBe(0);
  expect(shell.output()).toBe('');
});
