import { describe, expect, test } from 'vitest';
import { thresholdVerdicts } from '../../../data/rules/guards/thresholds.js';
import { mayApplyUnattended } from '../../../data/rules/guards/unattended.js';

const school = { 'managed.user': 1000, 'managed.course': 200, 'managed.enrolment': 10_000 };

describe('the threshold verdict of a plan [T52]', () => {
  test('each type is counted against its own total', () => {
    const verdicts = thresholdVerdicts({ ...school, 'user.create': 251, 'enrolment.create': 251 }, 'term');
    expect(verdicts).toEqual([
      { type: 'user', kind: 'create', count: 251, total: 1000, percent: 25, exceeded: true },
      { type: 'enrolment', kind: 'create', count: 251, total: 10_000, percent: 25, exceeded: false },
    ]);
  });

  test('exactly the usual share is usual, and fewer than five always are', () => {
    expect(thresholdVerdicts({ ...school, 'user.create': 250 }, 'term')[0]?.exceeded).toBe(false);
    expect(thresholdVerdicts({ 'managed.course': 4, 'course.create': 4 }, 'term')[0]?.exceeded).toBe(false);
    expect(thresholdVerdicts({ 'managed.course': 4, 'course.create': 5 }, 'term')[0]?.exceeded).toBe(true);
  });

  test('updates, links and archived courses are changes', () => {
    const counts = { ...school, 'course.update': 30, 'course.link': 11, 'course.archive': 10 };
    expect(thresholdVerdicts(counts, 'term')).toEqual([
      { type: 'course', kind: 'change', count: 51, total: 200, percent: 25, exceeded: true },
    ]);
  });

  test('in a rollover every class may be new, but not every person', () => {
    const counts = { ...school, 'user.create': 601, 'course.create': 200, 'enrolment.create': 10_000 };
    expect(thresholdVerdicts(counts, 'rollover').filter(({ exceeded }) => exceeded)).toEqual([
      { type: 'user', kind: 'create', count: 601, total: 1000, percent: 60, exceeded: true },
    ]);
  });

  test('into a Moodle where nothing is ours everything is more than usual', () => {
    expect(thresholdVerdicts({ 'user.create': 5 }, 'term')[0]?.exceeded).toBe(true);
  });
});

describe('a scheduled run applies by itself', () => {
  test('fewer than 25 and fewer than 5 % of each type', () => {
    expect(mayApplyUnattended({ ...school, 'user.create': 24, 'enrolment.create': 24 })).toBe(true);
    expect(mayApplyUnattended({ ...school, 'user.create': 25 })).toBe(false);
    expect(mayApplyUnattended({ ...school, 'user.create': 13, 'user.update': 12 })).toBe(false);
    expect(mayApplyUnattended({ ...school, 'course.create': 9 })).toBe(true);
    expect(mayApplyUnattended({ ...school, 'course.create': 10 })).toBe(false);
  });

  test('never into a Moodle where nothing is ours, and never past a question', () => {
    expect(mayApplyUnattended({ 'user.create': 1 })).toBe(false);
    for (const name of ['notice.conflict', 'notice.held', 'reused', 'proposal.user', 'proposal.course'])
      expect(mayApplyUnattended({ ...school, 'user.create': 1, [name]: 1 })).toBe(false);
  });

  test('kept records and drift are no questions', () => {
    expect(mayApplyUnattended({ ...school, 'user.create': 1, 'kept.user': 9, 'notice.drift': 9 })).toBe(true);
  });
});
