/** What is ours against what Moodle has, row by row. */
import { describe, expect, test } from 'vitest';
import type { AppliedChange, Provenance } from '../../data/model/relink.js';
import { judgeRelink, type MoodleNow, type UserNow } from '../../data/rules/relink.js';

const account = (id: number, row: Partial<UserNow> = {}): UserNow => ({
  id,
  username: `login${id}`,
  idnumber: `E${id}`,
  timecreated: 1_000 + id,
  deleted: 0,
  firstname: 'Ana',
  lastname: 'Rangi',
  email: `e${id}@school.test`,
  ...row,
});

const ours = (kind: Provenance['kind'], moodleId: number, row: Partial<Provenance> = {}): Provenance => ({
  kind,
  externalId: `E${moodleId}`,
  secondId: '',
  moodleId,
  naturalKey: `login${moodleId}`,
  naturalNumber: 1_000 + moodleId,
  parentId: 0,
  body: null,
  planId: 7,
  ...row,
});

function moodle(users: readonly UserNow[], more: Partial<MoodleNow> = {}): MoodleNow {
  return {
    users: new Map(users.map((user) => [user.id, user])),
    usersByIdnumber: new Map(users.map((user) => [user.idnumber, [user]])),
    courses: new Map(),
    enrolments: new Map(),
    categories: new Map(),
    ...more,
  };
}

describe('an account of ours', () => {
  test('is ours while id and time of creation agree, whatever a person did to it', () => {
    const rows = [ours('user', 1), ours('user', 2), ours('user', 3)];
    const now = [
      account(1),
      account(2, { idnumber: '' }),
      account(3, { deleted: 1, username: 'x', idnumber: '' }),
    ];
    const found = judgeRelink(rows, moodle(now), []);
    expect(found.lost).toEqual([]);
    expect(found.idnumberLost.map((row) => row.moodleId)).toEqual([2]);
  });

  test('is not ours when its number belongs to somebody else now', () => {
    const found = judgeRelink([ours('user', 1)], moodle([account(1, { timecreated: 9_999 })]), []);
    expect(found.counts).toMatchObject({ 'other.user': 1 });
  });

  test('is not ours either when only the second of its creation is the same', () => {
    const now = [account(1, { username: 'another', idnumber: 'E99' })];
    expect(judgeRelink([ours('user', 1)], moodle(now), []).counts).toMatchObject({ 'other.user': 1 });
  });

  test('keeps its provenance where it is found again under another number', () => {
    const now = moodle([account(50, { username: 'login1', idnumber: 'E1', timecreated: 1_001 })]);
    const found = judgeRelink([ours('user', 1)], now, []);
    expect(found.moved).toEqual([{ externalId: 'E1', from: 1, to: 50 }]);
    expect(found.lost).toEqual([]);
  });

  test('is updated again where it has the value from before an update of ours, not where a person wrote one', () => {
    const body = JSON.stringify({ fields: { lastname: { kn: 'Tane', moodle: 'Tane' } } });
    const change: AppliedChange = {
      planId: 5,
      kind: 'user',
      operation: 'update',
      externalId: 'E1',
      body: JSON.stringify({ before: { lastname: 'Rangi' }, after: { lastname: 'Tane' } }),
    };
    const back = judgeRelink([ours('user', 1, { body })], moodle([account(1)]), [change]);
    expect(back.stale.map((one) => one.body)).toEqual([
      { fields: { lastname: { kn: '', moodle: 'Rangi' } } },
    ]);
    expect(back.firstPlan).toBe(5);
    const person = moodle([account(1, { lastname: 'Smith' })]);
    expect(judgeRelink([ours('user', 1, { body })], person, [change]).stale).toEqual([]);
  });
});

describe('an enrolment of ours', () => {
  const enrolment = (id: number, person: string): Provenance =>
    ours('enrolment', id, { externalId: 'C', secondId: person, naturalNumber: 1, parentId: 4 });

  test('that is missing stays out where the backup would have had it, and is made again where it came later', () => {
    const now = moodle([account(1)], { enrolments: new Map([[20, { enrolid: 4, userid: 1 }]]) });
    const rows = [ours('user', 1), enrolment(10, 'E1'), enrolment(20, 'E2'), enrolment(30, 'E3')];
    const found = judgeRelink(rows, now, []);
    expect(found.lost.map((row) => row.moodleId)).toEqual([30]);
    expect(found.counts['removed']).toBe(1);
  });

  test('goes with its account, wherever its number lies', () => {
    const now = moodle([], { enrolments: new Map([[20, { enrolid: 4, userid: 1 }]]) });
    const found = judgeRelink([ours('user', 1), enrolment(10, 'E1'), enrolment(20, 'E2')], now, []);
    expect(found.lost.map(({ kind, moodleId }) => `${kind} ${moodleId}`)).toEqual(['user 1', 'enrolment 10']);
  });
});
