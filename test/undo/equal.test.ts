/** A run that is taken back leaves Moodle's database as it was, table by table, on every version. */
import { afterEach, expect, test } from 'vitest';
import { countStates } from '../../data/journal/plans.js';
import { selectManaged } from '../../data/journal/managed.js';
import { storeSettings } from '../../data/journal/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { countRemaining } from '../../data/undo/compute-undo.js';
import { nextYear, sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { allRows, differences, type AllRows } from '../support/all-rows.js';
import { applyStored } from '../support/apply-in-process.js';
import { describeWithMoodle, moodleVersions } from '../support/database.js';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';
import { beginTestRun, planInRun, planUndo } from '../support/undo.js';

const lastYear = sampleSchool({ seed: 'undo', year: 2026, students: 60 });
const thisYear = nextYear(lastYear);

function settingsOf(year: number) {
  const settings = openSettings(year);
  const type = { ...settings.groupTypes.default, reusedCode: 'new-course' as const };
  return { ...settings, groupTypes: { ...settings.groupTypes, default: type } };
}

let own: TestSchool;
afterEach(async () => own.close());

async function rows(): Promise<AllRows> {
  const { db, moodle } = own.school;
  return allRows(db, moodle.database);
}

/** A fresh site has its own course at 0; Moodle's first call puts it at 1, and so do we. */
async function settle(): Promise<void> {
  await own.school.db.raw(
    `UPDATE \`${own.school.moodle.database}\`.mdl_course SET sortorder = 1 WHERE category = 0`,
  );
}

async function runYear(year: 2026 | 2027): Promise<{ runId: number; snapshotId: number }> {
  const { school } = own;
  const settings = settingsOf(year);
  await storeSettings(school.journal, settings, settingsHash(settings), 'test');
  const bytes = toWorkbook(year === 2026 ? lastYear : thisYear, 'xlsx');
  const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes }]);
  const runId = await beginTestRun(school, 'rollover');
  const stored = await planInRun(school, runId, snapshotId);
  await applyStored(school, stored);
  expect(await countStates(school.journal, stored.planId)).toMatchObject({ pending: 0, conflict: 0 });
  await rememberApplied(school.journal, snapshotId);
  return { runId, snapshotId };
}

async function undo(runId: number): Promise<number> {
  const stored = await planUndo(own.school, runId);
  expect(stored.plan.notices).toEqual([]);
  await applyStored(own.school, stored);
  expect(await countStates(own.school.journal, stored.planId)).toMatchObject({
    pending: 0,
    conflict: 0,
    satisfied: 0,
  });
  expect(await countRemaining(own.school, { undoneRunId: runId, scope: { kind: 'whole' } })).toBe(0);
  return stored.runId;
}

async function expectInvariants(): Promise<void> {
  const { database } = own.school.moodle;
  expect(await brokenInvariants(own.school.db, { database, prefix: 'mdl_' }, await readInvariants())).toEqual(
    {},
  );
}

describeWithMoodle('taking back', () => {
  for (const version of moodleVersions) {
    test(`a school's first year leaves Moodle ${version} as it was [T35]`, async () => {
      own = await createSchool(version, settingsOf(2026));
      await settle();
      const before = await rows();
      const { runId } = await runYear(2026);
      expect(Object.keys(differences(before, await rows()))).toEqual(
        expect.arrayContaining(['user', 'course', 'user_enrolments', 'course_categories']),
      );
      await undo(runId);
      expect(differences(before, await rows())).toEqual({});
      await expectInvariants();
      const managed = await selectManaged(own.school.journal);
      expect([managed.users.size, managed.courses.size, managed.enrolments.size]).toEqual([0, 0, 0]);
    }, 180_000);

    test(`a second year, with codes used again, leaves Moodle ${version} as the first year left it [T35]`, async () => {
      own = await createSchool(version, settingsOf(2026));
      await settle();
      await runYear(2026);
      const before = await rows();
      const managedBefore = await selectManaged(own.school.journal);
      const { runId } = await runYear(2027);
      await undo(runId);
      expect(differences(before, await rows())).toEqual({});
      await expectInvariants();
      const managed = await selectManaged(own.school.journal);
      expect(managed.enrolments).toEqual(managedBefore.enrolments);
      expect([...managed.courses.keys()].sort()).toEqual([...managedBefore.courses.keys()].sort());
    }, 180_000);
  }
});
