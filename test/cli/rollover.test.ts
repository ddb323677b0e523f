/** A whole rollover as an administrator types it: real servers, a worker, a pocket Moodle. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectDecisions, selectRuns } from '../../data/journal/runs.js';
import { selectTarget } from '../../data/journal/targets.js';
import { addAccountByHand } from '../../embedded/pocket-moodle/account-by-hand.js';
import { nextYear, sampleSchool } from '../../embedded/sample-school.js';
import { toCsvFolder, toWorkbook } from '../../embedded/sample-school/write.js';
import { createCliSchool, type CliSchool } from './school.js';

interface StatusDocument {
  readonly workflowId: string;
  readonly running: boolean;
  readonly existed?: boolean;
  readonly status: {
    readonly open: { readonly gate: string; readonly opening: number; readonly hash: string } | null;
  };
  readonly answers: { readonly approve: string; readonly look: readonly string[] } | null;
}

const lastYear = sampleSchool({ year: 2026, students: 48, passwords: true });
const thisYear = nextYear(lastYear);
/** Somebody made this account by hand, without an idnumber. */
const newcomer = thisYear.students.at(-1)!;

let school: CliSchool;

beforeAll(async () => {
  school = await createCliSchool();
  await school.startWorker();
  await writeFile(join(school.folder, 'kn-2027.xlsx'), toWorkbook(thisYear, 'xlsx'));
  await writeFile(join(school.folder, 'kn-2026.ods'), toWorkbook(lastYear, 'ods'));
  await addAccountByHand(school.db, { database: school.moodle, prefix: 'mdl_' }, newcomer);
  await toCsvFolder(thisYear, join(school.folder, 'csv'));
});
afterAll(async () => school?.close());

async function waitFor(gate: string): Promise<StatusDocument> {
  await school.run(['status', '--watch']);
  const document = await school.ask<StatusDocument>('status');
  expect(document.status.open?.gate).toBe(gate);
  return document;
}

async function approveOpen(gate: string): Promise<void> {
  const { status } = await waitFor(gate);
  const ended = await school.run(['approve', gate, '--hash', status.open?.hash.slice(0, 12) ?? '']);
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
}

