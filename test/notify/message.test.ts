/** What a message says, and what it never says. */
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../data/model/notice.js';
import {
  composeNotice,
  composeTest,
  eventKey,
  fillLink,
  type NoticeContext,
} from '../../data/notify/message.js';

const openedAt = '2026-12-15T00:00:00Z';
const now = Date.parse('2026-12-17T00:00:05Z');
const hash = '0123456789abcdef'.repeat(4);

const waiting: Notice = {
  school: 'kowhai',
  runId: 7,
  workflowId: 'rollover/kowhai/2027',
  event: 'gate-opened',
  gate: 'plan',
  opening: 2,
  openedAt,
};
const context: NoticeContext = {
  schoolName: 'Kōwhai College',
  open: { hash, subject: { kind: 'plan', id: 12 }, counts: { 'user.create': 210, 'course.create': 64 } },
  workflowRunId: '6e0c4d8e-0001',
  link: 'https://temporal.example/namespaces/default/workflows/{workflow}/{run}/history',
};

describe('a message about a gate', () => {
  const { subject, text, json } = composeNotice(waiting, context, now);

  test('names school, run and gate in its subject', () => {
    expect(subject).toBe('Kōwhai College: Rollover 2027 waits for you at gate plan');
  });

  test('asks the question, shows the numbers, the link and the exact commands', () => {
    expect(text).toContain('Shall this be written to Moodle? It opened at 2026-12-15T00:00:00Z.');
    expect(text).toMatch(/210 {2}users to create\n +64 {2}courses to create/);
    expect(text).toContain('rollover plan 12 --school kowhai');
    expect(text).toContain('rollover approve plan --hash 0123456789ab --school kowhai');
    expect(text).toContain('rollover reject plan --hash 0123456789ab --school kowhai');
    expect(text).toContain(
      'https://temporal.example/namespaces/default/workflows/rollover%2Fkowhai%2F2027/6e0c4d8e-0001/history',
    );
  });

  test('says the same to programs', () => {
    expect(json).toMatchObject({
      version: 1,
      id: 'kowhai.7.gate-opened.plan.2',
      event: 'gate-opened',
      school: { code: 'kowhai', name: 'Kōwhai College' },
      run: { id: 7, workflow: 'rollover/kowhai/2027' },
      gate: 'plan',
      opening: 2,
      openedAt,
      counts: { 'user.create': 210, 'course.create': 64 },
      commands: { approve: 'rollover approve plan --hash 0123456789ab --school kowhai' },
    });
    expect(json['text']).toContain('Shall this be written to Moodle?');
  });

  test('says how long a gate has waited, one message a day', () => {
    const reminder: Notice = { ...waiting, event: 'gate-waiting' };
    expect(composeNotice(reminder, context, now).subject).toBe(
      'Kōwhai College: Rollover 2027 has waited 2 days at gate plan',
    );
    const hour = 3_600_000;
    expect(eventKey(reminder, now - 2 * hour)).toBe(eventKey(reminder, now + 2 * hour));
    expect(eventKey(reminder, now + 24 * hour)).not.toBe(eventKey(reminder, now));
    expect(eventKey({ ...reminder, reminder: 5 }, now)).toBe('gate-waiting plan 2 5');
  });

  test('gives no command where the journal does not know what waits', () => {
    expect(composeNotice(waiting, { ...context, open: null }, now).text).not.toContain('approve');
  });
});

describe('a message about an end', () => {
  test('names the failure and the way out', () => {
    const notice: Notice = {
      school: 'kowhai',
      runId: 7,
      workflowId: 'rollover/kowhai/2027',
      event: 'run-failed',
      code: 'MoodleRestored',
    };
    const { subject, text } = composeNotice(notice, { ...context, open: null }, now);
    expect(subject).toBe('Kōwhai College: Rollover 2027 has failed: MoodleRestored');
    expect(text).toContain('See what is gone and let the journal follow this Moodle');
    expect(text).toContain('rollover report 7 --school kowhai');
  });

  test.each([
    ['failed', 'Rollover 2027 has failed'],
    ['stopped-by-findings', 'Rollover 2027 was stopped by findings'],
  ])('a run that failed by %s says so once', (code, said) => {
    const notice: Notice = {
      school: 'kowhai',
      runId: 7,
      workflowId: 'rollover/kowhai/2027',
      event: 'run-failed',
      code,
    };
    expect(composeNotice(notice, { ...context, open: null }, now).subject).toBe(`Kōwhai College: ${said}`);
  });

  test('names the outcome of a synchronisation', () => {
    const notice: Notice = {
      school: 'kowhai',
      runId: 8,
      workflowId: 'sync/kowhai',
      event: 'run-ended',
      code: 'completed',
    };
    expect(composeNotice(notice, { ...context, open: null }, now).subject).toBe(
      'Kōwhai College: The synchronisation is completed',
    );
  });
});

describe('what a message never says', () => {
  test('names in counts or codes are not repeated', () => {
    const notice: Notice = {
      ...waiting,
      counts: { 'user.create': 1, 'Aroha Ngata 10MAT1': 3 },
      code: 'Duplicate entry aroha.ngata@school.example for key',
    };
    const said = JSON.stringify(composeNotice(notice, context, now));
    expect(said).toContain('users to create');
    expect(said).not.toMatch(/aroha/i);
  });

  test('a name with line breaks cannot add headers or lines', () => {
    const { subject } = composeNotice(
      waiting,
      { ...context, schoolName: 'School\r\nBcc: all@school.example' },
      now,
    );
    expect(subject).not.toMatch(/[\r\n]/);
  });

  test('a link without its run is left out', () => {
    expect(fillLink('https://x.example/{workflow}/{run}', 'sync/kowhai', null)).toBeUndefined();
    expect(fillLink('https://x.example/{workflow}', 'sync/kowhai', null)).toBe(
      'https://x.example/sync%2Fkowhai',
    );
  });
});

test('a test message says that it is one', () => {
  const { subject, json } = composeTest({ code: 'kowhai', name: 'Kōwhai College' }, 'abc');
  expect(subject).toContain('test of notifications');
  expect(json).toMatchObject({ event: 'test', id: 'kowhai.test.abc' });
});
