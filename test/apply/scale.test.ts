/** Sizes at which comparable systems gave up. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const STUDENTS = 10_000;
/** Minutes would do; a loaded machine with two cores needs less. */
const LIMIT_MS = 240_000;

describeWithMoodle('ten thousand students', () => {
  let own: TestSchool;

  beforeAll(async () => {
    own = await createSchool('4.5', openSettings(2027, 'disabled'));
  });
  afterAll(async () => own.close());

  test('come into Moodle in one run, in minutes [T37]', { timeout: LIMIT_MS + 120_000 }, async () => {
    const sample = sampleSchool({ seed: 'scale', year: 2027, students: STUDENTS });
    const workbook = toWorkbook(sample, 'xlsx');
    const began = Date.now();
    const { snapshotId } = await readSchool(own.school, [{ name: 'kn.xlsx', bytes: workbook }]);
    const stored = await planSnapshot(own.school, snapshotId);
    const { ended, progress } = await applyStored(own.school, stored);
    expect(Date.now() - began).toBeLessThan(LIMIT_MS);
    expect({ ended, ...progress }).toEqual({
      ended: 'done',
      applied: STUDENTS + sample.teachers.length,
      pending: 0,
      satisfied: 0,
      conflict: 0,
    });
    expect((await planSnapshot(own.school, snapshotId)).plan.changes).toEqual([]);
  });
});
