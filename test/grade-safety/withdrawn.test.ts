/** Who leaves a class within the year, comes back, and finds every grade: proven around each apply, and by all rows. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeSettings } from '../../data/journal/settings.js';
import { selectWithdrawn } from '../../data/journal/withdrawn.js';
import { settingsHash } from '../../data/settings/hash.js';
import { computePlan, forgetBack } from '../../data/stages/compute-plan.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { compareAfter, fingerprintBefore } from '../../data/stages/grade-safety.js';
import { nextYear, sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot, type StoredPlan } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';
import { largestClass, onMoodle, plantWork, readWork, type Planted } from './plant.js';

const sample = sampleSchool({ seed: 'withdrawn', year: 2027, students: 60 });

/** The same school while one student is out of one class. */
function without(person: string, group: string): SampleSchool {
  const students = sample.students.map((one) =>
    one.externalId === person ? { ...one, groups: one.groups.filter((code) => code !== group) } : one,
  );
  return { ...sample, students };
}

/** One student is called otherwise. */
function withNewName(school: SampleSchool): SampleSchool {
  const students = school.students.map((one, at) => (at === 0 ? { ...one, surname: 'Parata-Ngata' } : one));
  return { ...school, students };
}

describeWithMoodle('a student who leaves a class within the year', () => {
  let own: TestSchool;
  let planted: Planted;
  let person: string;
  let userId: number;

  const read = async (school: SampleSchool): Promise<number> =>
    (await readSchool(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }])).snapshotId;

  /** Applies as a run does: looked at before, compared after. */
  async function apply(stored: StoredPlan): Promise<void> {
    await fingerprintBefore(own.school, stored.planId);
    expect(await applyStored(own.school, stored)).toMatchObject({
      ended: 'done',
      progress: { conflict: 0, pending: 0 },
    });
    const safety = await compareAfter(own.school, stored.planId);
    expect(safety).toMatchObject({ after: { losses: 0, others: 0 } });
    expect(safety?.people).toBeGreaterThan(0);
    expect(safety?.totalsBefore.find(({ table }) => table === 'grade_grades')?.values).toBeGreaterThan(0);
  }

  async function leave(): Promise<void> {
    const snapshotId = await read(without(person, planted.group));
    const { plan, ...computed } = await computeRemovals(own.school, snapshotId, 'term');
    expect(plan.changes).toMatchObject([
      { kind: 'enrolment', operation: 'suspend', person, group: planted.group },
    ]);
    await apply({ ...(await storeRemovals(own.school, null, snapshotId, { plan, ...computed })), plan });
    await rememberApplied(own.school.journal, snapshotId);
  }

  async function statuses(): Promise<number[]> {
    const [rows] = (await onMoodle(
      own.school,
      'SELECT ue.status FROM {user_enrolments} ue JOIN {enrol} e ON e.id = ue.enrolid WHERE e.courseid = ? AND ue.userid = ?',
      [planted.courseId, userId],
    )) as [{ status: number }[]];
    return rows.map(({ status }) => status);
  }

  beforeEach(async () => {
    own = await createSchool();
    const settings = {
      ...openSettings(),
      deletion: { users: true, enrolments: true, courses: 'hide' as const },
    };
    await storeSettings(own.school.journal, settings, settingsHash(settings), 'test');
    const snapshotId = await read(sample);
    await applyStored(own.school, await planSnapshot(own.school, snapshotId));
    await rememberApplied(own.school.journal, snapshotId);
    planted = await plantWork(own.school, await largestClass(own.school));
    userId = planted.students[0] ?? 0;
    person = planted.externalIds.get(userId) ?? '';
  }, 240_000);
  afterEach(async () => own?.close());

  test('and comes back has every grade value, override and feedback as before [T11]', async () => {
    const before = await readWork(own.school, planted.courseId);
    await leave();
    expect(await statuses()).toEqual([1]);
    expect(await readWork(own.school, planted.courseId)).toEqual(before);
    const back = await planSnapshot(own.school, await read(sample));
    expect(back.plan.changes).toMatchObject([{ kind: 'enrolment', operation: 'reactivate', person }]);
    await apply(back);
    expect(await statuses()).toEqual([0]);
    expect(await readWork(own.school, planted.courseId)).toEqual(before);
  });

  test('and is activated by hand when back in the class is suspended anew when leaving again', async () => {
    await leave();
    await onMoodle(
      own.school,
      'UPDATE {user_enrolments} ue JOIN {enrol} e ON e.id = ue.enrolid SET ue.status = 0 WHERE e.courseid = ? AND ue.userid = ?',
      [planted.courseId, userId],
    );
    const still = await computeRemovals(own.school, await read(without(person, planted.group)), 'term');
    expect(still.plan.changes).toEqual([]);
    const snapshotId = await read(sample);
    const back = await computePlan(own.school, snapshotId, false);
    expect(back.plan.changes).toEqual([]);
    expect(back.back).toHaveLength(1);
    await forgetBack(own.school, back);
    await rememberApplied(own.school.journal, snapshotId);
    await leave();
    expect(await statuses()).toEqual([1]);
    const [again] = (await selectWithdrawn(own.school.journal)).filter(({ secondId }) => secondId === person);
    expect(again).toMatchObject({ kind: 'enrolment', externalId: planted.group });
  });

  test('leaves submissions that the teacher, who stays, still sees [T12]', async () => {
    await leave();
    // what Moodle lists for a teacher: the submission of somebody who is enrolled, also suspended, and has the role
    const [rows] = (await onMoodle(
      own.school,
      `SELECT s.status, t.onlinetext, g.grade FROM {assign_submission} s JOIN {assign} a ON a.id = s.assignment
        JOIN {assignsubmission_onlinetext} t ON t.submission = s.id
        JOIN {assign_grades} g ON g.assignment = a.id AND g.userid = s.userid
        JOIN {enrol} e ON e.courseid = a.course JOIN {user_enrolments} ue ON ue.enrolid = e.id AND ue.userid = s.userid
        JOIN {context} x ON x.contextlevel = 50 AND x.instanceid = a.course
        JOIN {role_assignments} ra ON ra.contextid = x.id AND ra.userid = s.userid
        WHERE a.course = ? AND s.userid = ?`,
      [planted.courseId, userId],
    )) as [object[]];
    expect(rows).toMatchObject([{ status: 'submitted', onlinetext: 'Kōrero 0' }]);
    const [teachers] = (await onMoodle(
      own.school,
      `SELECT COUNT(*) AS n FROM {role_assignments} ra JOIN {context} x ON x.id = ra.contextid AND x.contextlevel = 50
        JOIN {role} r ON r.id = ra.roleid JOIN {enrol} e ON e.courseid = x.instanceid
        JOIN {user_enrolments} ue ON ue.enrolid = e.id AND ue.userid = ra.userid
        WHERE x.instanceid = ? AND r.shortname = 'editingteacher' AND ue.status = 0`,
      [planted.courseId],
    )) as [{ n: number }[]];
    expect(Number(teachers[0]?.n)).toBeGreaterThan(0);
  });

  test('is looked at with as many statements as a whole school', async () => {
    const countStatements = async (stored: StoredPlan): Promise<number> => {
      let statements = 0;
      const count = (): void => void (statements += 1);
      own.school.db.on('query', count);
      await fingerprintBefore(own.school, stored.planId);
      own.school.db.removeListener('query', count);
      return statements;
    };
    const one = await planSnapshot(own.school, await read(withNewName(sample)));
    const everybody = await planSnapshot(own.school, await read(nextYear(sample)));
    expect(one.plan.changes).toHaveLength(1);
    expect(everybody.plan.changes.length).toBeGreaterThan(100);
    const statements = await countStatements(one);
    expect(await countStatements(everybody)).toBe(statements);
    expect(statements).toBeLessThan(250);
  });
});
