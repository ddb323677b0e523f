/** "The same source, nothing to do": only when everything that planning depends on is the same. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeLinkAnswer, storeReusedCodeAnswer } from '../../data/journal/links.js';
import { beginRun } from '../../data/journal/runs.js';
import { storeSettings } from '../../data/journal/settings.js';
import { selectLatestSnapshotId } from '../../data/journal/snapshots.js';
import type { SourceFile } from '../../data/knowledgenet/source.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import {
  settle,
  settledOutcome,
  settledReadingOutcome,
  settledUploadOutcome,
} from '../../data/stages/settle.js';
import { takeNews } from '../../data/stages/take-news.js';
import { hashSource, judgeReading, type HashedReading } from '../../data/stages/take-snapshot.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { verifyPlan } from '../../data/stages/verify.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool, uploadFiles } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

describeWithMoodle('a source that was settled', () => {
  let own: TestSchool;
  let snapshotId: number;
  let runId: number;
  let planId: number;
  const sample = sampleSchool({ seed: 'settle', year: 2027, students: 30 });
  const files = [{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }];

  beforeAll(async () => {
    own = await createSchool('4.5', openSettings(2027));
    ({ snapshotId } = await readSchool(own.school, files));
    runId = await beginRun(own.school.journal, {
      kind: 'sync',
      year: null,
      workflowId: 'sync/test',
      workflowRunId: 'one',
      startedBy: 'admin',
    });
    const computed = await computePlan(own.school, snapshotId, false);
    const stored = { ...(await storePlan(own.school, runId, snapshotId, computed)), plan: computed.plan };
    planId = stored.planId;
    await settle(own.school, { runId, snapshotId, planId }, 'verified');
    // nothing is applied yet, so nothing is settled
    expect(await outcome()).toBeNull();
    await applyStored(own.school, stored);
  });
  afterAll(async () => own?.close());

  const options = { limits: {}, passwordKeyConfigured: false };

  async function hashed(given: readonly SourceFile[] = files): Promise<HashedReading> {
    return hashSource(own.school, await uploadFiles(own.school, given), options);
  }

  async function outcome(given: readonly SourceFile[] = files): Promise<string | null> {
    return settledOutcome(own.school, await judgeReading(own.school, await hashed(given)));
  }

  async function settleClean(): Promise<void> {
    await settle(own.school, { runId, snapshotId, planId }, 'verified');
    expect(await outcome()).toBe('clean');
  }

  async function change(edit: (settings: SchoolSettings) => SchoolSettings): Promise<void> {
    const settings = edit((await settingsInForce(own.school.journal)).settings);
    await storeSettings(own.school.journal, settings, settingsHash(settings), 'admin');
  }

  test('is no work, and neither is the same content from another file', async () => {
    await settleClean();
    const other = [{ name: 'kn.ods', bytes: toWorkbook(sample, 'ods') }];
    expect(await outcome(other)).toBe('clean');
  });

  test('is not even kept when it is no news, unless everything is to be compared', async () => {
    await settleClean();
    const uploadId = await uploadFiles(own.school, [{ name: 'kn.ods', bytes: toWorkbook(sample, 'ods') }]);
    const before = await selectLatestSnapshotId(own.school.journal);
    expect(await takeNews(own.school, uploadId, 'clean', options)).toBeNull();
    expect(await selectLatestSnapshotId(own.school.journal)).toBe(before);
    // and these files stand for what was settled when they come again
    expect(await settledUploadOutcome(own.school, uploadId)).toBe('clean');
    expect((await takeNews(own.school, uploadId, 'never', options))?.snapshotId).toBeGreaterThan(before ?? 0);
  });

  test('is news when only a finding is new, although its record is left out', async () => {
    await settleClean();
    const nobody = { ...sample.students[0]!, externalId: '' };
    const more = { ...sample, students: [...sample.students, nobody] };
    expect(await outcome([{ name: 'kn.xlsx', bytes: toWorkbook(more, 'xlsx') }])).toBeNull();
  });

  test('need not be read when it is the very same file, complete and unchanged in its settings', async () => {
    await settleClean();
    const { school } = own;
    expect(await settledUploadOutcome(school, await uploadFiles(school, files))).toBe('clean');
    expect(await settledUploadOutcome(school, await uploadFiles(school, files, 'changes'))).toBeNull();
    const other = [{ name: 'kn.ods', bytes: toWorkbook(sample, 'ods') }];
    expect(await settledUploadOutcome(school, await uploadFiles(school, other))).toBeNull();
  });

  test('need not be judged when its rows say what they said, in whatever order', async () => {
    await settleClean();
    const { school } = own;
    const rows = async (given: readonly SourceFile[]): Promise<string | null> =>
      settledReadingOutcome(school, (await hashed(given)).readingHash);
    expect(await rows([{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }])).toBe('clean');
    const reversed = { ...sample, students: [...sample.students].reverse() };
    expect(await rows([{ name: 'kn.xlsx', bytes: toWorkbook(reversed, 'xlsx') }])).toBe('clean');
    const [first, ...others] = sample.students;
    const renamed = { ...sample, students: [{ ...first!, surname: 'Other' }, ...others] };
    expect(await rows([{ name: 'kn.xlsx', bytes: toWorkbook(renamed, 'xlsx') }])).toBeNull();
    expect(await rows([{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }])).toBe('clean');
    // nor is what is known by its hash settled for longer than the rest is as it was
    await change((settings) => ({ ...settings, ownedByKN: ['firstname'] }));
    expect(await rows(files)).toBeNull();
  });

  test('is work when Moodle has come to allow what it did not', async () => {
    await settleClean();
    const config = `\`${own.school.moodle.database}\`.mdl_config`;
    await own.school.db.raw(`UPDATE ${config} SET value = '1' WHERE name = 'allowaccountssameemail'`);
    expect(await outcome()).toBeNull();
    expect(await settledUploadOutcome(own.school, await uploadFiles(own.school, files))).toBeNull();
    await own.school.db.raw(`UPDATE ${config} SET value = '0' WHERE name = 'allowaccountssameemail'`);
  });

  test('is work after any change that planning depends on [T40]', async () => {
    await settleClean();
    await change((settings) => ({ ...settings, ownedByKN: ['lastname'] }));
    expect(await outcome()).toBeNull();
    await settleClean();
    // the account that we work as is never anybody's
    await change((settings) => ({ ...settings, actor: 'rollover' }));
    expect(await outcome()).toBeNull();
    await settleClean();
    const link = { kind: 'user', externalId: '1', moodleId: 2, verdict: 'refused' } as const;
    await storeLinkAnswer(own.school.journal, link, 'admin');
    expect(await outcome()).toBeNull();
    await settleClean();
    await storeReusedCodeAnswer(own.school.journal, '9MAT1', 2027, 'continues', 'admin');
    expect(await outcome()).toBeNull();
  });

  test('stays settled when only the mode or the interval changes', async () => {
    await settleClean();
    await change((settings) => ({ ...settings, mode: 'enabled', everyMinutes: 30, logEvents: false }));
    expect(await outcome()).toBe('clean');
  });

  test('is compared again after a day', async () => {
    await settleClean();
    await own.school.db.raw('UPDATE settled_inputs SET settled_at = settled_at - INTERVAL 25 HOUR');
    expect(await outcome()).toBeNull();
  });

  test('that a person rejected, or findings stopped, is remembered as such', async () => {
    for (const ended of ['rejected', 'stopped-by-findings'] as const) {
      await settle(own.school, { runId, snapshotId, planId }, ended);
      expect(await outcome()).toBe(ended);
    }
  });

  test('whose plan left something in conflict is not settled', async () => {
    await settleClean();
    await own.school.db.raw("UPDATE plan_change SET state = 'conflict' WHERE plan_id = ? AND seq = 1", [
      planId,
    ]);
    await settle(own.school, { runId, snapshotId, planId }, 'verified');
    expect(await outcome()).toBeNull();
  });

  test('is settled by verifying, so that the first synchronisation after a rollover is no work', async () => {
    await own.school.db.raw("UPDATE plan_change SET state = 'applied' WHERE plan_id = ?", [planId]);
    await own.school.db.raw('DELETE FROM settled_inputs');
    expect(await verifyPlan(own.school, runId, planId)).toMatchObject({ remaining: 0 });
    expect(await outcome()).toBe('clean');
    // what somebody answers or sets while gate tidy waits is work again
    await change((settings) => ({ ...settings, ownedByKN: ['email'] }));
    expect(await outcome()).toBeNull();
  });

  test('settings that two people store at once are two versions', async () => {
    const { settings } = await settingsInForce(own.school.journal);
    const versions = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const changed = { ...settings, everyMinutes: 100 + index };
        return storeSettings(own.school.journal, changed, settingsHash(changed), 'admin');
      }),
    );
    expect(new Set(versions).size).toBe(8);
  });
});