describe('before a rollover', () => {
  test('check says that Moodle is ready', async () => {
    const ended = await school.run(['check']);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toMatch(/proven/);
    expect(ended.stdout).toMatch(/Ready\./);
    expect(ended.code).toBe(0);
  });

  test('status, approve and report say that there is no run', async () => {
    for (const args of [['status'], ['approve', '--hash', 'abcdef0123'], ['report']]) {
      const ended = await school.run(args);
      expect(ended.code).toBe(8);
      expect(ended.stderr).toMatch(/^RunNotFound: .*\n$/);
    }
  });

  test('settings are set, shown, refused and remembered', async () => {
    for (const [path, value] of [
      ['year', '2026'],
      ['groupTypes.default.provisioning', 'enabled'],
      ['mode', 'snapshot-only'],
      ['users.auth', 'oauth2'],
    ] as const)
      expect((await school.run(['settings', 'set', path, value])).code).toBe(0);
    expect((await school.run(['settings', 'get', 'users.auth'])).stdout).toBe('oauth2\n');
    const refused = await school.run(['settings', 'set', 'deletion.users', 'perhaps']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^SettingsInvalid: /);
    const history = await school.ask<{ versions: { changedBy: string; changed: string }[] }>(
      'settings',
      'history',
    );
    expect(history.versions[0]).toMatchObject({ changedBy: 'kiri', changed: 'users.auth' });
  });

  test('a workbook that is only read gives a snapshot, and the file stays as it is [T46]', async () => {
    const file = join(school.folder, 'kn-2026.ods');
    const before = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    const ended = await school.run(['snapshot', 'kn-2026.ods']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/Snapshot 1/);
    expect(ended.stdout).toMatch(/passwords were taken out of it and not kept/);
    expect(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ).toBe(before);
  });

  test('a workbook and a CSV folder of the same school give one snapshot hash', async () => {
    const one = await school.ask<{ snapshot: { hash: string } }>('snapshot', 'kn-2027.xlsx');
    const two = await school.ask<{ snapshot: { hash: string } }>('snapshot', 'csv');
    expect(two.snapshot.hash).toBe(one.snapshot.hash);
  });

  test('findings are grouped, listed as CSV and as JSON', async () => {
    const text = await school.run(['findings']);
    expect(text.stdout).toMatch(/most frequent cause first|No findings/);
    const csv = await school.run(['findings', '--csv']);
    expect(csv.stdout).toMatch(/^\ufeffseverity,code,sheet,row,column,value,externalId,what,mend\n/);
    const document = await school.ask<{ total: number; items: unknown[] }>('findings');
    expect(document.items).toHaveLength(document.total);
    const comparison = await school.run(['findings', '--comparison']);
    expect(comparison.stdout).toMatch(/Which header was read as what/);
  });

  test('a dry run plans without a run, and the same reading gives the same hash [T52]', async () => {
    const one = await school.ask<{ id: number; hash: string; runId: null }>('plan', '--new');
    const two = await school.ask<{ id: number; hash: string }>('plan', '--new');
    expect(one.runId).toBeNull();
    expect(two.id).toBeGreaterThan(one.id);
    expect(two.hash).toBe(one.hash);
  });

  test('a sync is refused while there is no decision to synchronise', async () => {
    await school.run(['settings', 'set', 'mode', 'disabled']);
    const ended = await school.run(['sync', 'kn-2026.ods']);
    expect(ended.stderr).toMatch(/^ModeDisabled: /m);
    expect(ended.code).toBe(6);
    await school.run(['settings', 'set', 'mode', 'snapshot-only']);
  });
});

