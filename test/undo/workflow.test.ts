/** Undo as a workflow: gate, hash, brake of the mode, exactly one at a time, started again after its end. */
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { castingInterceptor } from '../../activities/failures.js';
import { createActivities } from '../../activities/index.js';
import { selectRuns } from '../../data/journal/runs.js';
import { selectSettingsHistory, storeSettings } from '../../data/journal/settings.js';
import { holdTarget, releaseTarget, selectTarget } from '../../data/journal/targets.js';
import { insertUndoWish } from '../../data/journal/undo-wishes.js';
import type { RunStatus } from '../../data/model/run.js';
import type { UndoScope } from '../../data/model/undo.js';
import { settingsHash } from '../../data/settings/hash.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { workflowsPath } from '../../workers/bundle.js';
import { decide, status, workflowTypes, type RunResult } from '../../workflows/messages.js';
import { allRows, differences, type AllRows } from '../support/all-rows.js';
import { applyStored } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';
import { replayAndRecord } from '../support/record-history.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { beginTestRun, planInRun } from '../support/undo.js';

const sample = sampleSchool({ seed: 'undo-workflow', year: 2027, students: 20 });

describeWithMoodle('the workflow of an undo', () => {
  let own: TestSchool;
  let temporal: TestTemporal;
  let bundle: WorkflowBundleWithSourceMap;
  let before: AllRows;
  let undoneRunId: number;
  const taskQueue = `undo-${randomUUID()}`;

  beforeAll(async () => {
    own = await createSchool();
    const { school } = own;
    await school.db.raw(
      `UPDATE \`${school.moodle.database}\`.mdl_course SET sortorder = 1 WHERE category = 0`,
    );
    before = await allRows(school.db, school.moodle.database);
    const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }]);
    undoneRunId = await beginTestRun(school, 'sync');
    await applyStored(school, await planInRun(school, undoneRunId, snapshotId));
    await rememberApplied(school.journal, snapshotId);
    temporal = await startTestTemporal();
    bundle = await bundleWorkflowCode({ workflowsPath });
  }, 240_000);
  afterAll(async () => {
    await temporal?.stop();
    await own?.close();
  });

  async function withWorker<T>(work: () => Promise<T>): Promise<T> {
    const worker = await Worker.create({
      connection: temporal.connection,
      taskQueue,
      workflowBundle: bundle,
      activities: createActivities({
        open: async () => own.school,
        passwordKey: null,
        limits: {},
        onApplyPoint: () => undefined,
      }),
      interceptors: { activity: [castingInterceptor] },
    });
    return worker.runUntil(work());
  }

  async function start(scope: UndoScope = { kind: 'whole' }): Promise<WorkflowHandle> {
    const wishId = await insertUndoWish(own.school.journal, { undoneRunId, scope }, 'kiri');
    return temporal.client.workflow.start(workflowTypes.undo, {
      taskQueue,
      workflowId: `undo/test/${undoneRunId}`,
      args: [{ school: 'test', wishId, startedBy: 'kiri' }],
    });
  }

  async function opened(handle: WorkflowHandle): Promise<NonNullable<RunStatus['open']>> {
    for (;;) {
      const now = await handle.query(status);
      if (now.open !== null) return now.open;
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  async function answer(handle: WorkflowHandle, verdict: 'approve' | 'reject'): Promise<void> {
    const { gate, opening, hash } = await opened(handle);
    expect(gate).toBe('undo');
    const decision = {
      gate,
      opening,
      hash,
      verdict,
      by: 'kiri',
      decisionId: randomUUID(),
      withoutBackup: true,
    };
    await handle.executeUpdate(decide, { args: [decision] });
  }

  async function refusal(work: Promise<unknown>): Promise<string | null | undefined> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
      if (cause instanceof ApplicationFailure) return cause.type;
      throw error;
    }
    return undefined;
  }

  test('waits its turn, changes nothing when rejected, wants a dump, and takes everything back when approved [T35]', async () => {
    const { journal, db, moodle } = own.school;
    const made = await allRows(db, moodle.database);
    await withWorker(async () => {
      await holdTarget(journal, 'rollover/test/2027');
      expect(await refusal((await start()).result())).toBe('TargetHeld');
      await releaseTarget(journal, 'rollover/test/2027');

      const rejected = await start();
      await answer(rejected, 'reject');
      expect(((await rejected.result()) as RunResult).outcome).toBe('rejected');
      expect(differences(made, await allRows(db, moodle.database))).toEqual({});

      const approved = await start();
      const { gate, opening, hash, counts } = await opened(approved);
      expect(counts['user.remove']).toBeGreaterThan(20);
      const hasty = { gate, opening, hash, verdict: 'approve', by: 'kiri', decisionId: 'hasty' } as const;
      await expect(approved.executeUpdate(decide, { args: [hasty] })).rejects.toMatchObject({
        cause: { type: 'BackupMissing' },
      });
      await answer(approved, 'approve');
      expect(((await approved.result()) as RunResult).outcome).toBe('completed');
      const name = `undo-test-${undoneRunId}`;
      await replayAndRecord(temporal, bundle, approved.workflowId, name);
      expect(differences(before, await allRows(db, moodle.database))).toEqual({});

      expect(await refusal((await start()).result())).toBe('RunNotUndoable');
    });
    const { settings } = await settingsInForce(journal);
    expect(settings.mode).toBe('disabled');
    const [last] = await selectRuns(journal, 2).then((runs) =>
      runs.filter((run) => run.outcome === 'completed'),
    );
    expect(JSON.parse(last?.report ?? '{}')).toMatchObject({
      outcome: 'completed',
      verified: true,
      remaining: 0,
    });
    expect(await selectTarget(journal)).toMatchObject({ holder: null, appliedSnapshotId: null });
  }, 120_000);

  test('brings back the settings that the run changed, where nobody has changed them since; the mode stays', async () => {
    const { restoreSettings } = await import('../../data/undo/follow-journal.js');
    const { journal } = own.school;
    const runId = await beginTestRun(own.school, 'rollover');
    const [run] = await selectRuns(journal, 1);
    const { settings } = await settingsInForce(journal);
    const wrote = { ...settings, year: settings.year + 1, logEvents: !settings.logEvents };
    await storeSettings(journal, wrote, settingsHash(wrote), run?.workflowId ?? '');
    const person = { ...wrote, logEvents: settings.logEvents, mode: 'snapshot-only' as const };
    await storeSettings(journal, person, settingsHash(person), 'kiri');
    await restoreSettings(journal, runId, 'undo/test/1');
    expect((await selectSettingsHistory(journal))[0]?.settings).toEqual({ ...person, year: settings.year });
  });
});
