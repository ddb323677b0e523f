/** People who come back under a new External ID, and accounts that a merge tool put together. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectManaged } from '../../data/journal/managed.js';
import { storeLinkAnswer } from '../../data/journal/links.js';
import { eachEnrolment } from '../../data/model/managed-enrolments.js';
import { computeRemovals, storeRemovals } from '../../data/stages/compute-removals.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { applyStored } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { countTwice } from '../support/natural-rows.js';
import { accountOf, createLinkSchool, proposed, stepsOf, withStudents, type LinkSchool } from './stage.js';

const sample = sampleSchool({ seed: 'links', year: 2027, students: 40 });
const numbered = sample.students.filter(({ nsn, groups }) => nsn !== undefined && groups.length >= 3);
const [absent, merged] = [numbered[0]?.externalId ?? '', numbered[1]?.externalId ?? ''];
const newId = 'RETURNED-1';
const without = withStudents(sample, (one) => (one.externalId === absent ? undefined : one));
/** Back after years: only the number is as it was. */
const returned = withStudents(sample, (one) =>
  one.externalId === absent
    ? {
        ...one,
        externalId: newId,
        idAsNumber: false,
        surname: 'Married-Elsewhere',
        login: 'returned.one',
        email: 'returned.one@elsewhere.example',
      }
    : one,
);

