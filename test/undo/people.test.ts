/** What people did since the run is respected, one by one, and the rest comes back. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countStates, selectChangesPage } from '../../data/journal/plans.js';
import { selectManaged } from '../../data/journal/managed.js';
import { releasePerson, releaseRun, selectUndone } from '../../data/journal/undone.js';
import { selectWithdrawn } from '../../data/journal/withdrawn.js';
import { countEnrolments, findEnrolment } from '../../data/model/managed-enrolments.js';
import type { Change, EnrolmentCreate } from '../../data/model/plan.js';
import { computePlan, storePlan } from '../../data/stages/compute-plan.js';
import { countRemaining } from '../../data/undo/compute-undo.js';
import { addAccountByHand } from '../../embedded/pocket-moodle/account-by-hand.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { allRows, differences, type AllRows } from '../support/all-rows.js';
import { applyStored, type StoredPlan } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { naturalRows } from '../support/natural-rows.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';
import { beginTestRun, planInRun, planUndo, type StoredUndo } from '../support/undo.js';

const sample = sampleSchool({ seed: 'undo-people', year: 2027, students: 30 });
const whole = { kind: 'whole' } as const;

describeWithMoodle('taking back', () => {
  let own: TestSchool;
  let before: AllRows;
  let snapshotId: number;
  let runId: number;
  let stored: StoredPlan;

  const run = async (sql: string, bindings: readonly (string | number)[] = []): Promise<void> => {
    await own.school.db.raw(
      sql.replaceAll('mdl_', `\`${own.school.moodle.database}\`.mdl_`),
      bindings as never,
    );
  };
  const value = async (sql: string, bindings: readonly (string | number)[] = []): Promise<unknown> => {
    const [rows] = (await own.school.db.raw(
      sql.replaceAll('mdl_', `\`${own.school.moodle.database}\`.mdl_`),
      bindings as never,
    )) as unknown as [{ v: unknown }[]];
    return rows[0]?.v;
  };
  const rows = (): Promise<AllRows> => allRows(own.school.db, own.school.moodle.database);

  beforeEach(async () => {
    own = await createSchool();
    await run('UPDATE mdl_course SET sortorder = 1 WHERE category = 0');
    before = await rows();
    const bytes = toWorkbook(sample, 'xlsx');
    snapshotId = (await readSchool(own.school, [{ name: 'kn.xlsx', bytes }])).snapshotId;
    runId = await beginTestRun(own.school, 'rollover');
    stored = await planInRun(own.school, runId, snapshotId);
    await applyStored(own.school, stored);
  }, 120_000);
  afterEach(async () => own.close());

  function changeOf<K extends Change['kind']>(
    kind: K,
    nth = 0,
  ): Extract<Change, { kind: K; operation: 'create' }> {
    const found = stored.plan.changes.filter(
      (one): one is Extract<Change, { kind: K; operation: 'create' }> =>
        one.kind === kind && one.operation === 'create',
    )[nth];
    if (found === undefined) throw new Error(`The plan has no ${kind}.`);
    return found;
  }

  /** The first enrolment of a person. */
  function enrolmentOf(externalId: string): EnrolmentCreate {
    const found = stored.plan.changes.find(
      (one): one is EnrolmentCreate =>
        one.kind === 'enrolment' && one.operation === 'create' && one.person === externalId,
    );
    if (found === undefined) throw new Error('The plan enrols this person nowhere.');
    return found;
  }

  async function idOf(change: Change): Promise<number> {
    const [row] = await selectChangesPage(own.school.journal, stored.planId, change.seq - 1, 1);
    return row?.moodleId ?? 0;
  }

  async function undo(undone = runId, scope: Parameters<typeof planUndo>[2] = whole): Promise<StoredUndo> {
    const planned = await planUndo(own.school, undone, scope);
    await applyStored(own.school, planned);
    const states = await countStates(own.school.journal, planned.planId);
    expect(states).toMatchObject({ pending: 0, conflict: 0, satisfied: 0 });
    expect(await countRemaining(own.school, { undoneRunId: undone, scope })).toBe(0);
    return planned;
  }

  const codesOf = (planned: StoredUndo): string[] =>
    [...new Set(planned.plan.notices.map((one) => `${one.kind} ${one.code}`))].sort();

  test('suspends an account that somebody has signed in to, and removes the others', async () => {
    const user = changeOf('user');
    const id = await idOf(user);
    await run('UPDATE mdl_user SET firstaccess = 5, lastaccess = 5 WHERE id = ?', [id]);
    const planned = await undo();
    expect(codesOf(planned)).toEqual(['user undo-used']);
    expect(await value('SELECT suspended AS v FROM mdl_user WHERE id = ?', [id])).toBe(1);
    expect([...(await selectManaged(own.school.journal)).users.keys()]).toEqual([user.externalId]);
    const left = differences(before, await rows());
    expect(Object.keys(left).sort()).toEqual(
      ['context', 'user', 'user_preferences'].filter((name) => name in left),
    );
    expect(left['user']?.added).toHaveLength(1);
  });

  test('finds who is referred to from any table that the schema shows, also from a plugin of nobody we know', async () => {
    const user = changeOf('user');
    const course = changeOf('course', 1);
    await run(
      'CREATE TABLE mdl_local_unheard_of (id BIGINT PRIMARY KEY AUTO_INCREMENT, ownerid BIGINT, course_id INT)',
    );
    await run('INSERT INTO mdl_local_unheard_of (ownerid, course_id) VALUES (?, 0), (0, ?)', [
      await idOf(user),
      await idOf(course),
    ]);
    const planned = await undo();
    const kept = planned.plan.notices.filter((one) => one.code === 'undo-used').map((one) => one.subject);
    expect(kept.sort()).toEqual([user.externalId, course.externalId].sort());
    expect(await value('SELECT visible AS v FROM mdl_course WHERE id = ?', [await idOf(course)])).toBe(0);
  });

  test('hides a course into which somebody put something, and keeps what a person renamed', async () => {
    const [first, second, third] = [changeOf('course'), changeOf('course', 1), changeOf('course', 2)];
    await run("UPDATE mdl_course SET fullname = 'Ours now', timemodified = timemodified + 9 WHERE id = ?", [
      await idOf(first),
    ]);
    await run("UPDATE mdl_course_sections SET summary = 'Read this' WHERE course = ? AND section = 1", [
      await idOf(second),
    ]);
    await run('INSERT INTO mdl_groups (courseid, name, timecreated, timemodified) VALUES (?, ?, 1, 1)', [
      await idOf(third),
      'A',
    ]);
    const planned = await undo();
    expect(codesOf(planned)).toEqual(['category category-in-use', 'course undo-changed', 'course undo-used']);
    for (const course of [first, second, third])
      expect(await value('SELECT visible AS v FROM mdl_course WHERE id = ?', [await idOf(course)])).toBe(0);
    expect(await value('SELECT fullname AS v FROM mdl_course WHERE id = ?', [await idOf(first)])).toBe(
      'Ours now',
    );
  });

  test('suspends an enrolment that has been used, and so keeps its course and its person', async () => {
    const enrolment = changeOf('enrolment');
    const id = await idOf(enrolment);
    await run(
      `INSERT INTO mdl_user_lastaccess (userid, courseid, timeaccess) SELECT ue.userid, e.courseid, 7
        FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid WHERE ue.id = ?`,
      [id],
    );
    const planned = await undo();
    expect(codesOf(planned)).toEqual([
      'category category-in-use',
      'course undo-used',
      'enrolment undo-used',
      'user undo-used',
    ]);
    expect(await value('SELECT status AS v FROM mdl_user_enrolments WHERE id = ?', [id])).toBe(1);
    expect(countEnrolments((await selectManaged(own.school.journal)).enrolments)).toBe(1);
    expect((await selectWithdrawn(own.school.journal)).map((one) => one.kind)).toEqual([
      'course',
      'enrolment',
      'user',
    ]);
  });

  test('looks once more in the transaction: who signs in after planning keeps the account', async () => {
    const planned = await planUndo(own.school, runId);
    const id = await idOf(changeOf('user', 2));
    await run('UPDATE mdl_user SET lastlogin = 5 WHERE id = ?', [id]);
    await applyStored(own.school, planned);
    expect(await countStates(own.school.journal, planned.planId)).toMatchObject({ pending: 0, conflict: 1 });
    expect(await value('SELECT COUNT(*) AS v FROM mdl_user WHERE id = ?', [id])).toBe(1);
    const again = await undo();
    expect(again.plan.changes.map((one) => `${one.kind}.${one.operation}`)).toEqual(['user.suspend']);
  });

  test('looks again before COMMIT: what somebody begins to use while a batch is under way stays', async () => {
    const planned = await planUndo(own.school, runId);
    const enrolment = changeOf('enrolment');
    const ofCourse = changeOf('course', 3);
    const ofUser = changeOf('user', 3);
    expect([ofCourse.externalId, ofUser.externalId]).not.toContain(enrolment.group);
    const [enrolmentId, courseId, userId] = [await idOf(enrolment), await idOf(ofCourse), await idOf(ofUser)];
    const [[access]] = (await own.school.db.raw(
      `SELECT ue.userid, e.courseid FROM \`${own.school.moodle.database}\`.mdl_user_enrolments ue
        JOIN \`${own.school.moodle.database}\`.mdl_enrol e ON e.id = ue.enrolid WHERE ue.id = ?`,
      [enrolmentId],
    )) as unknown as [[{ userid: number; courseid: number }]];
    // one of each kind, in the first attempt of its batch: the second one proves again
    const inserts: Readonly<Record<number, readonly [string, number[]]>> = {
      1: [
        'INSERT INTO mdl_user_lastaccess (userid, courseid, timeaccess) VALUES (?, ?, 7)',
        [access.userid, access.courseid],
      ],
      3: [
        "INSERT INTO mdl_groups (courseid, name, timecreated, timemodified) VALUES (?, 'A', 1, 1)",
        [courseId],
      ],
      5: ['INSERT INTO mdl_groups_members (groupid, userid, timeadded) VALUES (77, ?, 1)', [userId]],
    };
    let reached = 0;
    await applyStored(own.school, planned, {
      async onPoint(point) {
        if (point !== 'after-moodle-rows') return;
        reached += 1;
        const insert = inserts[reached];
        if (insert !== undefined) await run(...insert);
      },
    });
    const gone = async (table: string, id: number): Promise<boolean> =>
      (await value(`SELECT COUNT(*) AS v FROM mdl_${table} WHERE id = ?`, [id])) === 0;
    expect(await gone('user_enrolments', enrolmentId)).toBe(false);
    expect(await gone('course', courseId)).toBe(false);
    expect(await gone('user', userId)).toBe(false);
    const left = await selectManaged(own.school.journal);
    expect([countEnrolments(left.enrolments), left.courses.size, left.users.size]).toEqual([1, 2, 2]);
    const again = await undo();
    expect(again.plan.counts).toMatchObject({ 'user.suspend': 2, 'course.hide': 2, 'enrolment.suspend': 1 });
  });

  test('a merged account gets the idnumber back that it gave up, and is ours again', async () => {
    const { school } = own;
    const { externalId, values } = changeOf('user', 2);
    const merged = await idOf(changeOf('user', 2));
    const byHand = { login: 'by.hand', firstName: 'Hana', surname: 'Parata', email: 'hana@school.example' };
    await addAccountByHand(school.db, { database: school.moodle.database, prefix: 'mdl_' }, byHand);
    const survivor = Number(await value("SELECT id AS v FROM mdl_user WHERE username = 'by.hand'"));
    const computed = await computePlan(school, snapshotId, true);
    const link: Change = {
      seq: 1,
      kind: 'user',
      operation: 'link',
      externalId,
      userType: 'student',
      moodleId: survivor,
      username: 'by.hand',
      idnumberBefore: '',
      values,
      insteadOf: merged,
    };
    const member = enrolmentOf(externalId);
    const enrolment = await idOf(member);
    const courseId = Number(await value('SELECT id AS v FROM mdl_course WHERE idnumber = ?', [member.group]));
    const anew: Change = { ...member, seq: 2, userId: survivor, courseId, insteadOf: enrolment };
    const later = await beginTestRun(school, 'sync');
    const plan = { ...computed.plan, changes: [link, anew] };
    const linked = await rows();
    await applyStored(school, {
      ...(await storePlan(school, later, snapshotId, { ...computed, plan })),
      plan,
    });
    expect(await value('SELECT idnumber AS v FROM mdl_user WHERE id = ?', [merged])).toBe('');
    // what the merged account has is still known to be ours, beside what stands in for it
    const both = await selectManaged(school.journal);
    expect(both.merged).toMatchObject([{ moodleId: enrolment, userid: merged }]);
    expect(findEnrolment(both.enrolments, member.group, externalId)).toMatchObject({ userid: survivor });
    const undone = await undo(later);
    expect(undone.plan.notices).toEqual([]);
    expect(differences(linked, await rows())).toEqual({});
    const { users, enrolments, merged: left } = await selectManaged(school.journal);
    expect(users.get(externalId)).toMatchObject({ moodleId: merged });
    expect(findEnrolment(enrolments, member.group, externalId)).toMatchObject({
      moodleId: enrolment,
      userid: merged,
    });
    expect(left).toEqual([]);
    // and there and back again
    const again = await undo(undone.runId);
    expect(await value('SELECT idnumber AS v FROM mdl_user WHERE id = ?', [survivor])).toBe(externalId);
    await undo(again.runId);
    expect(differences(linked, await rows())).toEqual({});
  });

  test('goes on after it was stopped anywhere', async () => {
    const planned = await planUndo(own.school, runId);
    for (const point of ['after-moodle-rows', 'before-commit', 'after-commit'] as const)
      for (const nth of [1, 2]) {
        let seen = 0;
        const stop = applyStored(own.school, planned, {
          batch: { user: 5, course: 3, enrolment: 20 },
          onPoint: (reached) => {
            seen += reached === point ? 1 : 0;
            if (seen === nth) throw new Error('stopped here');
          },
        });
        await expect(stop).rejects.toMatchObject({ code: 'Internal' });
      }
    await applyStored(own.school, planned, { batch: { user: 7, course: 4, enrolment: 50 } });
    expect(await countStates(own.school.journal, planned.planId)).toMatchObject({ pending: 0, conflict: 0 });
    expect(differences(before, await rows())).toEqual({});
  });

  test('takes back one person, one class, or one type', async () => {
    const { person, group } = changeOf('enrolment');
    const alone = await planUndo(own.school, runId, { kind: 'person', externalId: person });
    expect(new Set(alone.plan.changes.map((one) => one.kind))).toEqual(new Set(['enrolment', 'user']));
    await undo(runId, { kind: 'person', externalId: person });
    await undo(runId, { kind: 'class', externalId: group });
    const managed = await selectManaged(own.school.journal);
    expect([managed.users.has(person), managed.courses.has(group)]).toEqual([false, false]);
    await undo(runId, { kind: 'type', type: 'enrolments' });
    expect(countEnrolments((await selectManaged(own.school.journal)).enrolments)).toBe(0);
    await undo();
    expect(differences(before, await rows())).toEqual({});
  });

  test('is not made again by the next plan before a person releases it', async () => {
    await undo();
    const held = await planInRun(own.school, await beginTestRun(own.school, 'sync'), snapshotId);
    expect(held.plan.changes).toEqual([]);
    expect(new Set(held.plan.notices.map((one) => one.code))).toEqual(new Set(['undone']));
    expect(held.plan.counts['notice.held']).toBe(held.plan.notices.length);
    const { person } = changeOf('enrolment');
    await releasePerson(own.school.journal, person, 'kiri');
    const one = await planInRun(own.school, await beginTestRun(own.school, 'sync'), snapshotId);
    expect(one.plan.changes.map((change) => `${change.kind}.${change.operation}`)).toEqual(['user.create']);
    await releaseRun(own.school.journal, runId, 'kiri');
    const all = await planInRun(own.school, await beginTestRun(own.school, 'sync'), snapshotId);
    expect(all.plan.counts['user.create']).toBe(stored.plan.counts['user.create']);
    expect(all.plan.counts['enrolment.create']).toBe(stored.plan.counts['enrolment.create']);
  });

  test('can be taken back itself, again and again', async () => {
    const { db, moodle, journal } = own.school;
    const made = await naturalRows(db, moodle.database);
    const first = await undo();
    const second = await undo(first.runId);
    const again = await naturalRows(db, moodle.database);
    for (const table of [
      'user_enrolments',
      'course',
      'course_categories',
      'role_assignments',
      'enrol',
      'course_sections',
    ])
      expect(again[table]).toEqual(made[table]);
    expect(await selectUndone(journal)).toEqual([]);
    await expect(planUndo(own.school, runId)).rejects.toMatchObject({ code: 'RunNotUndoable' });
    const third = await undo(second.runId);
    expect(differences(before, await rows())).toEqual({});
    expect(third.plan.notices).toEqual([]);
  });

  test('refuses while a later run stands on the same, and names that run', async () => {
    const { group, person } = changeOf('enrolment');
    await undo(runId, { kind: 'person', externalId: person });
    await releasePerson(own.school.journal, person, 'kiri');
    const later = await beginTestRun(own.school, 'sync');
    const planned = await planInRun(own.school, later, snapshotId);
    await applyStored(own.school, planned);
    const refused = planUndo(own.school, runId, { kind: 'class', externalId: group });
    await expect(refused).rejects.toMatchObject({ code: 'RunNotUndoable', details: { runs: String(later) } });
    const back = await undo(later);
    const again = await undo(back.runId);
    await expect(planUndo(own.school, runId)).rejects.toMatchObject({
      details: { runs: String(again.runId) },
    });
    // taken back for good: however often it went to and fro, nothing of it is in the way
    await undo(again.runId);
    await undo();
    expect(differences(before, await rows())).toEqual({});
  });
});
