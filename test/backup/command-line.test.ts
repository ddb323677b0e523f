/** `rollover backup` with a worker, a Temporal server and a database. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer } from '../support/database.js';
import { createCliSchool, type CliSchool } from '../cli/school.js';

let own: CliSchool;

beforeAll(async () => {
  own = await createCliSchool({ sections: { backups: { folder: 'dumps' } } });
  await own.startWorker();
}, 120_000);
afterAll(async () => {
  await own?.close();
});

interface Made {
  readonly id: number;
  readonly file: string;
  readonly sha256: string;
  readonly takenAt: string;
}

test('makes, lists, verifies and deletes a dump; no password or person in what Temporal keeps', async () => {
  const made = await own.ask<Made>('backup');
  expect(made.file).toContain(join(own.folder, 'dumps'));
  expect(made.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(made.takenAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(await own.ask('backup', 'list')).toMatchObject({ total: 1, items: [{ id: made.id, kind: 'made' }] });
  expect(await own.ask('backup', 'verify')).toMatchObject({ backupId: made.id, how: 'restored' });
  const { stdout } = await own.run(['backup', 'list']);
  expect(stdout).toContain('restored and counted');
  expect((await own.run(['backup', 'delete', String(made.id)])).code).toBe(2);
  expect(existsSync(made.file)).toBe(true);
  const refused = await own.run(['backup', 'delete', String(made.id)], { typed: 'n\n' });
  expect(refused.stderr).toContain('Nothing was deleted');
  const history = await own.temporal.client.workflow.getHandle('backup/kowhai').fetchHistory();
  const texts = JSON.stringify(history);
  if (testServer().password !== '') expect(texts).not.toContain(testServer().password);
  expect(await own.ask('backup', 'delete', String(made.id), '--yes')).toMatchObject({ fileDeleted: true });
  expect(existsSync(made.file)).toBe(false);
  expect((await own.run(['backup', 'verify'])).code).toBe(8);
}, 120_000);

test('a dump elsewhere is kept on a word with its time; without a time it is refused', async () => {
  const word = ['backup', 'name', '--elsewhere', 'nightly dump on the NAS'];
  expect((await own.run(word)).code).toBe(2);
  expect((await own.run([...word, '--at', 'soon'])).code).toBe(2);
  const { backupId } = await own.ask<{ backupId: number }>(...word, '--at', '2026-01-05T02:30Z');
  expect(await own.ask('backup', 'list')).toMatchObject({
    items: [{ id: backupId, kind: 'elsewhere', statement: 'nightly dump on the NAS', by: 'kiri' }],
  });
  expect((await own.run(['backup', 'name', join(own.folder, 'none.sql')])).code).toBe(8);
}, 60_000);
