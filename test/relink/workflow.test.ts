/** Relinking as a workflow: it holds the target, and never beside a run. */
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { castingInterceptor } from '../../activities/failures.js';
import { createActivities } from '../../activities/index.js';
import type { RelinkFound } from '../../activities/relink.js';
import { selectGivenUp } from '../../data/journal/managed-history.js';
import { holdTarget, pinSite, releaseTarget, selectTarget } from '../../data/journal/targets.js';
import { workflowsPath } from '../../workers/bundle.js';
import { workflowTypes } from '../../workflows/messages.js';
import { describeWithMoodle } from '../support/database.js';
import { replayAndRecord } from '../support/record-history.js';
import type { TestSchool } from '../support/school.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { applyYear, createYears, dumpMoodle } from './stage.js';

describeWithMoodle('relinking', () => {
  let own: TestSchool;
  let temporal: TestTemporal;
  let bundle: WorkflowBundleWithSourceMap;
  const taskQueue = `relink-${randomUUID()}`;

  beforeAll(async () => {
    own = await createYears();
    await pinSite(own.school.journal, 'this-journal-s-first-site');
    const dump = await dumpMoodle(own);
    await applyYear(own, 2026);
    await dump.restore();
    await dump.discard();
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

  async function execute<R>(type: string, input: object, workflowId = `${type}/${randomUUID()}`): Promise<R> {
    const options = {
      taskQueue,
      workflowId,
      args: [{ school: 'test', ...input }],
    };
    return (await temporal.client.workflow.execute(type, options)) as R;
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

  test('is refused beside a run, for what is stale, and for another site; then it follows', async () => {
    const { journal } = own.school;
    await withWorker(async () => {
      const found = await execute<RelinkFound>(workflowTypes.lookRelink, {});
      expect(found).toMatchObject({ nothing: false, siteChanged: true });
      expect(found.examples['user']).toHaveLength(10);
      expect(JSON.stringify(found)).not.toMatch(/@|firstname/);
      const order = { hash: found.hash, acceptSite: true, account: 'admin' };
      const apply = (input: object) => execute(workflowTypes.applyRelink, input);

      await holdTarget(journal, 'rollover/test/2027');
      expect(await refusal(apply(order))).toBe('TargetHeld');
      expect((await selectTarget(journal)).holder).toBe('rollover/test/2027');
      await releaseTarget(journal, 'rollover/test/2027');

      expect(await refusal(apply({ ...order, hash: '0'.repeat(64) }))).toBe('StaleDecision');
      expect(await refusal(apply({ ...order, acceptSite: false }))).toBe('MoodleRestored');
      expect(await selectGivenUp(journal)).toEqual([]);

      const followed = await execute(workflowTypes.applyRelink, order, 'relink/test');
      expect(followed).toEqual(found.counts);
      await replayAndRecord(temporal, bundle, 'relink/test', 'relink-test');
      const target = await selectTarget(journal);
      expect(target).toMatchObject({ holder: null, appliedSnapshotId: null });
      expect(target.siteIdentifier).not.toBe('this-journal-s-first-site');
      expect((await selectGivenUp(journal)).length).toBeGreaterThan(60);
      expect(await execute(workflowTypes.lookRelink, {})).toMatchObject({
        nothing: true,
        siteChanged: false,
      });
    });
    const { states } = await applyYear(own, 2026);
    expect(states).toMatchObject({ pending: 0, conflict: 0 });
  }, 120_000);
});
