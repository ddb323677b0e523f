/** What a person does in Moodle between plan and apply is respected, one by one, and the rest goes on. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  countOutcomes,
  countStates,
  selectChangesPage,
  type StoredChange,
} from '../../data/journal/plans.js';
import { selectManaged } from '../../data/journal/managed.js';
import { setBrake } from '../../data/journal/targets.js';
import { countEnrolments, findEnrolment } from '../../data/model/managed-enrolments.js';
import type { Change } from '../../data/model/plan.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored, planSnapshot, type StoredPlan } from '../support/apply-in-process.js';
import { describeWithMoodle } from '../support/database.js';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import { readSchool } from '../support/read-school.js';
import { createSchool, type TestSchool } from '../support/school.js';

const sample = sampleSchool({ seed: 'drift', year: 2027, students: 60 });

describeWithMoodle('applying', () => {
  let own: TestSchool;
  let stored: StoredPlan;

  beforeEach(async () => {
    own = await createSchool();
    const { snapshotId } = await readSchool(own.school, [
      { name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') },
    ]);
    stored = await planSnapshot(own.school, snapshotId);
  }, 120_000);
  afterEach(async () => own.close());

  const table = (name: string): string => `\`${own.school.moodle.database}\`.\`mdl_${name}\``;
  const run = (sql: string, bindings: readonly (string | number)[] = []): Promise<unknown> =>
    Promise.resolve(own.school.db.raw(sql, bindings));

  async function count(sql: string, bindings: readonly (string | number)[] = []): Promise<number> {
    const [rows] = (await run(sql, bindings)) as [{ n: number }[]];
    return Number(rows[0]?.n);
  }

  async function findChange<K extends Change['kind']>(
    kind: K,
    nth = 0,
  ): Promise<Extract<Change, { kind: K }>> {
    const found = stored.plan.changes.filter(
      (change): change is Extract<Change, { kind: K }> => change.kind === kind,
    )[nth];
    if (found === undefined) throw new Error(`The plan has no ${kind}.`);
    return found;
  }

  async function resultOf(seq: number): Promise<StoredChange | undefined> {
    return (await selectChangesPage(own.school.journal, stored.planId, seq - 1, 1))[0];
  }

  async function insertAccount(username: string, idnumber: string, email: string): Promise<void> {
    await run(
      `INSERT INTO ${table('user')} (auth, confirmed, mnethostid, username, password, idnumber, firstname, lastname, email, timecreated, timemodified)
       VALUES ('manual', 1, 1, ?, '', ?, 'Some', 'Body', ?, 1, 1)`,
      [username, idnumber, email],
    );
    await run(
      `INSERT INTO ${table('context')} (contextlevel, instanceid, depth, path)
      SELECT 30, id, 2, NULL FROM ${table('user')} WHERE username = ?`,
      [username],
    );
    await run(`UPDATE ${table('context')} SET path = CONCAT('/1/', id) WHERE path IS NULL`);
  }

  test('does everything when nothing has changed, and every invariant holds', async () => {
    const result = await applyStored(own.school, stored);
    expect(result).toMatchObject({ ended: 'done', progress: { pending: 0, conflict: 0, satisfied: 0 } });
    expect(result.progress.applied).toBe(stored.plan.changes.length);
    const { database } = own.school.moodle;
    expect(
      await brokenInvariants(own.school.db, { database, prefix: 'mdl_' }, await readInvariants()),
    ).toEqual({});
    expect((await planSnapshot(own.school, 1)).plan.changes).toEqual([]);
  });

  test('leaves nobody as writer when its connection was lost after the last commit', async () => {
    const { journal } = own.school;
    const writer = async (): Promise<number | null> => {
      const [rows] = (await run('SELECT writer_connection AS id FROM target WHERE id = ?', [
        journal.targetId,
      ])) as [{ id: number | null }[]];
      return rows[0]?.id ?? null;
    };
    const cut = applyStored(own.school, stored, {
      async onPoint(point) {
        if (point === 'after-commit' && (await countStates(journal, stored.planId)).pending === 0)
          await run(`KILL ${await writer()}`);
      },
    });
    await expect(cut).rejects.toMatchObject({
      code: expect.stringMatching(/^(DatabaseUnavailable|Fenced)$/),
    });
    expect(await writer()).not.toBeNull();
    expect(await applyStored(own.school, stored)).toMatchObject({ ended: 'done', progress: { pending: 0 } });
    expect(await writer()).toBeNull();
  });

  test('finds a login taken since the plan, does not merge, and goes on with everybody else [T23]', async () => {
    const change = await findChange('user');
    if (change.operation !== 'create') throw new Error('not a create');
    await insertAccount(change.values.username.toUpperCase().toLowerCase(), 'OTHER', 'other@example.org');
    const { progress } = await applyStored(own.school, stored);
    expect(await resultOf(change.seq)).toMatchObject({ state: 'conflict', reason: 'username-taken' });
    const enrolments = stored.plan.changes.filter(
      (one) => one.kind === 'enrolment' && one.person === change.externalId,
    );
    expect(progress.conflict).toBe(1 + enrolments.length);
    expect(
      await count(`SELECT COUNT(*) AS n FROM ${table('user')} WHERE idnumber = ?`, [change.externalId]),
    ).toBe(0);
  });

  test('finds a login taken by an uncommitted insert of somebody else: one account, the other is a conflict', async () => {
    const change = await findChange('user', 3);
    if (change.operation !== 'create') throw new Error('not a create');
    const rival = await own.school.db.transaction();
    await rival.raw(
      `INSERT INTO ${table('user')} (auth, confirmed, mnethostid, username, password, idnumber, firstname, lastname, email, timecreated, timemodified)
       VALUES ('manual', 1, 1, ?, '', '', 'Some', 'Body', 'rival@example.org', 1, 1)`,
      [change.values.username],
    );
    const applying = applyStored(own.school, stored);
    await new Promise((done) => setTimeout(done, 1_000));
    await rival.commit();
    await applying;
    expect(await resultOf(change.seq)).toMatchObject({ state: 'conflict', reason: 'username-taken' });
    expect(
      await count(`SELECT COUNT(*) AS n FROM ${table('user')} WHERE username = ?`, [change.values.username]),
    ).toBe(1);
  });

  test('ends a course deleted by hand as gone and goes on [T33]', async () => {
    const enrolment = await findChange('enrolment');
    if (enrolment.operation !== 'create') throw new Error('not a create');
    let deleted = false;
    const { ended } = await applyStored(own.school, stored, {
      batch: { enrolment: 1, course: 1000 },
      onPoint: async (point) => {
        const managed = (await selectManaged(own.school.journal)).courses.get(enrolment.group);
        if (deleted || point !== 'after-commit' || managed === undefined) return;
        await run(`DELETE FROM ${table('course')} WHERE id = ?`, [managed.moodleId]);
        deleted = true;
      },
    });
    expect(deleted).toBe(true);
    expect(ended === 'done' || ended === 'drift').toBe(true);
    expect(await resultOf(enrolment.seq)).toMatchObject({ state: 'conflict', reason: 'course-missing' });
  });

  test('is satisfied with an enrolment that somebody else made, and does not call it ours', async () => {
    const users = stored.plan.changes.filter((change) => change.kind !== 'enrolment').length;
    await applyStored(own.school, stored, { sliceMs: 0, batch: { user: 1_000, course: 1_000 } });
    while ((await count('SELECT COUNT(*) AS n FROM plan_change WHERE state = ?', ['applied'])) < users)
      await applyStored(own.school, stored, {
        sliceMs: 0,
        batch: { user: 1_000, course: 1_000, enrolment: 1 },
      });
    const last = stored.plan.changes.filter((change) => change.kind === 'enrolment').at(-1);
    if (last?.kind !== 'enrolment') throw new Error('no enrolment');
    const managed = await selectManaged(own.school.journal);
    await run(
      `INSERT INTO ${table('user_enrolments')} (status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified)
       SELECT 0, id, ?, 0, 0, 2, 1, 1 FROM ${table('enrol')} WHERE courseid = ? AND enrol = 'manual'`,
      [managed.users.get(last.person)?.moodleId ?? 0, managed.courses.get(last.group)?.moodleId ?? 0],
    );
    const { progress } = await applyStored(own.school, stored);
    expect(progress).toMatchObject({ pending: 0, satisfied: 1, conflict: 0 });
    const { enrolments } = await selectManaged(own.school.journal);
    expect(countEnrolments(enrolments)).toBeGreaterThan(0);
    expect(findEnrolment(enrolments, last.group, last.person)).toBeUndefined();
  });

  test('stops when too much has drifted', async () => {
    const creates = stored.plan.changes.filter((change) => change.kind === 'user').slice(0, 12);
    for (const change of creates)
      if (change.operation === 'create')
        await insertAccount(change.values.username, '', `${change.seq}@example.org`);
    const result = await applyStored(own.school, stored, { batch: { user: 5 } });
    expect(result.ended).toBe('drift');
    // after the batch of five in which the tenth was found, and no later
    expect(result.progress.conflict).toBeGreaterThanOrEqual(10);
    expect(result.progress.conflict).toBeLessThan(15);
    expect(result.progress.pending).toBeGreaterThan(0);
  });

  test('stops at the brake at a batch boundary and goes on where it was', async () => {
    let batches = 0;
    const first = await applyStored(own.school, stored, {
      batch: { user: 10 },
      onPoint: async (point) => {
        if (point === 'after-commit' && ++batches === 3) await setBrake(own.school.journal, 'pause', 'test');
      },
    });
    expect(first.ended).toBe('paused');
    expect(first.progress.pending).toBeGreaterThan(0);
    await setBrake(own.school.journal, 'go', 'test');
    expect((await applyStored(own.school, stored)).progress).toMatchObject({ pending: 0, conflict: 0 });
  });

  test('refuses a plan that is not the approved one, and one whose stored content was altered', async () => {
    await expect(applyStored(own.school, stored, { approvedHash: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'PlanAltered',
    });
    await run(
      `UPDATE plan_change SET body = REPLACE(body, 'student', 'editingteacher') WHERE plan_id = ? AND kind = 'enrolment'`,
      [stored.planId],
    );
    await expect(applyStored(own.school, stored)).rejects.toMatchObject({ code: 'PlanAltered' });
    expect(await countOutcomes(own.school.journal, stored.planId)).toSatisfy((rows: { state: string }[]) =>
      rows.every((row) => row.state === 'pending'),
    );
  });
});
