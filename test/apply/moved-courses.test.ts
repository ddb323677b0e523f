/** A course belongs to Moodle once it is made: its category, visibility and dates are the administrator's. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectManaged } from '../../data/journal/managed.js';
import { nextYear, sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';

describeWithMoodle('courses that the administrator moved', () => {
  let own: TestSchool;
  const first = sampleSchool({ seed: 'moved', year: 2026, students: 60 });

  beforeAll(async () => {
    own = await createSchool();
  });
  afterAll(async () => own.close());

  test('stay where they are, and new ones land by rule [T53]', async () => {
    const read = async (school: typeof first): Promise<number> =>
      (await readSchool(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }])).snapshotId;
    await applyStored(own.school, await planSnapshot(own.school, await read(first)));
    const course = `\`${own.school.moodle.database}\`.\`mdl_course\``;
    const moved = [...(await selectManaged(own.school.journal)).courses.values()].slice(0, 10);
    const ids = moved.map((one) => one.moodleId);
    await own.school.db.raw(
      `UPDATE ${course} SET category = 1, visible = 0, startdate = 12345 WHERE id IN (?)`,
      [ids] as never,
    );

    const stored = await planSnapshot(own.school, await read(nextYear(first)));
    expect(
      stored.plan.changes.some((change) => change.kind === 'course' && change.operation === 'create'),
    ).toBe(true);
    await applyStored(own.school, stored);
    const [rows] = (await own.school.db.raw(
      `SELECT DISTINCT category, visible, startdate FROM ${course} WHERE id IN (?)`,
      [ids] as never,
    )) as unknown as [object[]];
    expect(rows).toEqual([{ category: 1, visible: 0, startdate: 12345 }]);
  });
});
