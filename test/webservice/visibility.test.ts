/** After a run: Moodle's lists are renewed by one call, or the report says why not. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { visibilityActivities } from '../../activities/visibility.js';
import type { WebService } from '../../data/configuration/web-service.js';
import { beginRun } from '../../data/journal/runs.js';
import type { School } from '../../data/schools.js';
import type { Shown } from '../../data/stages/show-categories.js';
import { buildReport } from '../../data/report/build-report.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import {
  startMoodleStandIn,
  type MoodleStandIn,
  type StandInCategory,
} from '../support/moodle-webservice.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';

let own: TestSchool;
let moodle: MoodleStandIn;
let runId = 0;
/** A plan that made categories and courses. */
let planId = 0;

const categories = (): string => `\`${own.school.moodle.database}\`.\`mdl_course_categories\``;

async function readCategories(): Promise<StandInCategory[]> {
  const [rows] = (await own.school.db.raw(
    `SELECT id, name, descriptionformat, visible FROM ${categories()} ORDER BY id`,
  )) as unknown as [(Omit<StandInCategory, 'visible'> & { visible: number })[]];
  return rows.map(({ id, name, descriptionformat, visible }) => ({
    id,
    name,
    descriptionformat,
    visible: visible === 1,
  }));
}

function show(webService?: WebService, plan = planId): Promise<Shown> {
  const school: School = { ...own.school, ...(webService === undefined ? {} : { webService }) };
  const activities = visibilityActivities({
    open: async () => school,
    passwordKey: null,
    limits: {},
    onApplyPoint: () => undefined,
  });
  const input = { school: 'test', runId, planId: plan };
  return new MockActivityEnvironment().run<[typeof input], Shown, (one: typeof input) => Promise<Shown>>(
    (one) => activities.showCategories(one),
    input,
  );
}

async function begin(name: string): Promise<void> {
  runId = await beginRun(own.school.journal, {
    kind: 'sync',
    year: null,
    workflowId: 'sync/test',
    workflowRunId: name,
    startedBy: 'test',
  });
}

const reported = async (): Promise<object> => {
  const { visibility, late } = await buildReport(own.school.journal, runId, 'completed');
  return { visibility, late };
};

describeWithMoodle('lists of a running Moodle', () => {
  beforeAll(async () => {
    own = await createSchool();
    const bytes = toWorkbook(sampleSchool({ seed: 'lists', year: 2026, students: 40 }), 'xlsx');
    const { snapshotId } = await readSchool(own.school, [{ name: 'kn.xlsx', bytes }]);
    const stored = await planSnapshot(own.school, snapshotId);
    await applyStored(own.school, stored);
    planId = stored.planId;
  });
  afterAll(() => own?.close());
  beforeEach(async (context) => {
    moodle = await startMoodleStandIn({ categories: await readCategories() });
    await begin(context.task.id);
  });
  afterEach(() => moodle.close());

  test('are renewed by one call, however much was made [T41]', async () => {
    expect(await show(moodle.service())).toEqual({ visibility: 'visible' });
    expect(moodle.calls.map(({ name }) => name)).toEqual(['core_course_update_categories']);
    expect(moodle.dropped).toBe(1);
    expect([...moodle.categories.values()]).toEqual(await readCategories());
    expect(await reported()).toEqual({ visibility: 'visible', late: undefined });
  });

  test('are renewed again by a second attempt', async () => {
    await show(moodle.service());
    expect(await show(moodle.service())).toEqual({ visibility: 'visible' });
    expect(moodle.dropped).toBe(2);
  });

  test('need no call when nothing was made that stands in them', async () => {
    const { snapshotId } = await readSchool(own.school, [
      {
        name: 'kn.xlsx',
        bytes: toWorkbook(sampleSchool({ seed: 'lists', year: 2026, students: 40 }), 'xlsx'),
      },
    ]);
    const { planId: nothing } = await planSnapshot(own.school, snapshotId);
    expect(await show(moodle.service(), nothing)).toEqual({ visibility: 'visible' });
    expect(moodle.log).toEqual([]);
  });

  test('stay as they are without a web service, and the report says so', async () => {
    expect(await show()).toEqual({
      visibility: 'not-yet-visible',
      reason: 'no-web-service',
      command: 'php admin/cli/purge_caches.php',
    });
    expect(await reported()).toEqual({ visibility: 'not-yet-visible', late: 'no-web-service' });
  });

  test("stay as they are when Moodle refuses, with Moodle's code", async () => {
    const shown = await show(moodle.service({ token: 'wrong' }));
    expect(shown).toMatchObject({ reason: 'web-service-refused', errorcode: 'invalidtoken' });
    expect(await reported()).toEqual({ visibility: 'not-yet-visible', late: 'web-service-refused' });
  });

  test('a Moodle that gives no answer is tried again; until then the report is careful', async () => {
    moodle.next = ['cli-maintenance'];
    await expect(show(moodle.service())).rejects.toMatchObject({
      code: 'WebServiceUnavailable',
      retryable: true,
    });
    expect(await reported()).toEqual({ visibility: 'not-yet-visible', late: 'web-service-unreachable' });
    expect(await show(moodle.service())).toEqual({ visibility: 'visible' });
    expect(await reported()).toEqual({ visibility: 'visible', late: undefined });
  });

  test('the category that is told of is one that everybody sees, and it stays as it is', async () => {
    const update = (values: string): Promise<unknown> =>
      own.school.db.raw(`UPDATE ${categories()} SET ${values}`);
    await update("visible = 0, name = 'Hidden' WHERE id = 1");
    await update("name = '<b>Bold</b>' WHERE id = 2");
    await update('descriptionformat = 2 WHERE id > 2');
    const before = await readCategories();
    await moodle.close();
    moodle = await startMoodleStandIn({ categories: before });
    expect(await show(moodle.service())).toEqual({ visibility: 'visible' });
    expect(moodle.calls[0]?.parameters.get('categories[0][id]')).toBe('3');
    expect([...moodle.categories.values()]).toEqual(before);
  });
});
