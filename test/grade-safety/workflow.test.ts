/** A loss beside an apply, through Temporal: the run fails, and the report names whom it is about and the way back. */
import { randomUUID } from 'node:crypto';
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { castingInterceptor } from '../../activities/failures.js';
import { createActivities } from '../../activities/index.js';
import { gatherBeside } from '../../cli/report/gather.js';
import { renderBeside } from '../../cli/text/report-safety.js';
import { createStyle } from '../../cli/text/style.js';
import { selectRuns } from '../../data/journal/runs.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { workflowsPath } from '../../workers/bundle.js';
import { decide, status, syncWorkflowId, workflowTypes } from '../../workflows/messages.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool, uploadFiles } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import { largestClass, onMoodle, plantWork, type Planted } from './plant.js';

const sample = sampleSchool({ seed: 'loss', year: 2027, students: 30 });

/** Every student is called otherwise, so that all of them are in the plan. */
function renamed(times: number): SampleSchool {
  const students = sample.students.map((one) => ({ ...one, surname: `${one.surname}${'a'.repeat(times)}` }));
  return { ...sample, students };
}

describeWithMoodle('a loss beside an apply', () => {
  let own: TestSchool;
  let temporal: TestTemporal;
  let planted: Planted;
  /** What somebody does in Moodle while it is applied. */
  let meanwhile: () => Promise<unknown>;
  const taskQueue = `loss-${randomUUID()}`;

  beforeAll(async () => {
    own = await createSchool('4.5', { ...openSettings(), mode: 'enabled' });
    const { snapshotId } = await readSchool(own.school, [
      { name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') },
    ]);
    await applyStored(own.school, await planSnapshot(own.school, snapshotId));
    await rememberApplied(own.school.journal, snapshotId);
    planted = await plantWork(own.school, await largestClass(own.school));
    temporal = await startTestTemporal();
  }, 240_000);
  afterAll(async () => {
    await temporal?.stop();
    await own?.close();
  });

  async function approve(handle: WorkflowHandle): Promise<void> {
    for (;;) {
      const { open } = await handle.query(status);
      if (open !== null) {
        const { gate, opening, hash } = open;
        const said = { verdict: 'approve', by: 'kiri', withoutBackup: true, beyondUsual: true } as const;
        await handle.executeUpdate(decide, {
          args: [{ gate, opening, hash, ...said, decisionId: randomUUID() }],
        });
        return;
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  function codesOf(error: unknown): string[] {
    const codes: string[] = [];
    for (let now = error; now instanceof Error; now = now.cause)
      if (now instanceof ApplicationFailure) codes.push(now.type ?? '');
      else if (
        !(now instanceof WorkflowFailedError || now instanceof ActivityFailure) &&
        !(now instanceof ChildWorkflowFailure)
      )
        throw now;
    return codes;
  }

  /** Runs a synchronisation. The codes of its failure, and its history as text. */
  async function runSync(school: SampleSchool): Promise<{ codes: string[]; history: string }> {
    const uploadId = await uploadFiles(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }]);
    const done = { yet: false };
    const worker = await Worker.create({
      connection: temporal.connection,
      taskQueue,
      workflowBundle: await bundleWorkflowCode({ workflowsPath }),
      activities: createActivities({
        open: async () => own.school,
        passwordKey: null,
        limits: {},
        onApplyPoint: async (point) => {
          if (point !== 'after-commit' || done.yet) return;
          done.yet = true;
          await meanwhile();
        },
      }),
      interceptors: { activity: [castingInterceptor] },
    });
    return worker.runUntil(async () => {
      const handle = await temporal.client.workflow.start(workflowTypes.sync, {
        taskQueue,
        workflowId: syncWorkflowId('test'),
        args: [{ school: 'test', uploadId, startedBy: 'kiri' }],
      });
      await approve(handle);
      const codes = await handle.result().then(() => [], codesOf);
      expect(done.yet).toBe(true);
      const histories = [JSON.stringify(await handle.fetchHistory())];
      for await (const { workflowId } of temporal.client.workflow.list())
        histories.push(JSON.stringify(await temporal.client.workflow.getHandle(workflowId).fetchHistory()));
      return { codes, history: histories.join('\n') };
    });
  }

  async function report(): Promise<{ outcome: string | null; text: string; undo: string }> {
    const [run] = await selectRuns(own.school.journal, 1);
    if (run === undefined) throw new Error('no run');
    const undo = `rollover undo ${run.id}`;
    const beside = await gatherBeside(own.school.journal, run);
    return { outcome: run.outcome, text: renderBeside(beside, undo, createStyle(false)).join('\n'), undo };
  }

  test('fails the run; the report names course, person and the command, the history none of them', async () => {
    const [first = 0, second = 0] = planted.students;
    meanwhile = async () => {
      await onMoodle(own.school, 'UPDATE {grade_grades} SET finalgrade = NULL WHERE userid = ?', [first]);
      await onMoodle(own.school, 'DELETE FROM {assign_submission} WHERE userid = ?', [second]);
    };
    const { codes, history } = await runSync(renamed(1));
    expect(codes).toContain('GradeLoss');
    const { outcome, text, undo } = await report();
    expect(outcome).toBe('failed');
    for (const id of [first, second]) {
      const person = planted.externalIds.get(id) ?? '?';
      expect(text).toContain(person);
      expect(history).not.toContain(`"${person}"`);
    }
    expect(text).toContain('1 × finalgrade gone');
    expect(text).toContain('assign_submission, 1 row gone');
    expect(text).toContain(undo);
    expect(history).not.toContain('finalgrade');
  });

  test('is none where a teacher marks meanwhile: that is listed, and the run completes', async () => {
    const [, , third = 0] = planted.students;
    meanwhile = () =>
      onMoodle(own.school, 'UPDATE {grade_grades} SET finalgrade = 99 WHERE userid = ?', [third]);
    const { codes } = await runSync(renamed(2));
    expect(codes).toEqual([]);
    const { outcome, text, undo } = await report();
    expect(outcome).toBe('completed');
    expect(text).toContain('nothing is gone; 1 differ otherwise');
    expect(text).not.toContain(`when you have looked: ${undo}`);
  });
});
