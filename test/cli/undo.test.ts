/** `rollover undo` as an administrator types it: a run that is taken back bit by bit, then whole, and released. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeSettings } from '../../data/journal/settings.js';
import { selectManaged } from '../../data/journal/managed.js';
import { endRun } from '../../data/journal/runs.js';
import { countEnrolments } from '../../data/model/managed-enrolments.js';
import { openSchools } from '../../data/schools.js';
import { settingsHash } from '../../data/settings/hash.js';
import { sampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import { applyStored } from '../support/apply-in-process.js';
import { readSchool } from '../support/read-school.js';
import { openSettings } from '../support/school.js';
import { beginTestRun, planInRun } from '../support/undo.js';
import { createCliSchool, type CliSchool } from './school.js';

interface Begun {
  readonly undoneRunId: number;
  readonly running: boolean;
  readonly status: { readonly open: { readonly gate: string; readonly hash: string } | null };
}

interface Shown {
  readonly runs: readonly { runId: number; left: number; takenBack: number; until: string | null }[];
  readonly held: readonly { runId: number; kind: string; count: number }[];
  readonly subjects: readonly { kind: string; externalId: string; secondId: string }[];
}

let school: CliSchool;
let run: string;
let group: string;
let person: string;

beforeAll(async () => {
  school = await createCliSchool();
  const schools = openSchools(school.configuration);
  const opened = await schools.open('kowhai');
  const settings = openSettings();
  await storeSettings(opened.journal, settings, settingsHash(settings), 'test');
  const sample = sampleSchool({ seed: 'undo-cli', year: 2027, students: 6 });
  const { snapshotId } = await readSchool(opened, [{ name: 'kn.xlsx', bytes: toWorkbook(sample, 'xlsx') }]);
  const runId = await beginTestRun(opened, 'sync');
  const stored = await planInRun(opened, runId, snapshotId);
  await applyStored(opened, stored);
  await endRun(opened.journal, runId, 'completed', {});
  await schools.close();
  run = String(runId);
  for (const change of stored.plan.changes) if (change.kind === 'enrolment') ({ group, person } = change);
  await school.startWorker();
}, 240_000);
afterAll(async () => school?.close());

/** Waits for gate undo, approves it and waits for the end. */
async function takeBack(...scope: readonly string[]): Promise<void> {
  const begun = await school.ask<Begun>('undo', run, ...scope);
  expect(begun).toMatchObject({
    undoneRunId: Number(run),
    running: true,
    status: { open: { gate: 'undo' } },
  });
  const hash = begun.status.open?.hash.slice(0, 12) ?? '';
  const approved = await school.run(['approve', 'undo', '--hash', hash, '--no-backup']);
  expect([approved.stderr, approved.code]).toEqual(['', 0]);
  await school.run(['status', '--watch']);
}

const leftOf = async (): Promise<{ left: number; takenBack: number } | undefined> =>
  (await school.ask<Shown>('undo', 'show')).runs.find(({ runId }) => runId === Number(run));

describe('taking a run back from the command line', () => {
  test('what is not understood is refused, with a code and the exit code of usage or of runs', async () => {
    for (const [code, name, ...args] of [
      [2, 'UsageInvalid'],
      [2, 'UsageInvalid', 'last'],
      [2, 'UsageInvalid', run, '--only', 'teachers'],
      [2, 'UsageInvalid', run, '--only', 'users', '--class', group],
      [2, 'UsageInvalid', 'release'],
      [2, 'UsageInvalid', 'release', run, '--person', person],
      [8, 'RunNotFound', '99'],
      [8, 'RunNotFound', 'release', '99'],
      [8, 'RunNotUndoable', run, '--person', 'nobody'],
    ] as const) {
      const ended = await school.run(['undo', ...args]);
      expect([args, ended.code, ended.stderr]).toEqual([args, code, expect.stringContaining(`${name}: `)]);
      const asJson = await school.run(['undo', ...args, '--json']);
      expect(asJson.code).toBe(code);
      expect(JSON.stringify(asJson.json())).toContain(name);
    }
  }, 120_000);

  test('show lists it, and until when; a dry run plans and changes nothing', async () => {
    const text = await school.run(['undo', 'show']);
    expect(text.stdout).toMatch(new RegExp(`^ *${run} .* 0 +20\\d\\d-\\d\\d-\\d\\d`, 'm'));
    const before = await leftOf();
    const dry = await school.ask<{ planId: number; dryRun: boolean; counts: Record<string, number> }>(
      'undo',
      run,
      '--dry-run',
    );
    expect(dry).toMatchObject({ dryRun: true, counts: { 'user.remove': expect.any(Number) as number } });
    expect(await leftOf()).toEqual(before);
    expect((await school.run(['plan', String(dry.planId)])).code).toBe(0);
  }, 120_000);

  test('one person, one class, one type, and the rest', async () => {
    await takeBack('--person', person);
    let managed = await selectManaged(school.journal);
    expect([managed.users.has(person), managed.courses.has(group)]).toEqual([false, true]);
    await takeBack('--class', group);
    managed = await selectManaged(school.journal);
    expect(managed.courses.has(group)).toBe(false);
    await takeBack('--only', 'enrolments');
    managed = await selectManaged(school.journal);
    expect([countEnrolments(managed.enrolments), managed.users.size > 0]).toEqual([0, true]);
    await takeBack();
    managed = await selectManaged(school.journal);
    expect([managed.users.size, managed.courses.size]).toEqual([0, 0]);
    expect(await leftOf()).toMatchObject({ left: 0, takenBack: expect.any(Number) as number });
    expect((await school.run(['settings', 'get', 'mode'])).stdout).toBe('disabled\n');
    const nothing = await school.run(['undo', run]);
    expect([nothing.code, nothing.stderr]).toEqual([8, expect.stringMatching(/^RunNotUndoable: /m)]);
  }, 300_000);

  test('release lets one person, one class or the run be planned again', async () => {
    const shown = await school.ask<Shown>('undo', 'show');
    expect(shown.subjects).toContainEqual(expect.objectContaining({ kind: 'user', externalId: person }));
    expect((await school.run(['undo', 'show'])).stdout).toContain(`undo release ${run}`);
    expect((await school.ask<{ released: number }>('undo', 'release', '--person', person)).released).toBe(
      shown.subjects.filter((one) => (one.kind === 'user' ? one.externalId : one.secondId) === person).length,
    );
    expect(
      (await school.ask<{ released: number }>('undo', 'release', '--class', group)).released,
    ).toBeGreaterThan(0);
    expect((await school.run(['undo', 'release', run])).stdout).toMatch(/^[\d,]+ changes .* planned again/);
    expect((await school.ask<Shown>('undo', 'show')).subjects).toEqual([]);
    expect((await school.run(['undo', 'release', run])).stdout).toBe('Nothing of that is held.\n');
  }, 60_000);
});
