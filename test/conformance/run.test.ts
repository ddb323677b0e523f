/** The program that others run on their own recordings: what it prints, and how it ends. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWithMoodle, sharedMoodle, testServer } from '../support/database.js';

interface Ending {
  readonly code: number;
  readonly lines: readonly string[];
}

const program = fileURLToPath(new URL('./run.ts', import.meta.url));

function run(...files: readonly string[]): Promise<Ending> {
  const { host, port, user, password } = testServer();
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const env = { ...process.env, ROLLOVER_TEST_DATABASE: `mysql://${account}@${host}:${port}` };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', program, ...files], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, lines: `${stdout}${stderr}`.split('\n').filter((one) => one !== '') });
    });
  });
}

interface Recorded {
  readonly traces: {
    readonly label: string;
    readonly tables: Record<string, { inserted: Record<string, unknown>[] }>;
  }[];
}

/** Each run loads a whole Moodle. */
vi.setConfig({ testTimeout: 300_000 });

describeWithMoodle('the conformance program', () => {
  let folder: string;
  const dump = join(sharedMoodle() ?? '', 'moodle-4.5.sql.gz');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conformance-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function recorded(change: (file: Recorded) => void): Promise<string> {
    const all = JSON.parse(await readFile(join(sharedMoodle() ?? '', 'traces-4.5.json'), 'utf8')) as Recorded;
    const some = { ...all, traces: all.traces.slice(0, 5) };
    change(some);
    const file = join(folder, `${Math.random()}.json`);
    await writeFile(file, JSON.stringify(some));
    return file;
  }

  test('says equal and not ours, and ends well', async () => {
    expect(await run(await recorded(() => undefined), dump)).toEqual({
      code: 0,
      lines: [
        'equal      category.create.top',
        'equal      category.create.sub',
        'equal      category.create.top2',
        'equal      user.create.manual',
        'not ours   user.create.minimal',
        '4 equal, 0 differing, 1 not ours',
      ],
    });
  });

  test('names the table and column that differ, and ends with 1', async () => {
    const file = await recorded(({ traces }) => {
      Object.assign(traces[3]?.tables['user']?.inserted[0] ?? {}, { maildisplay: 1 });
      Object.assign(traces[1] ?? {}, { label: 'a.label.nobody.knows', operation: 'unheard_of' });
    });
    const { code, lines } = await run(file, dump);
    expect(code).toBe(1);
    expect(lines).toContain('differing  user.create.manual: user.maildisplay');
    expect(lines).toContain('not ours   a.label.nobody.knows');
    expect(lines.at(-1)).toBe('2 equal, 1 differing, 2 not ours');
  });

  test('ends with 2 when it cannot be tried', async () => {
    expect((await run()).code).toBe(2);
    expect((await run(join(folder, 'absent.json'), dump)).code).toBe(2);
  });
});
