/** What is printed, from invented data. */
import { describe, expect, test } from 'vitest';
import { clip, count, printable, progressBar, toIso } from '../../cli/text/format.js';
import { groupFindings, renderGroup } from '../../cli/text/findings.js';
import { groupNotices, renderPlanHead } from '../../cli/text/plan.js';
import { renderReport } from '../../cli/text/report.js';
import { answersTo, renderRun, renderRunLine, renderWaiting } from '../../cli/text/run.js';
import { createStyle } from '../../cli/text/style.js';
import { countTitle, gateWords, outcomeTitle } from '../../cli/text/words.js';
import { isSettled } from '../../cli/runs/follow.js';
import type { RunView } from '../../cli/runs/view.js';
import type { PlanHeader } from '../../data/journal/plans.js';
import type { Finding } from '../../data/model/finding.js';
import { gates, type OpenGate } from '../../data/model/gate.js';
import type { GuardVerdict } from '../../data/model/guard.js';
import type { Notice } from '../../data/model/plan.js';
import type { RunStatus } from '../../data/model/run.js';

const plain = createStyle(false);
const command = (words: string): string => `rollover ${words}`;
const hash = '0123456789abcdef'.repeat(4);

const open: OpenGate = {
  gate: 'plan',
  opening: 1,
  subject: { kind: 'plan', id: 7 },
  hash,
  counts: { 'user.create': 1234, 'notice.conflict': 2 },
  openedAt: '2027-01-05T01:00:00Z',
};
const status: RunStatus = {
  kind: 'rollover',
  school: 'kowhai',
  year: 2027,
  runId: 3,
  stage: 'plan',
  open,
  paused: false,
  uploadId: 1,
  snapshotId: 2,
  shownPlanId: null,
  planId: 7,
  applying: null,
  refused: [],
  outcome: null,
};
const view: RunView = {
  workflowId: 'rollover/kowhai/2027',
  running: true,
  execution: 'RUNNING',
  stage: 'plan',
  waiting: 'plan',
  status,
  worker: true,
  brake: 'go',
  progress: null,
  trouble: [],
  failure: null,
  run: null,
};

describe('values', () => {
  test('numbers have thousands, times have zones', () => {
    expect(count(1234567)).toBe('1,234,567');
    expect(toIso('2027-01-05 01:02:03.004')).toBe('2027-01-05T01:02:03.004Z');
    expect(toIso('2027-01-05T01:02:03Z')).toBe('2027-01-05T01:02:03Z');
  });

  test('a value of the workbook cannot steer the terminal', () => {
    expect(printable('Ngā\u001b[31m\u0007\r\nPuhi\u202e\u009b')).toBe(
      'Ngā\ufffd[31m\ufffd  Puhi\ufffd\ufffd',
    );
    expect(printable('Tūhoe O’Brien-Ngā Puhi (Sam)')).toBe('Tūhoe O’Brien-Ngā Puhi (Sam)');
  });

  test('long values are cut between characters', () => {
    expect(clip('aāē😀😀', 4)).toBe('aāē…');
  });

  test('progress goes from nothing to everything', () => {
    expect(progressBar(0, 200)).toBe(`[${'.'.repeat(24)}]   0 %  0 of 200`);
    expect(progressBar(199, 200)).toMatch(/ 99 % {2}199 of 200$/);
    expect(progressBar(0, 0)).toMatch(/100 %/);
  });
});

