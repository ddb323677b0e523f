/** Where pages go, what they say, and how large they get: without a browser. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlanViewBuilder } from '../../cli/pages/plan-views.js';
import { pageLimits } from '../../cli/pages/limits.js';
import type { Names } from '../../cli/pages/names.js';
import type { Change } from '../../data/model/plan.js';
import type { Frame } from '../../pages/content.js';
import { renderPlanPage } from '../../pages/plan.js';
import type { PlanContent } from '../../pages/plan-content.js';
import { createPageSchool, hostileNames, type PageSchool } from './school.js';

describe('pages of a school', () => {
  let own: PageSchool;

  beforeAll(async () => {
    own = await createPageSchool();
  });
  afterAll(async () => own?.close());

  test('are written for their owner only, also over an older file, and said to be there', async () => {
    const file = join(own.folder, 'older.html');
    await writeFile(file, 'older', { mode: 0o644 });
    const ended = await own.run('plan', '--html', 'older.html');
    expect(ended.stdout).toContain(`Written to ${file}.`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^<!DOCTYPE html>\n/);
  });

  test.each(['-', undefined])('go to standard output [%s]', async (target) => {
    const ended = await own.run('findings', '--html', ...(target === undefined ? [] : [target]));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^<!DOCTYPE html>[\s\S]+<\/html>\n$/);
  });

  test('are refused beside another form, and where they cannot be written', async () => {
    expect((await own.run('plan', '--html', 'x.html', '--csv')).code).toBe(2);
    expect((await own.run('report', '--html', '--json')).code).toBe(2);
    const ended = await own.run('plan', '--html', 'no/such/folder/x.html');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(
      'The page is not written: its place is not there: neither file nor folder of that name.',
    );
  });

  test('a plan that waits says who must decide, on which hash, by which command', async () => {
    const { stdout } = await own.run('plan', '--html');
    expect(stdout).toContain('Shall this plan be written to Moodle?');
    expect(stdout).toContain(`rollover approve plan --hash ${own.planHash.slice(0, 12)}`);
    expect(stdout).toContain(`<code>${own.planHash}</code>`);
  });

  test('a reading that was approved says by whom, and asks nothing', async () => {
    const { stdout } = await own.run('findings', '--html');
    expect(stdout).toMatch(/Approved on [\d-]+ [\d:]+ by account mere\./);
    expect(stdout).not.toContain('rollover approve');
  });

  test('a run under way shows what it waits for; once ended, what was done and who decided', async () => {
    expect((await own.run('report', '--html')).stdout).toContain('rollover approve plan --hash');
    await own.finish();
    const { stdout } = await own.run('report', '--html');
    expect(stdout).toContain('This run has ended: completed.');
    expect(stdout).not.toContain('rollover approve');
    expect(stdout).toContain('mere');
    expect((await own.run('plan', '--html')).stdout).toMatch(/Approved on .+ by account mere/);
  });

  test('a report proves that no grade is gone, says what was compared, and until when it can be taken back', async () => {
    const { stdout } = await own.run('report', '--html');
    expect(stdout).toContain('Nothing is gone. 1 thing differs, as when teachers mark meanwhile.');
    expect(stdout).toMatch(/grade_grades<\/bdi>/);
    expect(stdout).toContain('grade_grades: other values');
    expect(stdout).toMatch(/can be taken back until \d{4}-\d{2}-\d{2}/);
    expect(stdout).toContain(`rollover undo ${own.runId}`);
    expect(stdout).toContain('What was written to Moodle in this run and in those before it');
    expect(stdout).toContain('Students who left and who joined');
    const text = (await own.run('report')).stdout;
    expect(text).toMatch(/Grades and work around plan \d+: .* compared, nothing is gone; 1 differ otherwise/);
  });

  test('a report says the same to programs and to spreadsheets', async () => {
    const json = JSON.parse((await own.run('report', '--json')).stdout) as {
      gradeSafety: { after: object; differences: { table: string; isLoss: boolean }[] }[];
      undo: { left: number };
    };
    expect(json.gradeSafety).toMatchObject([
      { after: { losses: 0, others: 1 }, differences: [{ table: 'grade_grades', isLoss: false }] },
    ]);
    expect(json.undo.left).toBeGreaterThan(0);
    const csv = (await own.run('report', '--csv')).stdout.replace(/^\ufeff/, '');
    const rows = parse<{ part: string; state: string; by: string; hash: string }>(csv, { columns: true });
    const parts = [...new Set(rows.map(({ part }) => part))];
    expect(parts).toEqual(
      expect.arrayContaining(['change', 'not-done', 'kept', 'grades', 'decision', 'undo']),
    );
    expect(rows.find(({ part, hash }) => part === 'decision' && hash === own.planHash)).toMatchObject({
      state: 'accepted',
      by: 'mere',
    });
    expect((await own.run('report', '--html', '--csv')).code).toBe(2);
  });

  test('a loss stands first, with person, class, table and the way back', async () => {
    const { db } = own.school;
    await db.raw('UPDATE grade_safety SET losses = 1 WHERE plan_id = ?', [own.planId]);
    await db.raw('UPDATE grade_difference SET is_loss = 1, body = ? WHERE plan_id = ?', [
      JSON.stringify({
        table: 'grade_grades',
        lostRows: 1,
        lostValues: {},
        newRows: 0,
        newValues: 0,
        changed: false,
      }),
      own.planId,
    ]);
    const { stdout } = await own.run('report', '--html');
    expect(stdout).toContain('Grades or work are gone: 1 difference, named below.');
    expect(stdout).toContain('grade_grades: 1 row gone');
    const text = (await own.run('report')).stdout;
    expect(text).toMatch(/GONE for 1 person in a course:/);
    expect(text).toContain(`Take the run back when you have looked: rollover undo ${own.runId}`);
  });

  test('no markup of a name is markup of the page, and every page keeps others out', async () => {
    for (const verb of ['findings', 'plan', 'report']) {
      const { stdout } = await own.run(verb, '--html');
      for (const name of [hostileNames.script, hostileNames.image, hostileNames.style])
        expect(stdout).not.toContain(name);
      expect(stdout.match(/<script/g)).toHaveLength(1);
      expect(stdout).toContain('default-src &#39;none&#39;'.replaceAll('&#39;', "'"));
      expect(stdout).not.toMatch(/ (style|on\w+|src)="/);
    }
  });
});

const names: Names = {
  kept: true,
  hasPerson: () => true,
  hasClass: () => true,
  person: (id) => ({ id, name: `Ngaio Te Rangi ${id}`, type: 'student', yearLevel: '9' }),
  class: (id) => ({ id, name: `Class ${id}`, groupType: 'Class' }),
  students: 0,
  teachers: 0,
  classes: 0,
};

const frame: Frame = {
  school: 'Kōwhai',
  madeAt: '2027-01-05 14:00',
  facts: [],
  hashes: [],
  decision: { kind: 'settled', sentence: 'Nobody is asked.' },
  commands: [],
};

/** A plan of this many enrolments: 25 to a class, 5 to a student. */
function pageOf(enrolments: number): string {
  const builder = new PlanViewBuilder(names, false, 'apply');
  for (let at = 0; at < enrolments; at++) {
    const change: Change = {
      kind: 'enrolment',
      operation: 'create',
      seq: at + 1,
      group: `C${Math.floor(at / 25)}`,
      person: `P${Math.floor(at / 5)}`,
      role: 'student',
    };
    builder.add({ change, state: 'pending', reason: null, moodleId: null });
  }
  const none = { items: [], total: 0, command: '' };
  const content: PlanContent = {
    frame,
    planId: 7,
    purpose: 'apply',
    counts: { 'enrolment.create': enrolments },
    satisfied: 0,
    changes: enrolments,
    pending: enrolments,
    guards: [],
    season: 'rollover',
    comparison: null,
    proposals: none,
    reused: none,
    answerQuestions: { what: '', command: '' },
    causes: [],
    kept: none,
    views: builder.views(pageLimits, 'rollover plan 7 --list changes'),
  };
  return renderPlanPage(content);
}

describe('large plans', () => {
  test('a school of 20,000 enrolments is shown whole', () => {
    const page = pageOf(20_000);
    expect(page).not.toContain('not on this page');
    expect(page.match(/<li><bdi>/g)).toHaveLength(20_000);
    expect(page.length).toBeLessThan(5_000_000);
  });

  test('a district of 500,000 is shown in part, and says where the rest is', () => {
    const page = pageOf(500_000);
    expect(page.length).toBeLessThan(8_000_000);
    expect(page).toContain(
      '… and 18,000 more, not on this page: <code>rollover plan 7 --list changes</code>',
    );
    expect(page).toContain('… and 96,000 more, not on this page');
  });
});
