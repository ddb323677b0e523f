/** Deleting for good, against a stand-in for Moodle's web services with a real Moodle database behind it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { settleInFlight } from '../../data/deletion/unanswered.js';
import { verifyDeletion } from '../../data/deletion/verify.js';
import { selectGivenUp } from '../../data/journal/managed-history.js';
import { selectManaged } from '../../data/journal/managed.js';
import { setBrake } from '../../data/journal/targets.js';
import { selectWithdrawn } from '../../data/journal/withdrawn.js';
import { eachEnrolment } from '../../data/model/managed-enrolments.js';
import { describeWithMoodle } from '../support/database.js';
import { selectDeletedRows } from '../support/deleted-rows.js';
import { setStage, type Stage } from './stage.js';

let stage: Stage;

/** What of Moodle deleting could change. */
async function present(): Promise<Record<string, string[]>> {
  const read = async (sql: string): Promise<string[]> =>
    (await stage.rows<{ k: string }>(sql)).map(({ k }) => String(k));
  return {
    users: await read('SELECT id AS k FROM {user} WHERE deleted = 0 ORDER BY id'),
    courses: await read('SELECT id AS k FROM {course} ORDER BY id'),
    enrolments: await read(
      "SELECT CONCAT_WS(' ', id, userid, enrolid) AS k FROM {user_enrolments} ORDER BY id",
    ),
  };
}

function without<T>(all: readonly T[], gone: readonly T[]): T[] {
  return all.filter((one) => !gone.includes(one));
}

