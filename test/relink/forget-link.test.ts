/** What a person deleted in Moodle stays deleted until a person wants it anew. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectGivenUp } from '../../data/journal/managed-history.js';
import { selectManaged } from '../../data/journal/managed.js';
import { eachEnrolment } from '../../data/model/managed-enrolments.js';
import { forgetLink, lookAtLink } from '../../data/stages/forget-link.js';
import { describeWithMoodle } from '../support/database.js';
import type { TestSchool } from '../support/school.js';
import { countTwice } from '../support/natural-rows.js';
import { applyYear, createYears } from './stage.js';

describeWithMoodle('an account of ours that was deleted in Moodle', () => {
  let own: TestSchool;
  beforeAll(async () => {
    own = await createYears();
    await applyYear(own, 2026);
  }, 120_000);
  afterAll(async () => own?.close());

  test('is kept while Moodle has it, and made anew once after it was forgotten', async () => {
    const { journal, db, moodle } = own.school;
    const { users, enrolments } = await selectManaged(journal);
    const enrolled = [...eachEnrolment(enrolments)][0];
    const user = users.get(enrolled?.person ?? '');
    if (user === undefined) throw new Error('The school has nobody.');
    const name = { kind: 'user' as const, moodleId: user.moodleId };
    const hers = [...eachEnrolment(enrolments)].filter((one) => one.person === user.externalId).length;

    expect(await lookAtLink(own.school, name)).toEqual({ state: 'there', enrolments: hers });
    expect((await forgetLink(own.school, name, 'admin')).state).toBe('there');
    expect(await selectGivenUp(journal)).toEqual([]);

    // as Moodle deletes an account
    const statements = [
      `UPDATE \`${moodle.database}\`.mdl_user SET deleted = 1, idnumber = '', username = CONCAT(email, '.1800000000'), email = MD5(username) WHERE id = ?`,
      `DELETE FROM \`${moodle.database}\`.mdl_user_enrolments WHERE userid = ?`,
      `DELETE FROM \`${moodle.database}\`.mdl_role_assignments WHERE userid = ?`,
    ];
    for (const statement of statements) await db.raw(statement, [user.moodleId]);
    const held = await applyYear(own, 2026);
    expect(held.plan.changes).toEqual([]);
    expect(held.plan.notices.map((one) => one.code)).toContain('user-deleted');

    expect(await lookAtLink(own.school, name)).toEqual({ state: 'deleted', enrolments: hers });
    expect((await forgetLink(own.school, name, 'admin')).state).toBe('forgotten');
    expect((await forgetLink(own.school, name, 'admin')).state).toBe('forgotten');
    expect(await selectGivenUp(journal)).toHaveLength(1 + hers);
    expect((await selectGivenUp(journal)).every((one) => one.reason === 'forgotten')).toBe(true);

    const anew = await applyYear(own, 2026);
    expect(anew.plan.changes.filter((one) => one.kind === 'user')).toHaveLength(1);
    expect(anew.states).toMatchObject({ applied: 1 + hers, conflict: 0 });
    expect((await selectManaged(journal)).users.get(user.externalId)?.moodleId).not.toBe(user.moodleId);
    expect(Object.values(await countTwice(db, moodle.database))).toEqual([0, 0, 0, 0, 0]);
  }, 120_000);

  test('nothing is looked up that never was ours', async () => {
    await expect(lookAtLink(own.school, { kind: 'course', moodleId: 1 })).rejects.toMatchObject({
      code: 'SubjectNotFound',
    });
  });
});
