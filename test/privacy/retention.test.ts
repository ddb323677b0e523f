/** What has had its time goes; what is still needed stays, however old it is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { select, write } from '../../data/journal/journal.js';
import { insertPasswordHashes, putRenamedPasswords } from '../../data/journal/passwords.js';
import { readPlan, selectPlanHeader } from '../../data/journal/plans.js';
import { beginRun, endRun, selectRun } from '../../data/journal/runs.js';
import { readSnapshot, selectSnapshotHeader } from '../../data/journal/snapshots.js';
import { setAppliedSnapshot } from '../../data/journal/targets.js';
import { readUpload } from '../../data/journal/uploads.js';
import { deleteDue, findDue, purge } from '../../data/retention/retention.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';

interface Made {
  readonly runId: number;
  readonly snapshotId: number;
  readonly uploadId: number;
  readonly planId: number;
}

describeWithMoodle('retention', () => {
  let own: TestSchool;
  let ended: Made;
  let applied: Made;
  let open: Made;
  let recent: Made;

  async function make(name: string, students: number): Promise<Made> {
    const { school } = own;
    const files = [{ name: 'kn.xlsx', bytes: toWorkbook(sampleSchool({ year: 2027, students }), 'xlsx') }];
    const runId = await beginRun(school.journal, {
      kind: 'sync',
      year: null,
      workflowId: `sync/${name}`,
      workflowRunId: name,
      startedBy: 'kiri',
    });
    const { snapshotId } = await readSchool(school, files);
    const computed = await computePlan(school, snapshotId, false);
    const { planId } = await storePlan(school, runId, snapshotId, computed);
    const { uploadId } = await selectSnapshotHeader(school.journal, snapshotId);
    return { runId, snapshotId, uploadId: uploadId!, planId };
  }

  /** Moves everything of a run into the past. */
  async function age({ runId, snapshotId, uploadId, planId }: Made, days: number): Promise<void> {
    const { db } = own.school;
    const past = `CURRENT_TIMESTAMP(3) - INTERVAL ${days} DAY`;
    await write(db, `UPDATE upload SET uploaded_at = ${past} WHERE id = ?`, [uploadId]);
    await write(db, `UPDATE snapshot SET created_at = ${past} WHERE id = ?`, [snapshotId]);
    await write(db, `UPDATE plan SET created_at = ${past} WHERE id = ?`, [planId]);
    await write(db, `UPDATE run SET started_at = ${past} WHERE id = ?`, [runId]);
    await write(db, `UPDATE run SET ended_at = ${past} WHERE id = ? AND ended_at IS NOT NULL`, [runId]);
  }

  beforeAll(async () => {
    own = await createSchool();
    const { journal } = own.school;
    ended = await make('ended', 20);
    applied = await make('applied', 21);
    recent = await make('recent', 22);
    open = await make('open', 23);
    for (const { runId } of [ended, applied, recent]) await endRun(journal, runId, 'completed', {});
    await setAppliedSnapshot(journal, applied.snapshotId);
    for (const made of [ended, applied]) await age(made, 300);
    await age(recent, 150);
    // what a run leaves that was terminated before it could tidy up
    for (const { planId, uploadId } of [ended, recent]) {
      await insertPasswordHashes(journal, planId, [{ externalId: '01001', hash: 'x' }]);
      await putRenamedPasswords(journal, uploadId, new Map([['01001', '02001']]));
    }
    // open since a year ago, its reading with it
    await age(open, 290);
  });
  afterAll(async () => own?.close());

  test('finds only what no run, no comparison and no later reading needs', async () => {
    expect(await findDue(own.school.journal)).toEqual({
      days: 200,
      uploads: [ended.uploadId, applied.uploadId],
      snapshots: [ended.snapshotId],
      plans: [ended.planId, applied.planId],
    });
  });

  test('deletes it whole, once', async () => {
    const { journal } = own.school;
    const first = await deleteDue(journal);
    expect(first.rows).toBeGreaterThan(50);
    expect(await deleteDue(journal)).toMatchObject({ rows: 0, uploads: [], snapshots: [], plans: [] });
  });

  test('deletes also what was kept for passwords, and only of what has had its time', async () => {
    const { db } = own.school;
    const hashes = await select<{ id: number }>(db, 'SELECT plan_id AS id FROM password_hash');
    const sealedIds = await select<{ id: number }>(db, 'SELECT upload_id AS id FROM renamed_password');
    expect(hashes).toEqual([{ id: recent.planId }]);
    expect(sealedIds).toEqual([{ id: recent.uploadId }]);
  });

  test('what is gone says so and since when', async () => {
    const { journal } = own.school;
    const said = expect.stringMatching(/were deleted after the time that the settings allow/) as string;
    await expect(readSnapshot(journal, ended.snapshotId)).rejects.toMatchObject({
      code: 'SnapshotNotFound',
      message: said,
    });
    await expect(readUpload(journal, ended.uploadId)).rejects.toMatchObject({
      code: 'UploadNotFound',
      message: said,
    });
    await expect(readPlan(journal, ended.planId)).rejects.toMatchObject({
      code: 'PlanNotFound',
      message: said,
    });
  });

  test('runs, counts and hashes stay', async () => {
    const { journal } = own.school;
    expect((await selectRun(journal, ended.runId))?.outcome).toBe('completed');
    expect((await selectPlanHeader(journal, ended.planId)).hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await selectSnapshotHeader(journal, ended.snapshotId)).counts['person']).toBeGreaterThan(20);
  });

  test('what is needed is whole', async () => {
    const { journal } = own.school;
    for (const { snapshotId } of [applied, recent, open])
      expect((await readSnapshot(journal, snapshotId)).records.person.length).toBeGreaterThan(20);
    for (const { uploadId } of [recent, open]) expect(await readUpload(journal, uploadId)).toHaveLength(1);
    for (const { planId } of [recent, open])
      expect((await readPlan(journal, planId)).changes.length).toBeGreaterThan(20);
  });

  test('a deletion that was interrupted is finished the next time', async () => {
    const { journal, db } = own.school;
    await endRun(journal, recent.runId, 'completed', {});
    await age(recent, 250);
    await write(
      db,
      `INSERT INTO purged (target_id, kind, subject_id, reason) VALUES (?, 'plan', ?, 'retention')`,
      [journal.targetId, recent.planId],
    );
    expect((await findDue(journal)).plans).toEqual([recent.planId]);
    expect(await purge(journal, 'plan', recent.planId, 'retention')).toBeGreaterThan(0);
    expect((await findDue(journal)).plans).toEqual([]);
  });
});