describe('what waits', () => {
  test('has numbers, the hash and both commands', () => {
    const text = renderWaiting(open, 'rollover', command, plain);
    expect(text).toMatch(/Users to create +1,234/);
    expect(text).toContain('rollover approve plan --hash 0123456789ab   (writes it to Moodle)');
    expect(text).toContain('rollover reject plan --hash 0123456789ab');
    expect(text).toContain('rollover plan 7');
    expect(text).toContain(`Hash ${hash}`);
  });

  test('says what is more than usual, and in which season', () => {
    const counts = { 'user.create': 61, 'managed.user': 100, 'guard.exceeded': 1, 'guard.user.create': 61 };
    const guards: GuardVerdict[] = [
      {
        guard: 'threshold',
        of: 'user',
        kind: 'create',
        count: 61,
        total: 100,
        percent: 60,
        cause: 'unknown',
        examples: [{ subject: '10422' }],
      },
    ];
    const text = renderWaiting({ ...open, counts }, 'rollover', command, plain, guards);
    expect(text).toContain('more than usual in a rollover');
    expect(text).toContain('61 users to be created, 61 % of 100; usual: up to 60 %');
    expect(text).toContain('For example: 10422');
    expect(text).toContain('rollover approve plan --hash 0123456789ab --beyond-usual');
    expect(text).not.toContain('managed');
    expect(renderWaiting(open, 'term', command, plain)).toContain('nothing is more than usual in term');
  });

  test('says that findings which stop the run stand in the way', () => {
    const data: OpenGate = { ...open, gate: 'data', counts: { person: 40, 'findings stops-run': 1 } };
    expect(renderWaiting(data, 'rollover', command, plain)).toMatch(/approving is refused/);
    expect(renderWaiting({ ...data, counts: { person: 40 } }, 'rollover', command, plain)).not.toMatch(
      /refused/,
    );
  });

  test('every gate says what is asked and what both answers do', () => {
    for (const gate of gates) {
      const { question, checklist, effect } = gateWords[gate];
      expect(question).toMatch(/\?$/);
      expect(checklist.length).toBeGreaterThan(0);
      expect(effect.approve).not.toBe('');
      expect(effect.reject).not.toBe('');
    }
  });

  test('what is looked at depends on what is decided about', () => {
    expect(answersTo({ ...open, subject: { kind: 'checklist', id: 3 } }, command).look).toEqual([]);
    expect(answersTo({ ...open, subject: { kind: 'snapshot', id: 5 } }, command).look[0]).toBe(
      'rollover findings 5',
    );
  });
});