describeWithMoodle('a school of some years', () => {
  let own: LinkSchool;
  let account: number;

  beforeAll(async () => {
    own = await createLinkSchool(2027);
    for (const reading of [sample, without, without]) {
      const snapshotId = await own.read(reading);
      expect(await own.carryOut(snapshotId, await own.plan(snapshotId))).toMatchObject({ conflict: 0 });
    }
    account = (await accountOf(own, absent)) ?? 0;
  }, 180_000);
  afterAll(async () => own?.close());

  const answer = (externalId: string, moodleId: number) =>
    storeLinkAnswer(own.school.journal, { kind: 'user', externalId, moodleId, verdict: 'accepted' }, 'test');
  const userRow = async (moodleId: number) => {
    const sql = 'SELECT idnumber, username, suspended FROM {user} WHERE id = ?';
    return (await own.rows<{ idnumber: string; username: string; suspended: number }>(sql, [moodleId]))[0];
  };

  test('somebody who comes back with a new External ID is offered by the number that was kept, never taken [T26]', async () => {
    const before = await userRow(account);
    const snapshotId = await own.read(returned);
    for (let time = 0; time < 2; time += 1) {
      const stored = await own.plan(snapshotId);
      expect(proposed(stored.plan)).toEqual([`user ${newId} ${account} came-back,nsn`]);
      expect(stepsOf(stored.plan, newId)).toEqual([]);
      await own.carryOut(snapshotId, stored);
      expect(await userRow(account)).toEqual(before);
      expect(await accountOf(own, newId)).toBeUndefined();
      // while it is open, nobody is suspended and unsuspended in turns
      const removals = await computeRemovals(own.school, snapshotId, 'rollover');
      expect(removals.plan.changes.filter((one) => one.kind === 'user')).toEqual([]);
    }
    await answer(newId, account);
    const stored = await own.plan(snapshotId);
    expect(stored.plan.proposals).toEqual([]);
    expect(stored.plan.changes).toContainEqual(
      expect.objectContaining({ kind: 'user', operation: 'link', externalId: newId, moodleId: account }),
    );
    expect(await own.carryOut(snapshotId, stored)).toMatchObject({
      applied: stored.plan.changes.length,
      conflict: 0,
    });
    expect(await userRow(account)).toMatchObject({ idnumber: newId, suspended: 0 });
    for (let round = 0; round < 3; round += 1) {
      const next = await own.plan(snapshotId);
      if (next.plan.changes.length === 0) break;
      await own.carryOut(snapshotId, next);
    }
    const removals = await computeRemovals(own.school, snapshotId, 'rollover');
    expect(removals.plan.changes.filter((one) => one.kind === 'user')).toEqual([]);
    expect((await own.plan(snapshotId)).plan.changes).toEqual([]);
  });

  test('an account merged into another is held until somebody accepts; then the link goes over and the rest is closed [T25]', async () => {
    // the plugin's own table, as its current versions have it
    await own.write(
      `CREATE TABLE {tool_mergeusers} (id BIGINT(10) NOT NULL AUTO_INCREMENT PRIMARY KEY, touserid BIGINT(10) NOT NULL,
       fromuserid BIGINT(10) NOT NULL, success SMALLINT(4) NOT NULL, mergedbyuserid BIGINT(10), timemodified BIGINT(10) NOT NULL,
       log LONGTEXT NOT NULL, status VARCHAR(20))`,
    );
    const loser = (await accountOf(own, merged)) ?? 0;
    const survivor = await own.addAccount('merge.survivor');
    const wrong = await own.addAccount('merge.failed');
    const log =
      "INSERT INTO {tool_mergeusers} (touserid, fromuserid, success, timemodified, log, status) VALUES (?, ?, ?, 1800000000, '[]', ?)";
    await own.write(log, [survivor, loser, 1, 'success']);
    await own.write(log, [wrong, loser, 0, 'error']);
    await own.write(log, [wrong, survivor, 0, 'pending']);
    const enrolled = await own.rows<{ id: number; courseid: number }>(
      'SELECT ue.id, e.courseid FROM {user_enrolments} ue JOIN {enrol} e ON e.id = ue.enrolid WHERE ue.userid = ? ORDER BY ue.id',
      [loser],
    );
    const [left, ...moved] = enrolled;
    expect(moved.length).toBeGreaterThan(1);
    // all but one enrolment go over with their roles; the tool suspends what it emptied
    for (const { id, courseid } of moved) {
      await own.write('UPDATE {user_enrolments} SET userid = ? WHERE id = ?', [survivor, id]);
      await own.write(
        `UPDATE {role_assignments} ra JOIN {context} c ON c.id = ra.contextid AND c.contextlevel = 50
         SET ra.userid = ? WHERE ra.userid = ? AND c.instanceid = ?`,
        [survivor, loser, courseid],
      );
    }
    await own.write('UPDATE {user} SET suspended = 1 WHERE id = ?', [loser]);
    const snapshotId = await own.read(returned);
    const held = await own.plan(snapshotId);
    expect(proposed(held.plan)).toEqual([`user ${merged} ${survivor} merged`]);
    expect(held.plan.notices.filter(({ code }) => code === 'account-merged')).toMatchObject([
      { level: 'held', subject: merged, moodleIds: [loser, survivor] },
    ]);
    expect(held.plan.changes).toEqual([]);

    await answer(merged, survivor);
    const stored = await own.plan(snapshotId);
    expect(stored.plan.changes).toContainEqual(
      expect.objectContaining({
        operation: 'link',
        externalId: merged,
        moodleId: survivor,
        insteadOf: loser,
      }),
    );
    expect(stepsOf(stored.plan, merged)).toEqual(['user.link', 'enrolment.create']);
    expect(await own.carryOut(snapshotId, stored)).toMatchObject({ applied: 2, conflict: 0 });
    expect(await userRow(survivor)).toMatchObject({ idnumber: merged, suspended: 0 });
    expect(await userRow(loser)).toMatchObject({ idnumber: '', suspended: 1 });
    expect(await accountOf(own, merged)).toBe(survivor);
    expect((await own.plan(snapshotId)).plan.changes).toEqual([]);

    const status = async (): Promise<{ status: number }[]> =>
      own.rows('SELECT status FROM {user_enrolments} WHERE id = ?', [left?.id ?? 0]);
    expect(await status()).toEqual([{ status: 0 }]);
    const removals = await computeRemovals(own.school, snapshotId, 'rollover');
    expect(removals.plan.changes).toMatchObject([
      { kind: 'enrolment', operation: 'suspend', person: merged, userId: loser, cause: 'merged' },
    ]);
    const closing = await storeRemovals(own.school, null, snapshotId, removals);
    await applyStored(own.school, { ...closing, plan: removals.plan });
    expect(await status()).toEqual([{ status: 1 }]);
    expect((await own.plan(snapshotId)).plan.changes).toEqual([]);
    expect((await computeRemovals(own.school, snapshotId, 'rollover')).plan.changes).toEqual([]);
    const { enrolments } = await selectManaged(own.school.journal);
    expect([...eachEnrolment(enrolments)].filter(({ person }) => person === merged)).toHaveLength(
      enrolled.length,
    );
    expect(Object.values(await countTwice(own.school.db, own.school.moodle.database))).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });
});
