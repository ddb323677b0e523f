/** A worker that is killed with kill -9 while it takes a run back: the next one goes on, and nothing is done twice. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { countStates, selectPlanHeader } from '../../data/journal/plans.js';
import { selectManaged } from '../../data/journal/managed.js';
import { countEnrolments } from '../../data/model/managed-enrolments.js';
import { countRemaining } from '../../data/undo/compute-undo.js';
import { allRows, differences } from '../support/all-rows.js';
import { applyStored } from '../support/apply-in-process.js';
import { describeWithMoodle, testServer } from '../support/database.js';
import { killAll } from '../support/processes.js';
import { beginTestRun, planInRun, planUndo } from '../support/undo.js';
import { createStage, type Stage } from '../survival/stage.js';

describeWithMoodle('a worker killed with kill -9 while it takes a run back', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await createStage(testServer(), 30);
  }, 240_000);
  afterEach(async () => stage.close());
  afterAll(killAll);

  test('at each named point leaves what was before the run', { timeout: 600_000 }, async () => {
    const { school, planId } = stage.plans.disturbed;
    const { database } = school.moodle;
    await school.db.raw(`UPDATE \`${database}\`.mdl_course SET sortorder = 1 WHERE category = 0`);
    const before = await allRows(school.db, database);
    const undoneRunId = await beginTestRun(school, 'rollover');
    const { snapshotId } = await selectPlanHeader(school.journal, planId);
    await applyStored(school, await planInRun(school, undoneRunId, snapshotId));

    const planned = await planUndo(school, undoneRunId);
    const handle = await stage.apply('disturbed', undefined, planned);
    for (const point of ['before-batch:2', 'after-moodle-rows:2', 'before-commit:1', 'after-commit:3']) {
      const worker = await stage.startWorker(point);
      expect(await worker.ended).toBe('SIGKILL');
      expect(worker.output()).toContain(`killing myself at ${point.split(':')[0]}`);
    }
    const last = await stage.startWorker();
    expect((await handle.result()).ended).toBe('done');
    await last.stop();

    expect(await countStates(school.journal, planned.planId)).toMatchObject({
      pending: 0,
      conflict: 0,
      satisfied: 0,
      applied: planned.plan.changes.length,
    });
    expect(differences(before, await allRows(school.db, database))).toEqual({});
    const managed = await selectManaged(school.journal);
    expect([managed.users.size, managed.courses.size, countEnrolments(managed.enrolments)]).toEqual([
      0, 0, 0,
    ]);
    const [logged] = (await school.db.raw(
      `SELECT COUNT(*) AS n, COUNT(DISTINCT objectid) AS accounts FROM \`${database}\`.mdl_logstore_standard_log
        WHERE eventname LIKE '%user_deleted'`,
    )) as unknown as [{ n: number; accounts: number }[]];
    expect(logged[0]).toEqual({
      n: planned.plan.counts['user.remove'],
      accounts: planned.plan.counts['user.remove'],
    });
    expect(await countRemaining(school, { undoneRunId, scope: { kind: 'whole' } })).toBe(0);
  });
});
