import { describe, expect, test } from 'vitest';
import type { SchoolSettings } from '../../../data/model/settings.js';
import type { Snapshot } from '../../../data/model/snapshot.js';
import { deletionHash } from '../../../data/rules/deletion/hash.js';
import { keepsGradeHistory } from '../../../data/rules/deletion/grade-history.js';
import {
  listDeletions,
  type DeletionInput,
  type DeletionList,
} from '../../../data/rules/deletion/list-deletions.js';
import { countKinds, countsAgree } from '../../../data/rules/deletion/typed-counts.js';
import { makePlan } from '../../../data/rules/plan/make-plan.js';
import { makeRemovalPlan } from '../../../data/rules/removals/make-removal-plan.js';
import { applyPlan } from '../plan/apply-model.js';
import { group, input, memberships, settings, snapshot, student, teacher } from '../plan/school.js';
import { withdraw } from '../removals/withdraw.js';

const pupils = Array.from({ length: 10 }, (_, at) => student(`S${at}`));
const head = teacher('T1');
const groups = [group('9ENG'), group('9MAT'), group('9ART')];
const all = pupils.map(({ externalId }) => externalId);
const roll = (out: readonly string[] = []): string => all.filter((one) => !out.includes(one)).join(' ');
const whole = snapshot(
  [...pupils, head],
  groups,
  memberships(`9ENG: ${roll()} T1`, `9MAT: ${roll()} T1`, '9ART: S5 S6 T1'),
);
/** S0 has left, S1 is no longer in 9MAT, and 9ART is gone. */
const now = snapshot(
  [...pupils.slice(1), head],
  groups.slice(0, 2),
  memberships(`9ENG: ${roll(['S0'])} T1`, `9MAT: ${roll(['S0', 'S1'])} T1`),
);
const everything: SchoolSettings['deletion'] = {
  users: true,
  enrolments: true,
  courses: 'delete',
  forGood: true,
};
const allowing = (deletion: SchoolSettings['deletion']): SchoolSettings => settings({ deletion });

/** Everything of `now` was withdrawn on 1 February. */
function withdrawn(): DeletionInput {
  const first = input({ snapshot: whole });
  const applied = applyPlan(makePlan(first), first);
  const given = input({ ...applied, previous: whole, settings: allowing(everything), snapshot: now });
  const after = withdraw(makeRemovalPlan({ ...given, season: 'rollover' }), given);
  return {
    ...after,
    season: 'rollover',
    withdrawn: after.withdrawn ?? [],
    now: '2027-03-10 00:00:00.000',
    keepsGradeHistory: true,
    siteRoles: new Set(),
    otherRoles: new Set(),
  };
}

const list = (more: Partial<DeletionInput> = {}): DeletionList => listDeletions({ ...withdrawn(), ...more });
const shown = ({ items }: DeletionList): string[] =>
  items.map(({ kind, externalId, secondId }) => [kind, externalId, secondId].filter(Boolean).join(' '));
const reasons = ({ kept }: DeletionList): string[] =>
  [...new Set(kept.map(({ kind, reason }) => `${kind} ${reason}`))].sort();

/** Moodle with some rows changed. */
function changed(
  change: (moodle: DeletionInput['moodle']) => Partial<DeletionInput['moodle']>,
): DeletionList {
  const given = withdrawn();
  return listDeletions({ ...given, moodle: { ...given.moodle, ...change(given.moodle) } });
}