describeWithMoodle('deleting for good', () => {
  beforeEach(async () => {
    stage = await setStage();
  });
  afterEach(() => stage?.close());

  test('deletes exactly what the list says, and nothing else', async () => {
    const before = await present();
    const list = await stage.list();
    await stage.approve(list);
    expect(await stage.run(list)).toMatchObject({
      ended: 'done',
      progress: { deleted: 6, pending: 0, failed: 0 },
    });
    const items = await stage.items(list);
    const ids = (kind: string): string[] =>
      items.filter((item) => item.kind === kind).map(({ moodleId }) => String(moodleId));
    const after = await present();
    expect(after['users']).toEqual(without(before['users'] ?? [], ids('user')));
    expect(after['courses']).toEqual(without(before['courses'] ?? [], ids('course')));
    expect(await verifyDeletion(stage.school, stage.place, list.id)).toEqual({ left: 0, lost: 0 });
    // no call was sent twice, and nothing was asked for that is not on the list
    const asked = stage.deletions.asked.flatMap(({ name, ids: all }) => all.map((id) => `${name} ${id}`));
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.length).toBe(items.length);
  });

  test('what is deleted stops being ours, and is remembered as deleted', async () => {
    const list = await stage.list();
    await stage.approve(list);
    await stage.run(list);
    const { users, courses, enrolments } = await selectManaged(stage.school.journal);
    expect(stage.leavers.filter((one) => users.has(one))).toEqual([]);
    expect(courses.has(stage.lostClass)).toBe(false);
    expect(
      [...eachEnrolment(enrolments)].filter(
        ({ group, person }) => group === stage.lostClass || stage.leavers.includes(person),
      ),
    ).toEqual([]);
    const givenUp = await selectGivenUp(stage.school.journal);
    expect(
      givenUp
        .filter(({ kind }) => kind === 'user')
        .map(({ externalId, reason, account }) => [externalId, reason, account])
        .sort(),
    ).toEqual(stage.leavers.map((one) => [one, 'deleted', 'test']).sort());
    expect(await selectWithdrawn(stage.school.journal)).toEqual([]);
    expect((await selectDeletedRows(stage.school.journal)).map(({ kind }) => kind).sort()).toEqual([
      'course',
      'enrolment',
      'user',
      'user',
      'user',
      'user',
    ]);
  });

  test('a batch that fails is split until the culprit is named, with the table that blocks it; only that one fails [T34]', async () => {
    const list = await stage.list();
    const victim = (await stage.items(list)).filter(({ kind }) => kind === 'user')[2];
    stage.deletions.stuckUsers.add(victim?.moodleId ?? 0);
    await stage.approve(list);
    let slice = await stage.run(list).catch((error: unknown) => error);
    for (let tries = 0; tries < 4 && slice instanceof Error; tries++)
      slice = await stage.run(list).catch((error: unknown) => error);
    expect(slice).toMatchObject({ ended: 'done', progress: { deleted: 5, failed: 1 } });
    const failed = (await stage.items(list)).filter(({ state }) => state === 'failed');
    expect(failed.map(({ moodleId, errorcode }) => [moodleId, errorcode])).toEqual([
      [victim?.moodleId, 'dmlwriteexception/mdl_tool_portfolio_page'],
    ]);
    const [row] = await stage.rows<{ deleted: number }>('SELECT deleted FROM {user} WHERE id = ?', [
      victim?.moodleId,
    ]);
    expect(row?.deleted).toBe(0);
  });

  test('a course that Moodle refuses is named by its warning', async () => {
    const list = await stage.list();
    const course = (await stage.items(list)).find(({ kind }) => kind === 'course');
    stage.deletions.stuckCourses.add(course?.moodleId ?? 0);
    await stage.approve(list);
    expect(await stage.run(list)).toMatchObject({ ended: 'done', progress: { deleted: 5, failed: 1 } });
    expect((await stage.items(list)).find(({ kind }) => kind === 'course')?.errorcode).toBe(
      'cannotdeletecategorycourse',
    );
  });

  test('answers that are lost are found out by reading Moodle; nothing is asked twice', async () => {
    const list = await stage.list();
    await stage.approve(list);
    stage.moodle.next = ['done-then-silent', 'done-then-cut-off', 'done-then-fatal'];
    const slice = await stage.run(list, { timeoutMs: 1_000, unansweredMs: 10_000 });
    expect(slice).toMatchObject({ ended: 'done', progress: { deleted: 6, failed: 0 } });
    expect(stage.deletions.asked).toHaveLength(3);
  });

  test('what Moodle did not do is asked again', async () => {
    const list = await stage.list();
    await stage.approve(list);
    stage.moodle.next = ['php-fatal'];
    await expect(stage.run(list)).rejects.toMatchObject({ code: 'WebServiceUnavailable', retryable: true });
    expect(await stage.run(list)).toMatchObject({ ended: 'done', progress: { deleted: 6 } });
  });

  test.each(['in-flight', 'answered'] as const)(
    'a kill at "%s" is settled by reading Moodle',
    async (point) => {
      const list = await stage.list();
      await stage.approve(list);
      let left = 2;
      const stop = (at: string): void => {
        if (at === point && --left === 0) throw new Error('killed');
      };
      await expect(stage.run(list, { onPoint: stop })).rejects.toThrow('killed');
      expect((await stage.items(list)).filter(({ state }) => state === 'in-flight').length).toBeGreaterThan(
        0,
      );
      expect(await stage.run(list, { unansweredMs: 100 })).toMatchObject({
        ended: 'done',
        progress: { deleted: 6 },
      });
      const asked = stage.deletions.asked.flatMap(({ name, ids }) => ids.map((id) => `${name} ${id}`));
      expect(new Set(asked).size).toBe(asked.length);
    },
  );

  test('what was in flight when a run ended is settled before the next one plans', async () => {
    const list = await stage.list();
    await stage.approve(list);
    const stop = (at: string): void => {
      if (at === 'answered' && stage.deletions.asked.length === 2) throw new Error('killed');
    };
    await expect(stage.run(list, { onPoint: stop })).rejects.toThrow('killed');
    const { signal } = new AbortController();
    await settleInFlight(stage.school, stage.place, { unansweredMs: 600_000, signal });
    const states = (await stage.items(list)).map(({ kind, state }) => `${kind} ${state}`);
    expect(states.filter((one) => one === 'user deleted')).toHaveLength(4);
    expect(states).toContain('course pending');
    const { users } = await selectManaged(stage.school.journal);
    expect(stage.leavers.filter((one) => users.has(one))).toEqual([]);
    // the next run finds everything that it knows, and lists what is left
    expect((await stage.list()).counts).toMatchObject({ users: 0, courses: 1, enrolments: 0 });
  });

  test('no clock that was set back makes anybody wait for longer than Moodle may be at work', async () => {
    const list = await stage.list();
    await stage.approve(list);
    const stop = (at: string): void => {
      if (at === 'in-flight') throw new Error('killed');
    };
    await expect(stage.run(list, { onPoint: stop })).rejects.toThrow('killed');
    await stage.write('UPDATE deletion_item SET asked_at = asked_at + INTERVAL 40 DAY');
    const { signal } = new AbortController();
    await settleInFlight(stage.school, stage.place, { unansweredMs: 1_000, signal });
    expect(new Set((await stage.items(list)).map(({ state }) => state))).toEqual(new Set(['pending']));
  });

  test('what Moodle did later than it may is ours all the same', async () => {
    const list = await stage.list();
    const [late] = (await stage.items(list)).filter(({ kind }) => kind === 'enrolment');
    await stage.approve(list);
    stage.moodle.next = ['php-fatal'];
    await expect(stage.run(list)).rejects.toMatchObject({ code: 'WebServiceUnavailable' });
    await stage.write('DELETE FROM {user_enrolments} WHERE id = ?', [late?.moodleId]);
    expect(await stage.run(list)).toMatchObject({ ended: 'done', progress: { deleted: 6, gone: 0 } });
  });

  test('a worker that was overtaken writes nothing more', async () => {
    const list = await stage.list();
    await stage.approve(list);
    const first = stage.run(list, {
      onPoint: async (at) => {
        if (at !== 'answered') return;
        await stage.write('UPDATE target SET fence = fence + 1');
      },
    });
    await expect(first).rejects.toMatchObject({ code: 'Fenced' });
    expect(await stage.run(list)).toMatchObject({ ended: 'done', progress: { deleted: 6 } });
  });

  test('what has changed since the list is kept', async () => {
    const list = await stage.list();
    const [back, renamed, comeback] = (await stage.items(list)).filter(({ kind }) => kind === 'user');
    await stage.approve(list);
    await stage.write('UPDATE {user} SET suspended = 0 WHERE id = ?', [back?.moodleId]);
    await stage.write("UPDATE {user} SET username = 'somebody.else' WHERE id = ?", [renamed?.moodleId]);
    await stage.write('DELETE FROM withdrawn WHERE moodle_id = ? AND kind = ?', [comeback?.moodleId, 'user']);
    await stage.write('UPDATE {course} SET visible = 1 WHERE idnumber = ?', [stage.lostClass]);
    expect(await stage.run(list)).toMatchObject({ ended: 'done', progress: { deleted: 2, kept: 4 } });
    const kept = (await stage.items(list)).filter(({ state }) => state === 'kept');
    expect(kept.map(({ errorcode }) => errorcode).sort()).toEqual([
      'changed-in-moodle',
      'changed-in-moodle',
      'in-knowledgenet',
      'not-ours',
    ]);
  });

  test('what somebody has deleted meanwhile is gone, and the rest goes on [T33]', async () => {
    const list = await stage.list();
    await stage.approve(list);
    await stage.write('DELETE FROM {course} WHERE idnumber = ?', [stage.lostClass]);
    expect(await stage.run(list)).toMatchObject({ ended: 'done', progress: { deleted: 5, gone: 1 } });
  });

  test('the brake stops before the next call', async () => {
    const list = await stage.list();
    await stage.approve(list);
    await setBrake(stage.school.journal, 'pause', 'test');
    expect(await stage.run(list)).toMatchObject({ ended: 'paused', progress: { pending: 6 } });
    expect(stage.deletions.asked).toEqual([]);
    await setBrake(stage.school.journal, 'go', 'test');
    expect(await stage.run(list)).toMatchObject({ ended: 'done' });
  });

  test('a list that was altered, or was not approved, is refused before the first call', async () => {
    const list = await stage.list();
    await expect(stage.run(list)).rejects.toMatchObject({ code: 'PlanAltered' });
    await stage.approve(list);
    await stage.write('UPDATE deletion_item SET moodle_id = 2 WHERE kind = ? LIMIT 1', ['user']);
    await expect(stage.run(list)).rejects.toMatchObject({ code: 'PlanAltered' });
    expect(stage.deletions.asked).toEqual([]);
  });

  test('when Moodle refuses our account everything stays, and it says why', async () => {
    const list = await stage.list();
    await stage.approve(list);
    stage.moodle.next = ['web-services-off'];
    expect(await stage.run(list)).toMatchObject({
      ended: 'refused',
      errorcode: '403',
      progress: { pending: 6 },
    });
    stage.moodle.next = ['admin-maintenance'];
    await expect(stage.run(list)).rejects.toMatchObject({ code: 'WebServiceUnavailable' });
    expect((await stage.items(list)).every(({ state }) => state === 'pending')).toBe(true);
  });
});
