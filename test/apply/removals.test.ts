/** Suspending and hiding on real Moodle databases: nothing but the row itself changes, and all of it comes back. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeSettings } from '../../data/journal/settings.js';
import { selectChangesPage } from '../../data/journal/plans.js';
import { selectWithdrawn } from '../../data/journal/withdrawn.js';
import type { Change } from '../../data/model/plan.js';
import { settingsHash } from '../../data/settings/hash.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { rememberApplied } from '../../data/stages/class-rules.js';
import { sampleSchool, type SamplePerson, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { allRows, differences, type AllRows } from '../support/all-rows.js';
import { applyStored, planSnapshot, type StoredPlan } from '../support/apply-in-process.js';
import { describeWithMoodle, type MoodleVersion } from '../support/database.js';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, openSettings, type TestSchool } from '../support/school.js';

const sample = sampleSchool({ seed: 'removals', year: 2027, students: 60 });
const leavers = sample.students.slice(0, 3).map((student) => student.externalId);
const goneGroup = sample.groups[0]!.externalId;

/** Without three students, and without one class. */
const withoutClass = (person: SamplePerson): SamplePerson => ({
  ...person,
  groups: person.groups.filter((code) => code !== goneGroup),
});
const later: SampleSchool = {
  ...sample,
  students: sample.students.filter(({ externalId }) => !leavers.includes(externalId)).map(withoutClass),
  teachers: sample.teachers.map(withoutClass),
  groups: sample.groups.filter((group) => group.externalId !== goneGroup),
};

const versions = ['4.1', '4.5', '5.0'] as const;
for (const version of versions) describeWithMoodle(`removals on Moodle ${version}`, () => onMoodle(version));

