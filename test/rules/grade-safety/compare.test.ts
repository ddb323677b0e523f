import { expect, test } from 'vitest';
import type { GradeGroup } from '../../../data/model/grade-safety.js';
import { compareGroups, isLoss } from '../../../data/rules/grade-safety/compare.js';
import { concernsEverybody, mayConcernExisting } from '../../../data/rules/grade-safety/scope.js';

const table = {
  table: 'grade_grades',
  values: [
    { column: 'finalgrade', presence: 'not-null' },
    { column: 'feedback', presence: 'not-empty' },
  ],
} as const;

function group(members: string, checksum = 1): GradeGroup {
  return { userId: 7, courseId: 9, rows: members.split(',').length, checksum, members };
}

test('what is the same is no difference', () => {
  expect(compareGroups(table, group('1:3,2:1'), group('1:3,2:1'))).toBeNull();
  expect(compareGroups(table, null, null)).toBeNull();
});

test('a row that is gone is a loss, also when another one has come in its place', () => {
  const difference = compareGroups(table, group('1:3,2:1'), group('1:3,5:3', 2));
  expect(difference).toMatchObject({ userId: 7, courseId: 9, lostRows: 1, newRows: 1, lostValues: {} });
  expect(difference !== null && isLoss(difference)).toBe(true);
});

test('a value that is gone is a loss, also when the same one has come in another row', () => {
  const difference = compareGroups(table, group('1:3,2:1'), group('1:2,2:3', 2));
  expect(difference).toMatchObject({ lostRows: 0, lostValues: { finalgrade: 1 }, newValues: 1 });
  expect(difference !== null && isLoss(difference)).toBe(true);
});

test('everything of a person in a course can be gone', () => {
  const difference = compareGroups(table, group('1:3,2:1'), null);
  expect(difference).toMatchObject({ lostRows: 2, newRows: 0, changed: false });
});

test('new rows, new values and other values are no loss', () => {
  const come = compareGroups(table, null, group('1:3'));
  const filled = compareGroups(table, group('1:1'), group('1:3,2:0', 2));
  const changed = compareGroups(table, group('1:3'), group('1:3', 2));
  expect(come).toMatchObject({ newRows: 1 });
  expect(filled).toMatchObject({ newRows: 1, newValues: 1 });
  expect(changed).toMatchObject({ newRows: 0, newValues: 0, changed: true });
  for (const one of [come, filled, changed]) expect(one !== null && isLoss(one)).toBe(false);
});

test('a plan that only makes new things concerns nobody; one with anything of ours, or existing, does', () => {
  expect(mayConcernExisting({ 'user.create': 4, 'enrolment.create': 9, 'notice.held': 2 })).toBe(false);
  expect(mayConcernExisting({ 'user.create': 4, 'managed.user': 1 })).toBe(true);
  expect(mayConcernExisting({ 'user.link': 1 })).toBe(true);
  expect(mayConcernExisting({ 'course.hide': 1 })).toBe(true);
});

test('a plan of very many enrolments concerns everybody', () => {
  expect(concernsEverybody({ 'enrolment.create': 20_000, 'notice.held': 90_000 })).toBe(false);
  expect(concernsEverybody({ 'enrolment.create': 20_000, 'enrolment.reactivate': 1 })).toBe(true);
});
