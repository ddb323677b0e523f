/** A run that is taken back leaves Moodle's database as it was, table by table, on every version. */
import { afterEach, expect, test } from 'vitest';
import { countOutcomes, countStates } from '../../data/journal/plans.js';
import { selectManaged } from '../../data/journal/managed.js';
import { storeLinkAnswer } from '../../data/journal/links.js';
import { storeSettings } from '../../data/journal/settings.js';
import { selectWithdrawn } from '../../data/journal/withdrawn.js';
import { countEnrolments } from '../../data/model/managed-enrolments.js';
import { settingsHash } from '../../data/settings/hash.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { countRemaining } from '../../data/undo/compute-undo.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { addAccountByHand } from '../../embedded/pocket-moodle/account-by-hand.js';
import { nextYear, sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { allRows, differences, type AllRows } from '../support/all-rows.js';
import { applyStored, type StoredPlan } from '../support/apply-in-process.js';
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

function removing(): SchoolSettings {
  return { ...settingsOf(2027), deletion: { users: true, enrolments: true, courses: 'hide' } };
}

const wasThere = new Set(lastYear.students.map((student) => student.externalId));
const newcomers = thisYear.students.filter((student) => !wasThere.has(student.externalId)).slice(0, 2);
/** Somebody who stays was called otherwise last year. */
const stays = thisYear.students.find((student) => wasThere.has(student.externalId))!;
const renamed: SampleSchool = {
  ...lastYear,
  students: lastYear.students.map((student) =>
    student.externalId === stays.externalId ? { ...student, firstName: 'Otherwise' } : student,
  ),
};

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

interface Year {
  readonly runId: number;
  readonly snapshotId: number;
  /** `kind.operation` of everything that it did. */
  readonly did: readonly string[];
}

async function runYear(
  year: 2026 | 2027,
  sample: SampleSchool = year === 2026 ? lastYear : thisYear,
  settings: SchoolSettings = settingsOf(year),
): Promise<Year> {
  const { school } = own;
  await storeSettings(school.journal, settings, settingsHash(settings), 'test');
  const bytes = toWorkbook(sample, 'xlsx');
  const { snapshotId } = await readSchool(school, [{ name: 'kn.xlsx', bytes }]);
  const runId = await beginTestRun(school, 'rollover');
  const stored = await planInRun(school, runId, snapshotId);
  await applyStored(school, stored);
  expect(await countStates(school.journal, stored.planId)).toMatchObject({ pending: 0, conflict: 0 });
  await rememberApplied(school.journal, snapshotId);
  return { runId, snapshotId, did: stepsOf(stored) };
}

function stepsOf({ plan }: StoredPlan): string[] {
  return [...new Set(plan.changes.map(({ kind, operation }) => `${kind}.${operation}`))];
}

/** Stage 8 of the same run: who is not there any more is suspended, their courses are hidden. */
async function withdraw({ runId, snapshotId }: Year): Promise<string[]> {
  const { school } = own;
  const computed = await computeRemovals(school, snapshotId, 'rollover');
  const stored = { ...(await storeRemovals(school, runId, snapshotId, computed)), plan: computed.plan };
  await applyStored(school, stored);
  expect(await countStates(school.journal, stored.planId)).toMatchObject({ pending: 0, conflict: 0 });
  return stepsOf(stored);
}

async function undo(runId: number): Promise<number> {
  const stored = await planUndo(own.school, runId);
  expect(stored.plan.notices).toEqual([]);
  await applyStored(own.school, stored);
  const outcomes = await countOutcomes(own.school.journal, stored.planId);
  expect(outcomes.filter((one) => one.state !== 'applied')).toEqual([]);
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
      expect([managed.users.size, managed.courses.size, countEnrolments(managed.enrolments)]).toEqual([
        0, 0, 0,
      ]);
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

    test(`a rollover with mild removals, names and links leaves Moodle ${version} as it was [T35]`, async () => {
      own = await createSchool(version, settingsOf(2026));
      const { journal, db, moodle } = own.school;
      await settle();
      await runYear(2026, renamed);
      // two accounts that somebody made: one has its External ID, the other one's link is accepted by a person
      for (const one of newcomers)
        await addAccountByHand(db, { database: moodle.database, prefix: 'mdl_' }, one);
      await db.raw(`UPDATE \`${moodle.database}\`.mdl_user SET idnumber = ? WHERE username = ?`, [
        newcomers[0]!.externalId,
        newcomers[0]!.login ?? '',
      ]);
      const [rowsOfSecond] = (await db.raw(
        `SELECT id FROM \`${moodle.database}\`.mdl_user WHERE username = ?`,
        [newcomers[1]!.login ?? ''],
      )) as unknown as [{ id: number }[]];
      await storeLinkAnswer(
        journal,
        {
          kind: 'user',
          externalId: newcomers[1]!.externalId,
          moodleId: rowsOfSecond[0]?.id ?? 0,
          verdict: 'accepted',
        },
        'test',
      );
      const before = await rows();
      const managedBefore = await selectManaged(journal);
      const year = await runYear(2027, thisYear, removing());
      expect([...year.did, ...(await withdraw(year))].sort()).toEqual([
        'category.create',
        'course.archive',
        'course.create',
        'course.hide',
        'enrolment.create',
        'enrolment.suspend',
        'user.create',
        'user.link',
        'user.suspend',
        'user.update',
      ]);
      await undo(year.runId);
      expect(differences(before, await rows())).toEqual({});
      await expectInvariants();
      const managed = await selectManaged(journal);
      expect(managed.enrolments).toEqual(managedBefore.enrolments);
      expect(managed.courses).toEqual(managedBefore.courses);
      expect([...managed.users.keys()].sort()).toEqual([...managedBefore.users.keys()].sort());
      expect(await selectWithdrawn(journal)).toEqual([]);
    }, 180_000);
  }
});