describe('what may be deleted for good', () => {
  test('is what was withdrawn for the whole grace period; what goes with it is not listed beside it', () => {
    expect(shown(list())).toEqual(['enrolment 9MAT S1', 'user S0', 'course 9ART']);
  });

  test('waits for the last day of the grace period', () => {
    const after = (graceDays: number): string[] =>
      shown(list({ settings: allowing({ ...everything, graceDays }) }));
    expect(after(37)).toHaveLength(3);
    expect(after(38)).toEqual([]);
    expect(reasons(list({ settings: allowing({ ...everything, graceDays: 38 }) }))).toContain(
      'user in-grace',
    );
    expect(
      shown(list({ settings: allowing({ ...everything, graceDays: 38 }), graceOver: true })),
    ).toHaveLength(3);
  });

  test.each<[string, Partial<SchoolSettings['deletion']>, string[]]>([
    [
      'users',
      { users: false },
      ['enrolment 9ENG S0', 'enrolment 9MAT S0', 'enrolment 9MAT S1', 'course 9ART'],
    ],
    ['enrolments', { enrolments: false }, ['user S0', 'course 9ART']],
    ['courses', { courses: 'hide' }, ['enrolment 9MAT S1', 'user S0']],
    ['for good', { forGood: false }, ['course 9ART']],
  ])('is only what the settings allow: %s', (_, deletion, left) => {
    expect(shown(list({ settings: allowing({ ...everything, ...deletion }) })).sort()).toEqual(
      [...left].sort(),
    );
  });

  test('is not what KN has again, and nothing when the reading says nothing about absence', () => {
    expect(shown(list({ snapshot: whole }))).toEqual([]);
    const silent: Snapshot = { ...now, complete: false };
    expect(shown(list({ snapshot: silent }))).toEqual([]);
    expect(reasons(list({ snapshot: silent }))).toEqual([
      'course in-knowledgenet',
      'enrolment in-knowledgenet',
      'user in-knowledgenet',
    ]);
  });

  test('is not what somebody has changed in Moodle', () => {
    const back = changed(({ users, courses, enrolments }) => ({
      users: users.map((row) => ({ ...row, suspended: false })),
      courses: courses.map((row) => ({ ...row, visible: true })),
      enrolments: enrolments.map((row) => ({ ...row, status: 0 })),
    }));
    expect(shown(back)).toEqual([]);
    expect(reasons(back)).toEqual([
      'course changed-in-moodle',
      'enrolment changed-in-moodle',
      'user changed-in-moodle',
    ]);
  });

  test('is ours by id and by its own key', () => {
    const other = changed(({ users, courses, enrolments }) => ({
      users: users.map((row) => ({ ...row, timecreated: row.timecreated + 1 })),
      courses: courses.map((row) => ({ ...row, timecreated: row.timecreated + 1 })),
      enrolments: enrolments.map((row) => ({ ...row, enrolid: row.enrolid + 1000 })),
    }));
    expect(shown(other)).toEqual([]);
    expect(reasons(other)).toEqual(['course not-ours', 'enrolment not-ours', 'user not-ours']);
  });

  test('is no longer listed when it is gone already', () => {
    expect(reasons(changed(() => ({ users: [], courses: [], enrolments: [] })))).toEqual([
      'course gone',
      'enrolment gone',
      'user gone',
    ]);
  });

  test('is never an administrator, nor who has a role in the whole site', () => {
    const admin = changed(({ users }) => ({ users: users.map((row) => ({ ...row, siteAccount: true })) }));
    expect(reasons(admin)).toContain('user site-account');
    expect(shown(admin)).not.toContain('user S0');
    const given = withdrawn();
    const siteRoles = new Set(
      given.withdrawn.filter(({ kind }) => kind === 'user').map(({ moodleId }) => moodleId),
    );
    expect(reasons(listDeletions({ ...given, siteRoles }))).toContain('user site-role');
  });

  test('nobody is unenrolled without a history of grades, from a class that is gone, or where others gave roles [T13] [T17]', () => {
    const usersOff = { settings: allowing({ ...everything, users: false, courses: 'hide' }) } as const;
    expect(reasons(list({ keepsGradeHistory: false }))).toContain('enrolment grade-history');
    expect(shown(list({ keepsGradeHistory: false }))).toEqual(['user S0', 'course 9ART']);
    const given = { ...withdrawn(), ...usersOff };
    const otherRoles = new Set(
      given.withdrawn.filter(({ kind }) => kind === 'enrolment').map(({ moodleId }) => moodleId),
    );
    expect(shown(listDeletions({ ...given, otherRoles }))).toEqual([]);
    const noMaths = snapshot(
      [...pupils.slice(1), head],
      groups.slice(0, 1),
      memberships(`9ENG: ${roll(['S0'])} T1`),
    );
    expect(shown(listDeletions({ ...given, snapshot: noMaths }))).toEqual(['enrolment 9ENG S0']);
    expect(reasons(listDeletions({ ...given, snapshot: noMaths }))).toContain('enrolment class-gone');
  });

  test('nobody is unenrolled where there are several manual methods', () => {
    const twice = changed(({ manualInstances }) => ({
      manualInstances: manualInstances.flatMap((one) => [one, { ...one, id: one.id + 1000 }]),
    }));
    expect(reasons(twice)).toContain('enrolment several-methods');
  });
});

describe('the history of grades', () => {
  const config = (values: Record<string, string>): Map<string, string> => new Map(Object.entries(values));
  test.each<[Record<string, string>, number | undefined, boolean]>([
    [{}, undefined, true],
    [{ gradehistorylifetime: '0' }, undefined, true],
    [{ gradehistorylifetime: '199' }, undefined, false],
    [{ gradehistorylifetime: '200' }, undefined, true],
    [{ gradehistorylifetime: '200' }, 365, false],
    [{ gradehistorylifetime: '30' }, 30, true],
    [{ disablegradehistory: '1', gradehistorylifetime: '0' }, undefined, false],
    [{ disablegradehistory: '0' }, undefined, true],
  ])('%j for %s days is enough: %s [T13]', (values, days, enough) => {
    expect(keepsGradeHistory(config(values), days)).toBe(enough);
  });
});

describe('numbers typed by hand', () => {
  const listed = { users: 12, courses: 0, enrolments: 40, 'lost.grades': 7 };
  test.each<[Record<string, number> | undefined, boolean]>([
    [undefined, false],
    [{}, false],
    [{ users: 12, enrolments: 40 }, true],
    [{ users: 12, courses: 0, enrolments: 40 }, true],
    [{ users: 12, courses: 1, enrolments: 40 }, false],
    [{ users: 11, enrolments: 40 }, false],
    [{ users: 12 }, false],
    [{ users: 12, enrolments: 40, grades: 7 }, false],
  ])('%j agree: %s', (typed, agree) => {
    expect(countsAgree(typed, listed)).toBe(agree);
  });
});

test('the hash covers every item and what hangs on it', () => {
  const hanging = { grades: 1, submissions: 0, posts: 0, files: null, enrolments: 2, lastAccess: 0 };
  const items = list().items.map((item, at) => ({ ...item, seq: at + 1, hanging }));
  const hash = deletionHash(items);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  const [first, ...rest] = items;
  if (first === undefined) throw new Error('the list is empty');
  const others = [
    rest,
    [{ ...first, moodleId: first.moodleId + 1 }, ...rest],
    [{ ...first, naturalKey: 'other' }, ...rest],
    [{ ...first, hanging: { ...hanging, grades: 2 } }, ...rest],
    [{ ...first, hanging: { ...hanging, files: 0 } }, ...rest],
  ];
  for (const other of others) expect(deletionHash(other)).not.toBe(hash);
  expect(countKinds(items)).toEqual({ users: 1, courses: 1, enrolments: 1 });
});
