/** `bin/demo` as a person runs it, in a folder of its own. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../data/database/connect.js';
import { rolloverYear } from '../../embedded/demo/home.js';
import { findMariadb } from '../../embedded/mariadb.js';
import { isAlive } from '../../embedded/process.js';
import { brokenInvariants, invariantsPath, readInvariants } from '../support/invariants.js';
import { makeTestFolder } from '../support/folder.js';
import { describeWhere } from '../support/needs.js';
import { killAll, startProcess, type TestProcess } from '../support/processes.js';

const folder = makeTestFolder('demo');
const MINUTES = 60_000;

function demo(...args: string[]): TestProcess {
  return startProcess('bin/demo', args, {
    env: { ROLLOVER_DEMO_FOLDER: folder, ROLLOVER_TEST_DATABASE: '' },
  });
}

/** Ids of the processes that this demonstration has noted down. */
function pids(): number[] {
  return ['mariadb/mariadb.json', 'temporal/temporal.json', 'worker.json']
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid);
}

/** What is broken in the demonstration's Moodle; nothing is looked for where the queries are not at hand. */
async function soundness(): Promise<object> {
  if (invariantsPath() === null) return {};
  const { port, password } = JSON.parse(readFileSync(join(folder, 'mariadb/mariadb.json'), 'utf8')) as {
    port: number;
    password: string;
  };
  const db = openPool({ host: '127.0.0.1', port, user: 'root', password }, { max: 1 });
  try {
    return await brokenInvariants(db, { database: 'moodle', prefix: 'mdl_' }, await readInvariants());
  } finally {
    await db.destroy();
  }
}

afterAll(async () => {
  await demo('--stop').ended;
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

describeWhere((await findMariadb()) !== undefined, 'MariaDB is not installed', 'bin/demo', () => {
  test(
    'brings a school into Moodle and waits at the first gate; a second one finds that',
    { timeout: 15 * MINUTES },
    async () => {
      const first = demo('--students', '40');
      expect(await first.ended, first.output()).toBe(0);
      expect(first.output()).toMatch(/bin\/rollover approve backups --hash [0-9a-f]+/);
      expect(first.output()).toMatch(/Temporal UI +http:\/\/127\.0\.0\.1:\d+/);
      const running = pids();
      expect(running.map(isAlive)).toEqual([true, true, true]);
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);

      const second = demo();
      expect(await second.ended, second.output()).toBe(0);
      expect(second.output()).toContain('was running');
      expect(second.output()).toMatch(/approve backups/);
      expect(pids()).toEqual(running);
    },
  );

  test('ends everything it started, and nothing else', { timeout: 5 * MINUTES }, async () => {
    const other = startProcess('sleep', ['300']);
    const running = pids();
    const stop = demo('--stop');
    expect(await stop.ended, stop.output()).toBe(0);
    expect(running.map(isAlive)).toEqual([false, false, false]);
    expect(isAlive(other.pid)).toBe(true);
    await other.kill();
  });

  test('goes on where it was, through every gate, and reports', { timeout: 15 * MINUTES }, async () => {
    const all = demo('--approve-all');
    expect(await all.ended, all.output()).toBe(0);
    expect(all.output()).not.toContain('Last year');
    for (const gate of ['backups', 'knowledgenet', 'data', 'plan', 'tidy', 'removals'])
      expect(all.output()).toContain(`gate ${gate} approved`);
    expect(await soundness()).toEqual({});
    const again = demo('--approve-all');
    expect(await again.ended, again.output()).toBe(0);
  });

  test('an interrupted start leaves nothing running', { timeout: 5 * MINUTES }, async () => {
    expect(await demo('--stop').ended).toBe(0);
    const begun = demo();
    await begun.waitFor('MariaDB on');
    process.kill(begun.pid, 'SIGINT');
    expect(await begun.ended).toBe(130);
    expect(pids().map(isAlive)).toEqual([false, false, false]);
  });

  test('two that are started at once have one state between them', { timeout: 5 * MINUTES }, async () => {
    const both = [demo(), demo()];
    for (const one of both) expect(await one.ended, one.output()).toBe(0);
    expect(both.filter((one) => one.output().includes('was running'))).toHaveLength(1);
    expect(pids().map(isAlive)).toEqual([true, true, true]);
  });

  test('says what it does not understand in one sentence', async () => {
    const wrong = demo('--perhaps');
    expect(await wrong.ended).toBe(2);
    expect(wrong.output().trim().split('\n').at(-1)).toBe(
      'UsageInvalid: This is not an option of bin/demo; bin/demo --help lists them. See `rollover help`.',
    );
  });
});

test('in the second half of a year the next one is rolled into', () => {
  expect(rolloverYear(new Date(2026, 11, 1))).toBe(2027);
  expect(rolloverYear(new Date(2027, 0, 10))).toBe(2027);
});
