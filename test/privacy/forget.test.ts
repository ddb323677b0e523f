/** A person who is forgotten stands nowhere in the journal any more; everybody else does as before. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { forgetPerson, findTraces, whenForgotten } from '../../data/forgetting/forget.js';
import { selectAltered } from '../../data/forgetting/pages.js';
import { select, write } from '../../data/journal/journal.js';
import { storeLinkAnswer } from '../../data/journal/links.js';
import {
  insertPasswordHashes,
  insertSealedPasswords,
  putRenamedPasswords,
  selectSealedIds,
} from '../../data/journal/passwords.js';
import { beginRun, insertComment, insertOpening } from '../../data/journal/runs.js';
import { readPlacedSnapshot, selectSnapshotHeader } from '../../data/journal/snapshots.js';
import { readUpload } from '../../data/journal/uploads.js';
import { sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toCsvFolder } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { columnsWith, journalTexts } from '../support/journal-texts.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';

const planted = {
  externalId: 'ZQ77123',
  firstName: 'Tūmanako',
  surname: 'Zwaluwfeather',
  login: 'tzwaluw',
  email: 'tzwaluw@planted.test',
  nsn: '991234567',
};
const words = Object.values(planted);
const plain = sampleSchool({ seed: 'forget', year: 2027, students: 40 });

function withPlanted(change: Partial<typeof planted> = {}): SampleSchool {
  const [first, ...rest] = plain.students;
  const person = { ...first!, ...planted, ...change };
  const groups = plain.groups.map((group) => ({
    ...group,
    ...('members' in group
      ? {
          members: (group.members as string[]).map((id) =>
            id === first!.externalId ? person.externalId : id,
          ),
        }
      : {}),
  }));
  return { ...plain, students: [person, ...rest], groups };
}

async function csvOf(school: SampleSchool) {
  const folder = await mkdtemp(join(tmpdir(), 'rollover-csv-'));
  await toCsvFolder(school, folder);
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );
  await rm(folder, { recursive: true });
  return files;
}

describeWithMoodle('forgetting a person', () => {
  let own: TestSchool;
  let clean: number;
  let uploadId: number;
  let others: number;

  beforeAll(async () => {
    own = await createSchool();
    const { school } = own;
    const { journal } = school;
    const reading = await readSchool(school, await csvOf(withPlanted()));
    clean = reading.snapshotId;
    others = reading.counts['person']! - 1;
    await applyStored(school, await planSnapshot(school, clean));
    // a second reading with a finding about the person, whose record is held back
    const dirty = await readSchool(school, await csvOf(withPlanted({ email: 'tzwaluw@planted@test' })));
    const again = await planSnapshot(school, dirty.snapshotId);
    uploadId = (await selectSnapshotHeader(journal, clean)).uploadId!;
    await insertSealedPasswords(journal, uploadId, [
      { externalId: planted.externalId, sealed: Buffer.from('sealed') },
      { externalId: 'another', sealed: Buffer.from('sealed') },
    ]);
    await insertPasswordHashes(journal, again.planId, [{ externalId: planted.externalId, hash: 'x' }]);
    await storeLinkAnswer(
      journal,
      { kind: 'user', externalId: planted.externalId, moodleId: 5, verdict: 'refused' },
      'kiri',
    );
    await insertComment(journal, 'kiri', `Asked ${planted.firstName}'s dean.`);
  });
  afterAll(async () => own?.close());

  test('the planted person is found before, in every table that keeps people', async () => {
    const columns = columnsWith(await journalTexts(own.school.db), words);
    expect(columns).toEqual(
      expect.arrayContaining([
        'comment.text',
        'finding.value',
        'link_answer.external_id',
        'managed.body',
        'managed.external_id',
        'managed.second_id',
        'password_hash.external_id',
        'plan_change.body',
        'sealed_password.external_id',
        'snapshot_page.body',
        'upload_chunk.bytes',
      ]),
    );
  });

  test('while an open run works with the person, it is refused and nothing changes', async () => {
    const { journal } = own.school;
    const runId = await beginRun(journal, {
      kind: 'sync',
      year: null,
      workflowId: 'sync/test',
      workflowRunId: 'one',
      startedBy: 'kiri',
    });
    await insertOpening(journal, runId, {
      gate: 'data',
      opening: 1,
      subject: { kind: 'snapshot', id: clean },
      hash: 'a'.repeat(64),
      counts: {},
    });
    const before = await journalTexts(own.school.db);
    await expect(
      forgetPerson(journal, planted.externalId, { account: 'kiri', alsoLink: false }),
    ).rejects.toMatchObject({ code: 'TargetHeld' });
    expect(await journalTexts(own.school.db)).toEqual(before);
    await write(own.school.db, 'UPDATE run SET ended_at = CURRENT_TIMESTAMP(3) WHERE id = ?', [runId]);
  });

  test('what will go is counted first', async () => {
    const traces = await findTraces(own.school.journal, planted.externalId);
    expect(traces.uploads).toHaveLength(2);
    expect(traces.snapshots).toContain(clean);
    expect(traces.findings).toBeGreaterThan(0);
    expect(traces.changes).toBeGreaterThan(1);
    expect(traces.comments).toHaveLength(1);
  });

  test('only the provenance of the account stays, and free text of people', async () => {
    const { journal, db } = own.school;
    await forgetPerson(journal, planted.externalId, { account: 'kiri', alsoLink: false });
    expect(columnsWith(await journalTexts(db), words)).toEqual([
      'comment.text',
      'managed.external_id',
      'managed.natural_key',
      'managed.second_id',
    ]);
  });

  test('with the link, nothing stays but the free text', async () => {
    const { journal, db } = own.school;
    await forgetPerson(journal, planted.externalId, { account: 'kiri', alsoLink: true });
    expect(columnsWith(await journalTexts(db), words)).toEqual(['comment.text']);
  });

  test('everybody else is still there, and the snapshot says that it was altered', async () => {
    const { journal, db } = own.school;
    const snapshot = await readPlacedSnapshot(journal, clean);
    expect(snapshot.records.person).toHaveLength(others);
    expect(snapshot.provenance.person.size).toBe(others);
    expect(await selectAltered(journal, clean)).toMatch(/^\d{4}-\d\d-\d\d$/);
    const sealed = await select<{ id: string }>(db, 'SELECT external_id AS id FROM sealed_password');
    expect(sealed).toEqual([{ id: 'another' }]);
    const [managed] = await select<{ count: number }>(
      db,
      `SELECT COUNT(*) AS count FROM managed WHERE kind = 'user'`,
    );
    expect(managed?.count).toBe(others);
  });

  test('the files that held the person are gone, and say so when they are asked for', async () => {
    await expect(readUpload(own.school.journal, uploadId)).rejects.toMatchObject({
      code: 'UploadNotFound',
      message: expect.stringMatching(/were deleted because a person was forgotten/) as string,
    });
  });

  test('who was forgotten is only known to somebody who asks for that very id', async () => {
    const { journal, db } = own.school;
    expect(await whenForgotten(journal, planted.externalId)).toMatch(/^\d{4}-/);
    expect(await whenForgotten(journal, 'ZQ77124')).toBeNull();
    const [row] = await select<{ account: string; counts: string }>(
      db,
      'SELECT account, counts FROM forgotten ORDER BY id',
    );
    expect(row?.account).toBe('kiri');
    expect(JSON.parse(row!.counts)).toMatchObject({ uploads: 2 });
  });

  test('a password that waits for somebody else under the id that was given up stays', async () => {
    const { journal, db } = own.school;
    const { uploadId: other } = await selectSnapshotHeader(
      journal,
      (await readSchool(own.school, await csvOf(plain))).snapshotId,
    );
    await insertSealedPasswords(journal, other!, [
      { externalId: 'swap-a', sealed: Buffer.from('now of b') },
      { externalId: 'swap-b', sealed: Buffer.from('now of a') },
      { externalId: 'old-c', sealed: Buffer.from('now of c') },
    ]);
    const renamed = [
      ['swap-a', 'swap-b'],
      ['swap-b', 'swap-a'],
      ['old-c', 'new-c'],
    ] as const;
    await putRenamedPasswords(journal, other!, new Map(renamed));
    await forgetPerson(journal, 'swap-a', { account: 'kiri', alsoLink: false });
    expect(await selectSealedIds(journal, other!)).toEqual(new Set(['swap-b', 'new-c']));
    // nobody has the old id any more: it means her
    await forgetPerson(journal, 'old-c', { account: 'kiri', alsoLink: false });
    expect(await selectSealedIds(journal, other!)).toEqual(new Set(['swap-b']));
    const left = await select<{ id: string }>(db, 'SELECT external_id AS id FROM renamed_password');
    expect(left.map(({ id }) => id)).toEqual(['swap-b']);
  });
});