function onMoodle(version: MoodleVersion): void {
  let own: TestSchool;
  let before: AllRows;

  const read = async (school: SampleSchool): Promise<number> =>
    (await readSchool(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(school, 'xlsx') }])).snapshotId;

  beforeEach(async () => {
    own = await createSchool(version);
    const settings = {
      ...openSettings(),
      deletion: { users: true, enrolments: true, courses: 'hide' as const },
    };
    await storeSettings(own.school.journal, settings, settingsHash(settings), 'test');
    const snapshotId = await read(sample);
    await applyStored(own.school, await planSnapshot(own.school, snapshotId));
    await rememberApplied(own.school.journal, snapshotId);
    await leaveWork();
    before = await allRows(own.school.db, own.school.moodle.database);
  }, 240_000);
  afterEach(async () => own.close());

  const table = (name: string): string => `\`${own.school.moodle.database}\`.\`mdl_${name}\``;

  async function rows<R>(sql: string, bindings: readonly (string | number)[] = []): Promise<R[]> {
    const [found] = (await own.school.db.raw(sql, bindings as never)) as unknown as [R[]];
    return found;
  }

  /** A leaver is signed in, in a group, subscribed, has a grade and has completed something. */
  async function leaveWork(): Promise<void> {
    const [one] = await rows<{ userid: number; courseid: number }>(
      `SELECT ue.userid, e.courseid FROM ${table('user_enrolments')} ue JOIN ${table('enrol')} e ON e.id = ue.enrolid
         JOIN ${table('user')} u ON u.id = ue.userid WHERE u.idnumber = ? LIMIT 1`,
      [leavers[0]!],
    );
    const { userid, courseid } = one!;
    await rows(
      `INSERT INTO ${table('sessions')} (sid, userid, timecreated, timemodified) VALUES ('x', ?, 1, 1)`,
      [userid],
    );
    await rows(
      `INSERT INTO ${table('groups')} (courseid, name, timecreated, timemodified) VALUES (?, 'A', 1, 1)`,
      [courseid],
    );
    await rows(
      `INSERT INTO ${table('groups_members')} (groupid, userid, timeadded) SELECT MAX(id), ?, 1 FROM ${table('groups')}`,
      [userid],
    );
    await rows(
      `INSERT INTO ${table('grade_grades')} (itemid, userid, finalgrade, feedback) VALUES (77, ?, 81.5, 'well done')`,
      [userid],
    );
    await rows(
      `INSERT INTO ${table('course_completions')} (userid, course, timecompleted) VALUES (?, ?, 5)`,
      [userid, courseid],
    );
  }

  async function planLater(): Promise<StoredPlan & { snapshotId: number }> {
    const snapshotId = await read(later);
    expect((await planSnapshot(own.school, snapshotId)).plan.changes).toEqual([]);
    const computed = await computeRemovals(own.school, snapshotId, 'rollover');
    return {
      ...(await storeRemovals(own.school, null, snapshotId, computed)),
      plan: computed.plan,
      snapshotId,
    };
  }

  const remaining = async (snapshotId: number): Promise<readonly Change[]> =>
    (await computeRemovals(own.school, snapshotId, 'rollover')).plan.changes;

  async function soundness(): Promise<object> {
    const { database } = own.school.moodle;
    const place = { database, prefix: 'mdl_' };
    const invariants = (await readInvariants()).filter(({ id }) => !/^(grade|groups?|completion)/.test(id));
    return brokenInvariants(own.school.db, place, invariants);
  }

  test(
    'suspended people keep grades, groups and roles; a hidden course keeps everybody; all of it comes back [T12] [T17]',
    { timeout: 240_000 },
    async () => {
      const planned = await planLater();
      const kinds = new Set(planned.plan.changes.map(({ kind, operation }) => `${kind}.${operation}`));
      expect([...kinds].sort()).toEqual(['course.hide', 'enrolment.suspend', 'user.suspend']);
      const broken = await soundness();
      const result = await applyStored(own.school, planned, { batch: { enrolment: 4, user: 2 } });
      expect(result).toMatchObject({ ended: 'done', progress: { conflict: 0, satisfied: 0, pending: 0 } });
      const after = await allRows(own.school.db, own.school.moodle.database);
      expect(Object.keys(differences(before, after)).sort()).toEqual(['course', 'user', 'user_enrolments']);
      for (const name of ['course', 'user', 'user_enrolments'])
        expect(after[name]).toHaveLength(before[name]!.length);
      expect(await rows(`SELECT id FROM ${table('sessions')}`)).toEqual([]);
      expect(await soundness()).toEqual(broken);
      expect(await selectWithdrawn(own.school.journal)).toHaveLength(planned.plan.changes.length);
      expect(await remaining(planned.snapshotId)).toEqual([]);
      // and everybody is back
      const back = await planSnapshot(own.school, await read(sample));
      expect(back.plan.changes).toHaveLength(planned.plan.changes.length);
      expect(await applyStored(own.school, back)).toMatchObject({ progress: { conflict: 0, satisfied: 0 } });
      expect(differences(before, await allRows(own.school.db, own.school.moodle.database))).toEqual({});
      expect(await selectWithdrawn(own.school.journal)).toEqual([]);
    },
  );

  test(
    'what somebody has done in Moodle since the plan is respected, and not ours',
    { timeout: 240_000 },
    async () => {
      const planned = await planLater();
      const of = (kind: Change['kind']) => planned.plan.changes.filter((one) => one.kind === kind);
      const [satisfied, renamed] = of('user');
      const [removed, suspended] = of('enrolment');
      const [course] = of('course');
      const idOf = (change: Change | undefined): number => (change as { moodleId: number }).moodleId;
      await rows(`UPDATE ${table('user')} SET suspended = 1 WHERE id = ?`, [idOf(satisfied)]);
      await rows(`UPDATE ${table('user')} SET idnumber = 'else' WHERE id = ?`, [idOf(renamed)]);
      await rows(`DELETE FROM ${table('user_enrolments')} WHERE id = ?`, [idOf(removed)]);
      await rows(`UPDATE ${table('user_enrolments')} SET status = 1 WHERE id = ?`, [idOf(suspended)]);
      await rows(`UPDATE ${table('course')} SET shortname = 'mine' WHERE id = ?`, [idOf(course)]);
      await applyStored(own.school, planned);
      const stored = await selectChangesPage(own.school.journal, planned.planId, 0, 1000);
      const end = (change: Change | undefined): string =>
        stored
          .flatMap((one) => (one.change.seq === change?.seq ? [`${one.state} ${one.reason ?? ''}`] : []))
          .join();
      expect([satisfied, renamed, removed, suspended, course].map(end)).toEqual([
        'satisfied ',
        'conflict link-broken',
        'conflict enrolment-removed',
        'satisfied ',
        'conflict value-changed-in-moodle',
      ]);
      const ours = new Set(
        (await selectWithdrawn(own.school.journal)).map((one) => `${one.kind} ${one.moodleId}`),
      );
      expect(ours.has(`user ${idOf(satisfied)}`)).toBe(false);
      expect(ours.has(`enrolment ${idOf(suspended)}`)).toBe(false);
      // whom somebody else suspended does not come back by us
      const back = await planSnapshot(own.school, await read(sample));
      const reactivated = back.plan.changes.filter((one) => one.operation === 'reactivate').map(idOf);
      expect(reactivated).not.toContain(idOf(satisfied));
      expect(reactivated).not.toContain(idOf(suspended));
    },
  );
}