describe('a run', () => {
  test('shows its stages, those behind as done', () => {
    const text = renderRun(view, 'Kōwhai College', command, plain);
    expect(text).toMatch(/Rollover 2027 of Kōwhai College/);
    expect(text).toMatch(/4 {2}Users and classes looked at +done/);
    expect(text).toMatch(/6 {2}Plan of what will be done +waits for you/);
    expect(text).toMatch(/8 {2}Gone from KnowledgeNET: suspended and hidden/);
    expect(text).toMatch(/8 {2}Time to object/);
  });

  test('says until when there is time to object, and how to end it', () => {
    const until = '2027-03-31T00:00:00.000Z';
    const waiting = {
      ...view,
      status: { ...view.status!, stage: 'grace' as const, open: null, graceUntil: until },
    };
    const text = renderRun(waiting, 'Kōwhai College', command, plain);
    expect(text).toMatch(/8 {2}Time to object +under way/);
    expect(text).toMatch(/Nothing is deleted before 2027-03-31.*, and never without gate deletion\./);
    expect(text).toMatch(/rollover removals keep/);
  });

  test('says that approved removals wait for the holidays, and how not to wait', () => {
    const until = '2027-04-09T12:00:00.000Z';
    const status = { ...view.status!, stage: 'removals' as const, open: null, awaitsHolidays: { until } };
    const text = renderRun({ ...view, status }, 'Kōwhai College', command, plain);
    expect(text).toMatch(/Waits for the holidays, until 2027-04-\d\d/);
    expect(text).toMatch(/rollover settings set calendar\.removals any-time/);
    expect(text).toMatch(/rollover removals keep/);
    expect(renderRunLine({ ...view, status })).toMatch(/waits for the holidays until 2027-04-09/);
    expect(isSettled({ ...view, status })).toBe(true);
    const endless = { ...status, stage: 'deletion' as const, awaitsHolidays: { until: null } };
    const words = renderRun({ ...view, status: endless }, 'Kōwhai College', command, plain);
    expect(words).toMatch(/Add the terms/);
    expect(words).not.toMatch(/removals keep/);
  });

  test('is not followed through the time to object', () => {
    const status = { ...view.status!, open: null, graceUntil: '2027-03-31T00:00:00.000Z' };
    expect(isSettled({ ...view, status })).toBe(true);
    expect(isSettled({ ...view, status: { ...status, graceUntil: null } })).toBe(false);
  });

  test('says why nothing moves', () => {
    const stuck: RunView = {
      ...view,
      status: null,
      worker: false,
      trouble: [{ step: 'makePlan', code: 'DatabaseUnavailable', attempt: 4, mend: 'Check the server.' }],
    };
    const text = renderRun(stuck, 'Kōwhai College', command, plain);
    expect(text).toMatch(/No worker is running, so nothing moves\. Start one: rollover worker/);
    expect(text).toMatch(/Step makePlan has failed 3 times and is tried again: DatabaseUnavailable\./);
    expect(text).toMatch(/Last known stage: plan, waiting at gate plan/);
  });

  test('shows progress, the brake and refused decisions', () => {
    const applying: RunView = {
      ...view,
      brake: 'pause',
      status: {
        ...status,
        stage: 'apply',
        open: null,
        refused: [{ code: 'StaleDecision', gate: 'plan', opening: 1 }],
      },
      progress: { pending: 50, applied: 40, satisfied: 5, conflict: 5 },
    };
    const text = renderRun(applying, 'Kōwhai College', command, plain);
    expect(text).toMatch(/Applying {2}\[#{12}\.{12}\] {2}50 % {2}50 of 100, 5 in conflict/);
    expect(text).toMatch(/Paused: .*rollover resume/);
    expect(text).toMatch(/StaleDecision: gate plan, opening 1/);
  });

  test('that has ended says how, why, and where its report is', () => {
    const ended: RunView = {
      ...view,
      running: false,
      execution: 'FAILED',
      status: null,
      failure: { code: 'MoodleBusy', message: 'Moodle is in maintenance mode.', mend: 'Finish it.' },
    };
    const text = renderRun(ended, 'Kōwhai College', command, plain);
    expect(text).toMatch(
      /has ended: ended \(failed\)\.\nMoodleBusy: Moodle is in maintenance mode\. Finish it\./,
    );
  });

  test('is one line for followers without a terminal', () => {
    expect(renderRunLine(view)).toBe(`plan, waits at gate plan (opening 1, hash ${hash})`);
    expect(renderRunLine({ ...view, worker: false, status: null })).toBe('no worker is running');
  });
});

describe('findings', () => {
  const finding = (code: Finding['code'], row: number): Finding => ({
    code,
    severity: 'drops-record',
    sheet: 'students',
    row,
    column: 'Email Address',
    value: `person${row}@school.example`,
    mend: 'Give each person an address.',
  });
  const findings = [
    finding('MissingName', 1),
    ...Array.from({ length: 9 }, (_, index) => finding('DuplicateEmail', index + 2)),
  ];

  test('the most frequent cause comes first, with a few examples', () => {
    const groups = groupFindings(findings, 3);
    expect(groups.map(({ code, count: number }) => [code, number])).toEqual([
      ['DuplicateEmail', 9],
      ['MissingName', 1],
    ]);
    const text = renderGroup(groups[0]!, plain);
    expect(text).toMatch(/^9 × DuplicateEmail {2}leaves the record out\n/);
    expect(text).toMatch(/students +2 {2}Email Address {2}person2@school\.example/);
    expect(text).toMatch(/… and 6 more \(--code DuplicateEmail shows all\)$/);
  });
});

test('thousands of notices with one cause are one group [T42]', () => {
  const notices = Array.from({ length: 8990 }, (_, index): Notice => ({
    level: 'conflict',
    code: 'person-missing',
    kind: 'enrolment',
    subject: '9MAT',
    person: String(index),
    moodleIds: [],
  }));
  const groups = groupNotices(notices, 5);
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({ code: 'person-missing', count: 8990 });
  expect(groups[0]?.examples).toHaveLength(5);
});

test('counts have names, and unknown ones stay as they are', () => {
  expect(countTitle('course.archive')).toBe("Courses to keep as last year's");
  expect(countTitle('kept.enrolment')).toBe('Enrolments no longer in KnowledgeNET, left as they are');
  expect(countTitle('allowable.course')).toBe('Courses that could be hidden, not allowed');
  expect(countTitle('withdrawn.user')).toBe('Users suspended before');
  expect(outcomeTitle('course.hide')).toBe('Courses hidden');
  expect(countTitle('findings stops-run')).toBe('Findings: stops the run');
  expect(countTitle('something.else')).toBe('something.else');
  expect(outcomeTitle('category.create')).toBe('Categories created');
});

test('a report that is not verified says what is left over', () => {
  const run = {
    id: 3,
    kind: 'sync' as const,
    year: null,
    workflowId: 'sync/kowhai',
    workflowRunId: 'x',
    stage: 'report',
    outcome: 'failed',
    report: null,
    startedBy: 'kiri',
    startedAt: '2027-03-01 00:00:00.000',
    endedAt: '2027-03-01 00:10:00.000',
  };
  const plan = { planId: 7, hash, snapshotId: 2, outcomes: [], notices: {}, kept: 3, satisfied: 0 };
  const text = renderReport(
    run,
    {
      outcome: 'failed',
      plans: [plan],
      verified: false,
      remaining: 12,
      visibility: 'visible',
      removals: 'not-allowed',
    },
    { decisions: [], comments: [] },
    'Kōwhai College',
    plain,
  );
  expect(text).toMatch(/^Sync of Kōwhai College: failed/);
  expect(text).toMatch(/Not verified: a second plan would still make 12 changes\./);
  expect(text).toMatch(/3 no longer in KnowledgeNET and left as it is: see plan 7 --list kept/);
  expect(text).toMatch(/Removals: nothing was removed, because the settings allow nothing/);
  expect(text).not.toMatch(/purge_caches/);
});

test('a report does not call undone what a later plan has replaced', () => {
  const run = {
    id: 4,
    kind: 'rollover' as const,
    year: 2027,
    workflowId: 'rollover/kowhai/2027',
    workflowRunId: 'x',
    stage: 'report',
    outcome: 'completed',
    report: null,
    startedBy: 'kiri',
    startedAt: '2027-01-20 00:00:00.000',
    endedAt: '2027-01-28 00:00:00.000',
  };
  const outcomes = (state: 'pending' | 'applied', count: number) => [
    { what: 'user.create', state, reason: null, count },
  ];
  const plan = (planId: number, done: ReturnType<typeof outcomes>) =>
    ({ planId, hash, snapshotId: 2, outcomes: done, notices: {}, kept: 0, satisfied: 0 }) as const;
  const text = renderReport(
    run,
    {
      outcome: 'completed',
      plans: [plan(3, outcomes('pending', 256)), plan(4, outcomes('applied', 257))],
      verified: true,
      remaining: 0,
      visibility: 'not-yet-visible',
      removals: 'not-planned',
    },
    { decisions: [], comments: [] },
    'Kōwhai College',
    plain,
  );
  expect(text).toMatch(/Plan 3 .*\n  Nothing of it was written: plan 4 took its place\./);
  expect(text).not.toMatch(/256|not done yet/);
  expect(text).toMatch(/257 .*done/);
});

test('a plan without changes does not say that Moodle has everything while something waits', () => {
  const header = (counts: PlanHeader['counts']): PlanHeader => ({
    id: 5,
    runId: null,
    snapshotId: 3,
    settingsHash: hash,
    rulesVersion: 1,
    moodleRelease: '4.5.6',
    hash,
    counts,
    satisfied: 8,
    sealedAt: '2027-01-28 00:00:00.000',
  });
  const none = { pending: 0, applied: 0, satisfied: 0, conflict: 0 };
  expect(renderPlanHead(header({ 'kept.user': 3 }), none, 'term', plain)).toMatch(/Moodle has everything/);
  const waiting = renderPlanHead(header({ 'notice.conflict': 6 }), none, 'term', plain);
  expect(waiting).not.toMatch(/has everything/);
  expect(waiting).toMatch(/Nothing can be written now/);
});
