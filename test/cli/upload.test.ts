/** Local files on their way into the journal. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectSealedIds } from '../../data/journal/passwords.js';
import { readUpload, selectUpload } from '../../data/journal/uploads.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { readFiles } from '../../data/knowledgenet/files/files-on-disk.js';
import { createCliSchool, type CliSchool } from './school.js';

const people = sampleSchool({ year: 2027, students: 24, passwords: true });
const passwords = [...people.students, ...people.teachers].map((person) => person.password ?? '');
let school: CliSchool;
let folder: string;

beforeAll(async () => {
  school = await createCliSchool();
  folder = await mkdtemp(join(tmpdir(), 'rollover-files-'));
  await writeFile(join(school.folder, 'kn.xlsx'), toWorkbook(people, 'xlsx'));
});
afterAll(async () => {
  await school?.close();
  await rm(folder, { recursive: true, force: true });
});

test('a folder is its CSV files, hidden ones and others left out', async () => {
  for (const name of ['students.csv', 'groups.CSV', '.teachers.csv', 'notes.docx'])
    await writeFile(join(folder, name), 'x');
  expect((await readFiles(folder, '/', 1000)).map((file) => file.name)).toEqual([
    'groups.CSV',
    'students.csv',
  ]);
});

test('what cannot be read is said by its name', async () => {
  await mkdir(join(folder, 'empty'));
  await symlink('/nowhere', join(folder, 'dangling.xlsx'));
  await expect(readFiles('missing.xlsx', folder, 1000)).rejects.toThrow('"missing.xlsx" does not exist.');
  await expect(readFiles('dangling.xlsx', folder, 1000)).rejects.toThrow('"dangling.xlsx" does not exist.');
  await expect(readFiles('empty', folder, 1000)).rejects.toThrow('The folder holds no CSV file.');
});

test('a file past the limit is refused before it is read', async () => {
  await writeFile(join(folder, 'large.xlsx'), Buffer.alloc(2000));
  await expect(readFiles('large.xlsx', folder, 1999)).rejects.toMatchObject({ code: 'SourceTooLarge' });
});

async function expectNoPassword(uploadId: number): Promise<void> {
  const [file] = await readUpload(school.journal, uploadId);
  // a workbook is packed: what stands in it is looked for in its reading, in other tests; here in our own rows
  const { read, utils } = await import('@e965/xlsx');
  const workbook = read(Buffer.from(file?.bytes ?? []), { type: 'buffer' });
  const text = JSON.stringify(workbook.SheetNames.map((name) => utils.sheet_to_json(workbook.Sheets[name]!)));
  expect(text).toContain(people.students[0]?.externalId);
  for (const password of passwords) expect(text).not.toContain(password);
}

test('without a key no password is kept at all; without a worker the upload still is', async () => {
  const { upload } = await school.ask<{ upload: { uploadId: number } }>('snapshot', 'kn.xlsx', '--no-wait');
  const stored = await selectUpload(school.journal, upload.uploadId);
  expect(stored.passwordsFound).toBe(passwords.length);
  expect(stored.passwordsSealed).toBe(0);
  expect(stored.sha256).not.toBe(stored.originalSha256);
  expect(await selectSealedIds(school.journal, upload.uploadId)).toEqual(new Set());
  await expectNoPassword(upload.uploadId);
});

test('with a key every password is sealed beside the upload', async () => {
  const env = { ROLLOVER_PASSWORD_KEY: randomBytes(32).toString('base64') };
  const ended = await school.run(['snapshot', 'kn.xlsx', '--no-wait', '--json'], { env });
  const { uploadId } = ended.json<{ upload: { uploadId: number } }>().upload;
  expect((await selectSealedIds(school.journal, uploadId)).size).toBe(passwords.length);
  await expectNoPassword(uploadId);
  for (const password of passwords) expect(ended.stdout + ended.stderr).not.toContain(password);
});

test('a sync does not store again what can be read again with everything that belongs to it', async () => {
  interface Told {
    readonly upload: { readonly uploadId: number; readonly storedBefore: string | null };
  }
  // without a worker a second sync could not ask the first one what it reads
  const end = () => school.temporal.client.workflow.getHandle('sync/kowhai').terminate();
  const sync = async (env: Record<string, string> = {}): Promise<Told['upload']> => {
    const told = await school.run(['sync', 'again.xlsx', '--no-wait', '--json'], { env });
    await end();
    return told.json<Told>().upload;
  };
  await writeFile(join(school.folder, 'again.xlsx'), toWorkbook({ ...people, year: 2028 }, 'ods'));
  const key = { ROLLOVER_PASSWORD_KEY: randomBytes(32).toString('base64') };
  const first = await sync();
  expect(first.storedBefore).toBeNull();
  const again = await sync();
  expect(again).toMatchObject({ uploadId: first.uploadId });
  expect(again.storedBefore).toMatch(/^20\d\d-/);
  const { stdout } = await school.run(['sync', 'again.xlsx', '--no-wait']);
  await end();
  expect(stdout).toMatch(/Upload \d+: again\.xlsx, SHA-256 \w{12}…, stored before \(20/);
  // now its passwords are wanted, and they were not kept then
  const withKey = await sync(key);
  expect(withKey.uploadId).toBeGreaterThan(first.uploadId);
  expect((await sync(key)).uploadId).toBe(withKey.uploadId);
  // a run has ended, and they are deleted
  await school.db.raw('DELETE FROM ??', [
    `${school.journal.db.client.config.connection.database}.sealed_password`,
  ]);
  expect((await sync(key)).uploadId).toBeGreaterThan(withKey.uploadId);
});

test('a file that is no workbook is refused and leaves nothing', async () => {
  await writeFile(join(school.folder, 'broken.xlsx'), 'this is no workbook');
  const { code, stderr } = await school.run(['snapshot', 'broken.xlsx']);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^SourceUnreadable: /);
});

test('status without a worker says why nothing moves', async () => {
  expect((await school.run(['start', '2027', '--no-wait'])).code).toBe(0);
  const { stdout, code } = await school.run(['status']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/No worker is running, so nothing moves\. Start one: rollover worker/);
  const decided = await school.run(['approve', '--hash', 'abcdef01']);
  expect(decided.code).toBe(5);
  expect(decided.stderr).toMatch(/^WorkerUnavailable: /);
});

test('a run that was terminated in Temporal holds nothing for ever [T43]', async () => {
  const { client } = school.temporal;
  await client.workflow.getHandle('rollover/kowhai/2027').terminate();
  await school.db.raw('UPDATE ?? SET holder = ?', [
    `${school.journal.db.client.config.connection.database}.target`,
    'sync/kowhai',
  ]);
  const { code, stderr } = await school.run(['start', '2027', '--no-wait']);
  expect(stderr).toMatch(/sync\/kowhai has ended without letting go/);
  expect(code).toBe(0);
});
