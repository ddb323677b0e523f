/** Provenance that points at another Moodle row than before: links that a person accepts, enrolments made anew. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeLinkAnswer } from '../../data/journal/links.js';
import { selectManaged } from '../../data/journal/managed.js';
import { countOutcomes } from '../../data/journal/plans.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';

const sample = sampleSchool({ seed: 'relink', year: 2027, students: 40 });

describeWithMoodle('a school that is applied, when people change Moodle', () => {
  let own: TestSchool;
  let snapshotId: number;

  beforeEach(async () => {
    own = await createSchool();
    ({ snapshotId } = await readSchool(own.school, [{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }]));
    await applyStored(own.school, await planSnapshot(own.school, snapshotId));
  }, 120_000);
  afterEach(async () => own.close());

  const table = (name: string): string => `\`${own.school.moodle.database}\`.\`mdl_${name}\``;
  const run = (sql: string, bindings: readonly (string | number)[] = []): Promise<unknown> =>
    Promise.resolve(own.school.db.raw(sql, bindings));

  async function someUser(): Promise<{ externalId: string; moodleId: number }> {
    const [user] = (await selectManaged(own.school.journal)).users.values();
    if (user === undefined) throw new Error('Nobody is managed.');
    return user;
  }

  test('an accepted relink points the provenance at the account as it is now', async () => {
    const { externalId, moodleId } = await someUser();
    await run(`UPDATE ${table('user')} SET username = 'renamed.by.hand' WHERE id = ?`, [moodleId]);
    const proposed = await planSnapshot(own.school, snapshotId);
    expect(proposed.plan.proposals.map((proposal) => proposal.externalId)).toContain(externalId);
    await storeLinkAnswer(
      own.school.journal,
      { kind: 'user', externalId, moodleId, verdict: 'accepted' },
      'test',
    );
    const stored = await planSnapshot(own.school, snapshotId);
    expect(stored.plan.changes.map((change) => `${change.kind}.${change.operation}`)).toEqual(['user.link']);
    expect((await applyStored(own.school, stored)).progress).toMatchObject({ applied: 1, conflict: 0 });
    expect((await selectManaged(own.school.journal)).users.get(externalId)).toMatchObject({
      moodleId,
      username: 'renamed.by.hand',
    });
    expect((await planSnapshot(own.school, snapshotId)).plan.changes).toEqual([]);
  });

  test('a manual enrolment method that was deleted and made anew gets its people again', async () => {
    const [course] = (await selectManaged(own.school.journal)).courses.values();
    const courseId = course?.moodleId ?? 0;
    await run(
      `DELETE ue FROM ${table('user_enrolments')} ue JOIN ${table('enrol')} e ON e.id = ue.enrolid WHERE e.courseid = ?`,
      [courseId],
    );
    await run(
      `DELETE ra FROM ${table('role_assignments')} ra JOIN ${table('context')} c ON c.id = ra.contextid
      WHERE c.contextlevel = 50 AND c.instanceid = ?`,
      [courseId],
    );
    await run(`DELETE FROM ${table('enrol')} WHERE courseid = ? AND enrol = 'manual'`, [courseId]);
    await run(
      `INSERT INTO ${table('enrol')} (enrol, status, courseid, sortorder, roleid, timecreated, timemodified)
      VALUES ('manual', 0, ?, 9, 5, 1, 1)`,
      [courseId],
    );
    const stored = await planSnapshot(own.school, snapshotId);
    expect(stored.plan.changes.length).toBeGreaterThan(0);
    expect((await applyStored(own.school, stored)).progress).toMatchObject({
      applied: stored.plan.changes.length,
      conflict: 0,
    });
    expect((await planSnapshot(own.school, snapshotId)).plan.changes).toEqual([]);
  });

  test('a link is refused when somebody has given its idnumber to another account since the plan', async () => {
    const { externalId, moodleId } = await someUser();
    await run(`UPDATE ${table('user')} SET idnumber = '' WHERE id = ?`, [moodleId]);
    await storeLinkAnswer(
      own.school.journal,
      { kind: 'user', externalId, moodleId, verdict: 'accepted' },
      'test',
    );
    const stored = await planSnapshot(own.school, snapshotId);
    expect(stored.plan.changes.map((change) => `${change.kind}.${change.operation}`)).toContain('user.link');
    await run(`UPDATE ${table('user')} SET idnumber = ? WHERE username = 'admin'`, [externalId]);
    await applyStored(own.school, stored);
    const outcomes = await countOutcomes(own.school.journal, stored.planId);
    expect(outcomes.filter((one) => one.operation === 'link')).toMatchObject([
      { state: 'conflict', reason: 'duplicate-idnumber' },
    ]);
    const [rows] = (await run(`SELECT COUNT(*) AS n FROM ${table('user')} WHERE idnumber = ?`, [
      externalId,
    ])) as [{ n: number }[]];
    expect(rows[0]?.n).toBe(1);
  });
});
