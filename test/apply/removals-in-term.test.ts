/** What a reading in term must not take away in Moodle, beside what it may. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeSettings } from '../../data/journal/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { allRows, differences, type AllRows } from '../support/all-rows.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const sample = sampleSchool({ seed: 'in term', year: 2027, students: 60 });
const [vanished] = sample.teachers.filter(({ groups }) => groups.length > 0);
const [disabled] = sample.students;
const emptied = sample.students[1]!.groups[0]!;

/** A teacher is not in it, a student is disabled, and the SMS has emptied a class that is still there. */
const later: SampleSchool = {
  ...sample,
  teachers: sample.teachers.filter(({ externalId }) => externalId !== vanished!.externalId),
  students: sample.students.map((student) => ({
    ...student,
    groups: student.groups.filter((code) => code !== emptied),
    disabled: student.externalId === disabled!.externalId ? 'Y' : '',
  })),
};

describeWithMoodle('a reading in term', () => {
  let own: TestSchool;
  let before: AllRows;

  const read = async (school: SampleSchool): Promise<number> =>
    (await readSchool(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }])).snapshotId;

  beforeAll(async () => {
    own = await createSchool('4.5');
    const deletion = { users: true, enrolments: true, courses: 'hide' as const };
    const settings = { ...openSettings(2027), deletion };
    await storeSettings(own.school.journal, settings, settingsHash(settings), 'test');
    const snapshotId = await read(sample);
    await applyStored(own.school, await planSnapshot(own.school, snapshotId));
    await rememberApplied(own.school.journal, snapshotId);
    before = await allRows(own.school.db, own.school.moodle.database);
  }, 240_000);
  afterAll(async () => own.close());

  async function count(sql: string, bindings: readonly string[]): Promise<number> {
    const database = `\`${own.school.moodle.database}\`.`;
    const [[row]] = (await own.school.db.raw(
      sql.replaceAll('mdl_', `${database}mdl_`),
      bindings,
    )) as unknown as [{ count: number }[]];
    return row?.count ?? -1;
  }

  test('suspends whom KN has disabled; a vanished teacher and an emptied class keep everything [T14] [T16]', async () => {
    const snapshotId = await read(later);
    const again = await planSnapshot(own.school, snapshotId);
    expect(again.plan.changes).toEqual([]);
    const computed = await computeRemovals(own.school, snapshotId, 'term');
    expect(computed.plan.changes.map(({ kind, operation }) => `${kind}.${operation}`)).toEqual([
      'user.suspend',
    ]);
    const told = computed.plan.notices.map(({ code, subject }) => `${code} ${subject}`);
    expect(told).toContain(`teacher-gone ${vanished!.externalId}`);
    expect(told).toContain(`roster-kept ${emptied}`);

    const stored = await storeRemovals(own.school, null, snapshotId, computed);
    const result = await applyStored(own.school, { ...stored, plan: computed.plan });
    expect(result).toMatchObject({ ended: 'done', progress: { applied: 1, conflict: 0 } });

    const after = await allRows(own.school.db, own.school.moodle.database);
    expect(Object.keys(differences(before, after))).toEqual(['user']);
    const suspended = 'SELECT COUNT(*) AS count FROM mdl_user WHERE suspended = 1 AND idnumber = ?';
    expect(await count(suspended, [disabled!.externalId])).toBe(1);
    const active = `SELECT COUNT(*) AS count FROM mdl_user_enrolments ue JOIN mdl_user u ON u.id = ue.userid
      WHERE ue.status = 0 AND u.suspended = 0 AND u.idnumber = ?`;
    expect(await count(active, [vanished!.externalId])).toBe(vanished!.groups.length);
    const inClass = `SELECT COUNT(*) AS count FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid
      JOIN mdl_course c ON c.id = e.courseid WHERE ue.status = 0 AND c.idnumber = ?`;
    const members = [...sample.students, ...sample.teachers].filter(({ groups }) => groups.includes(emptied));
    expect(await count(inClass, [emptied])).toBe(members.length);
    expect((await computeRemovals(own.school, snapshotId, 'term')).plan.changes).toEqual([]);
  });
});