describe('a rollover', () => {
  test('starts once, however often start is pressed [T54]', async () => {
    const first = await school.ask<StatusDocument>('start', '2027');
    expect(first.existed).toBe(false);
    expect(first.status.open?.gate).toBe('backups');
    const second = await school.ask<StatusDocument>('start', '2027');
    expect(second.existed).toBe(true);
    const rollovers = (await selectRuns(school.journal)).filter((run) => run.kind === 'rollover');
    expect(rollovers).toHaveLength(1);
    expect((await school.run(['settings', 'get', 'year'])).stdout).toBe('2027\n');
  });

  test('another year is refused while this one is under way, and changes nothing', async () => {
    const ended = await school.run(['start', '2028']);
    expect(ended.code).toBe(6);
    expect(ended.stderr).toMatch(/^TargetHeld: .*rollover\/kowhai\/2027/);
    expect((await school.run(['settings', 'get', 'year'])).stdout).toBe('2027\n');
  });

  test('status prints the command that answers what waits', async () => {
    const { status, answers } = await waitFor('backups');
    const text = await school.run(['status']);
    expect(text.stdout).toContain(answers?.approve);
    expect(answers?.approve).toBe(`rollover approve backups --hash ${status.open?.hash.slice(0, 12)}`);
  });

  test('without a terminal, approving needs the hash of what was looked at', async () => {
    const ended = await school.run(['approve', 'backups', '--yes']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/--hash/);
  });

  test('on a terminal it shows what waits and asks; no is no', async () => {
    const ended = await school.run(['approve'], { typed: 'n\n' });
    expect(ended.stdout).toMatch(/Are the backups made\?/);
    expect(ended.stderr).toMatch(/Nothing was decided/);
    await waitFor('backups');
  });

  test('a decision about something else is refused and written down', async () => {
    const ended = await school.run(['approve', 'backups', '--hash', '00000000']);
    expect(ended.code).toBe(7);
    expect(ended.stderr).toMatch(/^StaleDecision: /);
    const notOpen = await school.run(['approve', 'tidy', '--hash', '00000000']);
    expect(notOpen.stderr).toMatch(/^GateNotOpen: /);
    const decisions = await selectDecisions(school.journal, 'rollover/kowhai/2027');
    expect(decisions.map(({ gate, outcome, account }) => [gate, outcome, account])).toEqual([
      ['backups', 'StaleDecision', 'kiri'],
      ['tidy', 'GateNotOpen', 'kiri'],
    ]);
  });

  test('pressing approve twice does nothing twice [T54]', async () => {
    const { status } = await waitFor('backups');
    const args = ['approve', 'backups', '--hash', status.open?.hash ?? '', '--comment', 'Dump of 10 o’clock'];
    const first = await school.run([...args, '--json']);
    expect(first.json<{ result: string }>().result).toBe('accepted');
    const second = await school.run([...args, '--json']);
    expect(second.code).toBe(0);
    expect(second.json<{ result: string }>().result).toBe('repeated');
    const other = await school.run(['reject', 'backups', '--hash', status.open?.hash ?? '']);
    expect(other.code).toBe(7);
    expect(other.stderr).toMatch(/^AlreadyDecided: /);
    await waitFor('knowledgenet');
  });

  test('gate knowledgenet wants a reading', async () => {
    const { status } = await waitFor('knowledgenet');
    const ended = await school.run(['approve', 'knowledgenet', '--hash', status.open?.hash ?? '']);
    expect(ended.code).toBe(7);
    expect(ended.stderr).toMatch(/^NoReading: /);
  });

  test('a workbook can come with the approval; the data are shown for a decision', async () => {
    const { status } = await waitFor('knowledgenet');
    const ended = await school.run([
      'approve',
      'knowledgenet',
      '--hash',
      status.open?.hash ?? '',
      '--workbook',
      'kn-2026.ods',
    ]);
    expect(ended.stderr).toBe('');
    const { answers } = await waitFor('data');
    expect(answers?.look[0]).toMatch(/^rollover findings \d+$/);
  });

  test('another workbook opens gate data anew, and the old hash is stale', async () => {
    const before = await waitFor('data');
    const offered = await school.ask<StatusDocument & { offeredTo: string }>('snapshot', 'kn-2027.xlsx');
    expect(offered.offeredTo).toBe('rollover/kowhai/2027');
    await expect
      .poll(async () => (await school.ask<StatusDocument>('status')).status.open?.opening, {
        timeout: 20_000,
      })
      .toBe(2);
    const stale = await school.run(['approve', 'data', '--hash', before.status.open?.hash ?? '']);
    expect(stale.stderr).toMatch(/^StaleDecision: /);
    await approveOpen('data');
  });

  test('an account that may be somebody’s is linked when a person says so and the plan is made again [T20]', async () => {
    const { status } = await waitFor('plan');
    const { proposals } = await school.ask<{ proposals: { externalId: string; moodleId: number }[] }>(
      'links',
    );
    expect(proposals).toHaveLength(1);
    const [{ externalId, moodleId }] = proposals as [{ externalId: string; moodleId: number }];
    expect(externalId).toBe(newcomer.externalId);
    const reread = await school.run(['snapshot', 'kn-2027.xlsx']);
    expect(reread.stderr).toMatch(/Rollover 2027 is under way and keeps to its own reading/);
    expect((await school.run(['links', 'accept', externalId, String(moodleId)])).code).toBe(0);
    expect((await school.run(['reject', 'plan', '--hash', status.open?.hash ?? ''])).code).toBe(0);
    await approveOpen('data');
    await waitFor('plan');
    expect((await school.run(['plan'])).stdout).toMatch(/Users to link \(already in Moodle\) +1\n/);
  });

  test('the plan is printed as text, CSV and JSON', async () => {
    await waitFor('plan');
    const text = await school.run(['plan']);
    expect(text.stdout).toMatch(/Users to create +\d+/);
    expect(text.stdout).toMatch(/create course/);
    const csv = await school.run(['plan', '--csv']);
    const document = await school.ask<{ counts: Record<string, number> }>('plan');
    const changes = Object.entries(document.counts)
      .filter(([name]) => /^(category|user|course|enrolment)\./.test(name))
      .reduce((sum, [, value]) => sum + value, 0);
    expect(csv.stdout.trimEnd().split('\n')).toHaveLength(changes + 1);
    expect(await school.ask('plan', '--list', 'kept')).toMatchObject({ total: 0, items: [] });
  });

  test('a paused run writes nothing until it is resumed', async () => {
    expect((await school.run(['pause'])).code).toBe(0);
    expect((await selectTarget(school.journal)).brake).toBe('pause');
    const { status } = await waitFor('plan');
    const approval = ['approve', 'plan', '--hash', status.open?.hash ?? ''];
    const refused = await school.run(approval);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toMatch(/BackupMissing: No dump .*--no-backup/s);
    expect((await school.run([...approval, '--no-backup'])).code).toBe(0);
    await expect
      .poll(async () => (await school.run(['status'])).stdout, { timeout: 20_000 })
      .toMatch(/Applying {2}\[\.+\] +0 %/);
    expect((await school.run(['status'])).stdout).toMatch(/Paused: nothing is written/);
    expect((await school.run(['resume'])).stdout).toMatch(/goes on/);
    await waitFor('tidy');
  });

  test('the last gates end it; the report says what was done and what is seen late', async () => {
    await waitFor('tidy');
    const tidied = await school.run(['approve'], { typed: 'yes\n' });
    expect(tidied.stdout).toMatch(/Gate tidy of Rollover 2027 is approved: goes on to removals\./);
    await waitFor('removals');
    const approved = await school.run(['approve', '--watch'], { typed: 'yes\n' });
    expect(approved.stdout).toMatch(
      /Gate removals of Rollover 2027 is approved: suspends and hides what is listed\./,
    );
    expect(approved.stdout).toMatch(/Rollover 2027 has ended: completed/);
    const status = await school.run(['status']);
    expect(status.stdout).toMatch(/Rollover 2027 has ended: completed/);
    const report = await school.run(['report']);
    expect(report.stdout).toMatch(/Users created +done/);
    expect(report.stdout).toMatch(/second plan has no changes/);
    expect(report.stdout).toMatch(/php admin\/cli\/purge_caches\.php/);
    expect(report.stdout).toMatch(/Removals: there was nothing to suspend or hide\./);
    expect(report.stdout).toMatch(/approved without a backup/);
    expect(report.stdout).toMatch(/Dump of 10 o’clock/);
  });

  test('a completed year is not started again [T54]', async () => {
    const ended = await school.run(['start', '2027']);
    expect(ended.code).toBe(8);
    expect(ended.stderr).toMatch(/^RunCompleted: /);
  });
});

describe('after a rollover', () => {
  test('a sync of the same workbook has nothing to do', async () => {
    const ended = await school.run(['sync', 'kn-2027.xlsx']);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toMatch(/nothing to do/);
  });

  test('a run is cancelled in good order and can be started again', async () => {
    expect((await school.run(['start', '2028'])).code).toBe(0);
    await waitFor('backups');
    const unasked = await school.run(['cancel']);
    expect(unasked.code).toBe(2);
    const ended = await school.run(['cancel', '--yes']);
    expect(ended.stdout).toMatch(/cancelled by a person/);
    expect((await selectTarget(school.journal)).holder).toBeNull();
    expect((await school.run(['start', '2028'])).code).toBe(0);
    await waitFor('backups');
    expect((await school.run(['cancel', '--yes'])).code).toBe(0);
    const listed = await school.ask<{ items: { outcome: string }[] }>('report', '--list');
    expect(listed.items.slice(0, 2).map((run) => run.outcome)).toEqual(['cancelled', 'cancelled']);
  });
});
