/** `rollover forget`, `retention` and `codec-server` as somebody types them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { write } from '../../data/journal/journal.js';
import { readUpload, storeUpload } from '../../data/journal/uploads.js';
import {
  createJournalSchool,
  keepReading,
  sampleReading,
  usualMemberships,
  type JournalSchool,
} from '../cli/journal-school.js';
import { runCommand } from '../cli/school.js';

let own: JournalSchool;
let older: number;

beforeAll(async () => {
  own = await createJournalSchool();
  older = await keepReading(own.journal, sampleReading(usualMemberships));
  await keepReading(own.journal, sampleReading(usualMemberships));
});
afterAll(async () => own?.close());

describe('rollover forget', () => {
  test('asks, and forgets nobody where nobody can answer', async () => {
    const { code, stdout, stderr } = await own.run('forget', '01002');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('say --yes');
    expect(stderr).toContain('2 snapshots');
    expect((await own.run('explain', '01002')).code).toBe(0);
  });

  test('wants a person, and one that is known', async () => {
    expect((await own.run('forget')).code).toBe(2);
    const { code, stderr } = await own.run('forget', 'NOBODY', '--yes');
    expect(code).toBe(8);
    expect(stderr).toContain('knows nobody');
  });

  test('a mistyped id does not cost an upload that was never read, unless that is said', async () => {
    const files = [{ name: 'unread.xlsx', bytes: Buffer.from('not read yet') }];
    const sha256 = 'c'.repeat(64);
    const uploadId = await storeUpload(own.journal, {
      files,
      sha256,
      originalSha256: sha256,
      reading: 'complete',
      passwordsFound: 0,
      sealed: [],
      uploadedBy: 'kiri',
    });
    const { code, stderr } = await own.run('forget', 'NOBODY', '--yes');
    expect(code).toBe(8);
    expect(stderr).toMatch(new RegExp(`knows nobody.*\\(${uploadId}\\) that nobody has read.*--unread`));
    expect(await readUpload(own.journal, uploadId)).toHaveLength(1);
    expect((await own.run('forget', 'NOBODY', '--unread', '--yes')).code).toBe(0);
    await expect(readUpload(own.journal, uploadId)).rejects.toMatchObject({ code: 'UploadNotFound' });
  });

  test('forgets, answers as JSON in counts and ids of ours, and says so the next time', async () => {
    const { code, stdout } = await own.run('forget', '01002', '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ forgotten: true, alsoLink: false, uploads: [] });
    expect(stdout).not.toMatch(/O'Brien|"sam"/);
    expect((await own.run('explain', '01002')).code).toBe(8);
    const again = await own.run('forget', '01002', '--yes');
    expect(again.code).toBe(8);
    expect(again.stderr).toMatch(/was forgotten on \d{4}-\d\d-\d\d/);
  });
});

describe('rollover retention', () => {
  test('shows what has had its time and deletes nothing', async () => {
    expect((await own.run('retention')).stdout).toContain('Nothing is older than 200 days');
    const back = 'UPDATE snapshot SET created_at = created_at - INTERVAL 300 DAY WHERE id = ?';
    await write(own.journal.db, back, [older]);
    const json = (await own.run('retention', '--json')).json<object>();
    expect(json).toMatchObject({ days: 200, snapshots: [older], uploads: [], deleted: false });
    expect((await own.run('findings', String(older))).code).toBe(0);
  });

  test('with --now asks, and deletes nothing where nobody can answer', async () => {
    const { code, stderr } = await own.run('retention', '--now');
    expect(code).toBe(2);
    expect(stderr).toContain('say --yes');
    expect((await own.run('findings', String(older))).code).toBe(0);
  });

  test('deletes what is due when told so', async () => {
    const json = (await own.run('retention', '--now', '--yes', '--json')).json<object>();
    expect(json).toMatchObject({ snapshots: [older], deleted: true });
    expect((await own.run('findings', String(older))).code).toBe(3);
    expect((await own.run('retention')).stdout).toContain('Nothing is older');
  });
});

describe('rollover codec-server', () => {
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollover-codec-'));
    path = join(folder, 'rollover.yaml');
    const content = {
      temporal: { address: '127.0.0.1:1' },
      journal: { schema: 'none' },
      encryption: { keyId: 'k1', keyFiles: { k1: 'key' } },
      schools: {
        kowhai: {
          name: 'Kōwhai',
          database: { host: '127.0.0.1', user: 'nobody', passwordEnv: 'TEST_DATABASE_PASSWORD' },
          moodle: { database: 'none' },
        },
      },
    };
    await writeFile(path, JSON.stringify(content));
    await writeFile(join(folder, 'key'), Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
    await writeFile(join(folder, 'empty'), '\n');
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  test('says that nothing is sealed where no keys are configured', async () => {
    const { code, stderr } = await own.run('codec-server');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^ConfigInvalid: .*nothing is sealed/);
  });

  test.each([
    [['--host', '0.0.0.0'], /needs a token/],
    [['--port', 'http'], /A port is a number/],
    [['--port', '70000'], /A port is a number/],
    [['--token-file', 'empty'], /is empty/],
    [['--token-file', 'missing'], /cannot be read \(ENOENT\)/],
  ])('refuses %j before it listens', async (args, words) => {
    const ended = await runCommand(['codec-server', ...args], {
      env: { ROLLOVER_CONFIG: path, TEST_DATABASE_PASSWORD: 'x' },
      cwd: folder,
    });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(words);
  });
});
