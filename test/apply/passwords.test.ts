/** Initial passwords: sealed before they are stored, hashed after approval, gone when the run has ended. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from 'unixcrypt';
import {
  deletePasswords,
  insertSealedPasswords,
  selectPasswordHashes,
  selectSealedIds,
} from '../../data/journal/passwords.js';
import { emptyPasswords } from '../../data/knowledgenet/files/passwords.js';
import { PasswordKey } from '../../data/passwords/key.js';
import { sealPassword } from '../../data/passwords/seal.js';
import { hashPlanPasswords } from '../../data/stages/hash-passwords.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { uploadFiles } from '../support/read-school.js';
import { takeSnapshot } from '../../data/stages/take-snapshot.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

describeWithMoodle('initial passwords', () => {
  let own: TestSchool;
  const key = new PasswordKey(randomBytes(32));
  const sample = sampleSchool({ seed: 'passwords', year: 2027, students: 12, passwords: true });

  beforeAll(async () => {
    own = await createSchool('4.5', openSettings(2027, 'disabled'));
  });
  afterAll(async () => own.close());

  test(
    'reach new accounts as Moodle hashes them, and nothing of them stays in the journal',
    { timeout: 180_000 },
    async () => {
      const { school } = own;
      // a change of id in the same file: the password goes with the person
      const [, renamed] = sample.students;
      renamed!.newExternalId = 'NEW-4711';
      const emptied = await emptyPasswords([{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }]);
      expect(emptied.passwords.length).toBe(sample.students.length + sample.teachers.length);
      const uploadId = await uploadFiles(school, emptied.files);
      await insertSealedPasswords(
        school.journal,
        uploadId,
        emptied.passwords.flatMap(({ externalId, password }) => {
          const sealed = sealPassword(key, school.code, externalId, password);
          return sealed === null ? [] : [{ externalId, sealed }];
        }),
      );
      const { snapshotId } = await takeSnapshot(school, uploadId, {
        limits: {},
        passwordKeyConfigured: true,
      });
      const stored = await planSnapshot(school, snapshotId);
      let hashed = 0;
      const signal = new AbortController().signal;
      expect(
        await hashPlanPasswords(school, key, stored.planId, uploadId, signal, (count) => (hashed = count)),
      ).toEqual({
        hashed: emptied.passwords.length,
        refused: 0,
      });
      expect(hashed).toBe(emptied.passwords.length);
      // a second time there is nothing left to hash
      expect(
        (await hashPlanPasswords(school, key, stored.planId, uploadId, signal, () => undefined)).hashed,
      ).toBe(0);
      await applyStored(school, stored);

      const [rows] = (await school.db.raw(
        `SELECT idnumber, password FROM \`${school.moodle.database}\`.mdl_user WHERE idnumber <> ''`,
      )) as unknown as [{ idnumber: string; password: string }[]];
      const written = new Map(rows.map((row) => [row.idnumber, row.password]));
      const idOf = (id: string): string => (id === renamed!.externalId ? 'NEW-4711' : id);
      expect(emptied.passwords.slice(0, 3).map((one) => one.externalId)).toContain(renamed!.externalId);
      for (const { externalId, password } of emptied.passwords.slice(0, 3))
        expect(verify(password, written.get(idOf(externalId)) ?? '')).toBe(true);

      const texts = await everything(school.db, own.school.journalSchema);
      for (const { password } of emptied.passwords) expect(texts.includes(password)).toBe(false);
      await deletePasswords(school.journal, uploadId);
      expect(await selectSealedIds(school.journal, uploadId)).toEqual(new Set());
      expect((await selectPasswordHashes(school.journal, stored.planId, ['nobody'])).size).toBe(0);
    },
  );
});

/** Every text and blob of the journal in one string; the upload's own bytes are a zip whose parts are read apart. */
async function everything(db: TestSchool['school']['db'], schema: string): Promise<string> {
  const [tables] = (await db.raw(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
    [schema],
  )) as unknown as [{ name: string }[]];
  let text = '';
  for (const { name } of tables) {
    const [rows] = (await db.raw('SELECT * FROM ??', [name])) as unknown as [Record<string, unknown>[]];
    for (const row of rows)
      for (const value of Object.values(row))
        text += Buffer.isBuffer(value) ? value.toString('latin1') : `${String(value)}\n`;
  }
  return text;
}
