/** A server with narrow limits gets a whole school in batches of the usual size. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { readUpload, storeUpload } from '../../data/journal/uploads.js';
import { startMariadb, type EmbeddedMariadb } from '../../embedded/mariadb.js';
import { createStage, type Stage } from '../survival/stage.js';
import { describeWithMoodle } from '../support/database.js';
import { makeTestFolder } from '../support/folder.js';
import { killAll } from '../support/processes.js';

const STUDENTS = 1_500;

describeWithMoodle('a server with max_allowed_packet 1 MB, wait_timeout 5 s and no strict mode', () => {
  let folder: string;
  let mariadb: EmbeddedMariadb;
  let stage: Stage;

  beforeEach(async () => {
    folder = makeTestFolder('small-server');
    mariadb = await startMariadb(folder);
    stage = await createStage(mariadb.address, STUDENTS);
    await mariadb.stop();
    mariadb = await startMariadb(folder, {
      extraArguments: ['--max-allowed-packet=1M', '--wait-timeout=5', '--sql-mode='],
    });
  }, 300_000);
  afterEach(async () => {
    await stage.close();
    await mariadb.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(killAll);

  test('takes a large workbook and a whole school', { timeout: 300_000 }, async () => {
    const { journal } = stage.plans.disturbed.school;
    const bytes = randomBytes(3_000_000);
    const sha256 = '0'.repeat(64);
    const uploadId = await storeUpload(journal, {
      files: [{ name: 'kn.xlsx', bytes }],
      sha256,
      originalSha256: sha256,
      reading: 'complete',
      passwordsFound: 0,
      sealed: [],
      uploadedBy: 'test',
    });
    const [file] = await readUpload(journal, uploadId);
    expect(Buffer.compare(Buffer.from(file?.bytes ?? []), bytes)).toBe(0);

    const worker = await stage.startWorker();
    const result = await (await stage.apply('disturbed', {})).result();
    const { changes } = stage.plans.disturbed;
    expect(result).toEqual({ ended: 'done', pending: 0, applied: changes, satisfied: 0, conflict: 0 });
    await worker.stop();
  });
});
