/** `rollover relink` and `rollover links forget` as an administrator types them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertManaged, selectManagedUsers } from '../../data/journal/managed.js';
import { holdTarget } from '../../data/journal/targets.js';
import { createCliSchool, type CliSchool } from '../cli/school.js';

interface Shown {
  readonly hash: string;
  readonly nothing: boolean;
  readonly relinked: boolean;
}

describe('on the command line', () => {
  let school: CliSchool;
  const lost = (externalId: string, moodleId: number) => ({
    kind: 'user' as const,
    externalId,
    moodleId,
    origin: 'created' as const,
    naturalKey: `login${externalId}`,
    naturalNumber: 1_800_000_000,
    planId: 1,
    seq: moodleId,
  });

  beforeAll(async () => {
    school = await createCliSchool();
    await school.startWorker();
    await insertManaged(school.journal, [lost('01001', 9_001), lost('01002', 9_002)]);
  }, 120_000);
  afterAll(async () => school?.close());

  test('check names the way out', async () => {
    const ended = await school.run(['check']);
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('rollover relink');
  });

  test('links forget makes room for one that is gone', async () => {
    const unknown = await school.run(['links', 'forget', 'user', '09999', '--yes']);
    expect(unknown.code).toBe(8);
    const silent = await school.run(['links', 'forget', 'user', '01002']);
    expect(silent.code).toBe(2);
    const done = await school.run(['links', 'forget', 'user', '01002', '--yes']);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('The next plan makes 01002 anew')]);
  });

  test('relink shows whom it is about, changes nothing unasked, and follows what is confirmed', async () => {
    const shown = await school.run(['relink']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('1 account of ours not there any more\n    01001');
    const { hash } = await school.ask<Shown>('relink');
    expect(shown.stderr).toContain(`relink --confirm --hash ${hash}`);
    expect((await school.run(['relink', '--confirm'])).code).toBe(2);
    expect((await school.run(['relink', '--confirm', '--hash', 'f'.repeat(64)])).code).toBe(7);
    expect((await selectManagedUsers(school.journal)).size).toBe(1);
    // a run that was terminated could not let go; nobody has to unlock anything
    await holdTarget(school.journal, 'rollover/kowhai/2027');
    const done = await school.run(['relink', '--confirm', '--hash', hash]);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('The journal follows Moodle')]);
    expect((await selectManagedUsers(school.journal)).size).toBe(0);
    expect(await school.ask<Shown>('relink')).toMatchObject({ nothing: true, relinked: false });
  }, 60_000);
});
