import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUsers, updateUsers } from '../../data/moodle/write/users.js';
import { describeWithMoodle } from '../support/database.js';
import { NOW, openMoodle, rowsIn, undone, userDraft, writeContext, type MoodleFixture } from './fixture.js';

interface Log {
  readonly eventname: string;
  readonly other: string;
  readonly userid: number;
}

describeWithMoodle('accounts', () => {
  let moodle: MoodleFixture;
  beforeAll(async () => {
    moodle = await openMoodle('4.5');
  });
  afterAll(() => moodle.close());

  test('names with apostrophes, macrons, hyphens, brackets and odd characters pass as they are [T49]', () =>
    undone(moodle.db, async (tx) => {
      const names = ["O'Brien", 'Tūhoe', 'Ngā-Puhi (Sam)', 'back\\slash', 'who?', '"quoted"; --', '😀 Ānaru'];
      const drafts = names.map((lastname, index) =>
        userDraft(`odd${index}`, { lastname, firstname: `${lastname} ?? :x` }),
      );
      const ids = await createUsers(writeContext(tx, moodle.site), drafts);
      for (const draft of drafts) {
        const [row] = await rowsIn(tx, moodle.site, 'user', `id = ${ids.get(draft.username)}`);
        expect(row).toMatchObject({ lastname: draft.lastname, firstname: draft.firstname });
      }
    }));

  test('a login that is taken is refused by the database, with nothing written', () =>
    undone(moodle.db, async (tx) => {
      const ctx = writeContext(tx, moodle.site);
      await createUsers(ctx, [userDraft('jane.smith')]);
      await expect(createUsers(ctx, [userDraft('Jane.Smith')])).rejects.toMatchObject({
        code: 'ER_DUP_ENTRY',
      });
    }));

  test('a password brings its preference, its flag and its log row; a marker brings none', () =>
    undone(moodle.db, async (tx) => {
      const ctx = writeContext(tx, moodle.site);
      const ids = await createUsers(ctx, [
        userDraft('with', { password: '$6$rounds=10000$salt$digest', passwordSet: true }),
        userDraft('without', { auth: 'oauth2', password: '' }),
      ]);
      const preferences = await rowsIn(tx, moodle.site, 'user_preferences');
      expect(preferences).toMatchObject([
        { userid: ids.get('with'), name: 'auth_manual_passwordupdatetime', value: String(NOW) },
      ]);
      const flags = await rowsIn(tx, moodle.site, 'cache_flags');
      expect(flags).toMatchObject([
        { flagtype: 'userpreferenceschanged', name: String(ids.get('with')), expiry: NOW + 28_800 },
      ]);
      const log = await rowsIn<Log>(tx, moodle.site, 'logstore_standard_log');
      expect(log.map((row) => row.eventname.split('\\').at(-1))).toEqual([
        'user_password_updated',
        'user_created',
        'user_created',
      ]);
    }));

  test('settings of the site decide what a new account looks like', () =>
    undone(moodle.db, async (tx) => {
      const config = new Map([
        ...moodle.site.config,
        ['country', 'NZ'],
        ['defaultcity', 'Ōtautahi'],
        ['defaultpreference_maildisplay', '0'],
        ['lang', 'mi'],
      ] as const);
      const ctx = writeContext(tx, { ...moodle.site, config, mnetHostId: 7 });
      const ids = await createUsers(ctx, [userDraft('set')]);
      const [row] = await rowsIn(tx, moodle.site, 'user', `id = ${ids.get('set')}`);
      expect(row).toMatchObject({
        country: 'NZ',
        city: 'Ōtautahi',
        maildisplay: 0,
        lang: 'mi',
        mnethostid: 7,
        confirmed: 1,
      });
    }));

  test('the log is left alone when it is switched off or not kept', () =>
    undone(moodle.db, async (tx) => {
      const quiet = new Map([...moodle.site.pluginConfig, ['tool_log/enabled_stores', 'logstore_database']]);
      await createUsers(writeContext(tx, moodle.site, { logEvents: false }), [userDraft('one')]);
      await createUsers(writeContext(tx, { ...moodle.site, pluginConfig: quiet }), [userDraft('two')]);
      expect(await rowsIn(tx, moodle.site, 'logstore_standard_log')).toEqual([]);
    }));

  test('the log is serialised where the site wants it so, and names who acts', () =>
    undone(moodle.db, async (tx) => {
      const pluginConfig = new Map([...moodle.site.pluginConfig, ['logstore_standard/jsonformat', '0']]);
      const ctx = writeContext(tx, { ...moodle.site, pluginConfig }, { actorId: 0 });
      await createUsers(ctx, [userDraft('old', { password: '$6$x', passwordSet: true })]);
      const log = await rowsIn<Log>(tx, moodle.site, 'logstore_standard_log');
      expect(log.map((row) => [row.userid, row.other])).toEqual([
        [0, 'a:1:{s:14:"forgottenreset";b:0;}'],
        [0, 'N;'],
      ]);
    }));

  test.each([
    ['405', NOW],
    ['401', NOW + 60],
  ])(
    'an update that changes nothing on branch %s leaves timemodified at %d, and is logged',
    (branch, expected) =>
      undone(moodle.db, async (tx) => {
        const ids = await createUsers(writeContext(tx, moodle.site), [userDraft('same'), userDraft('other')]);
        const [same = 0, other = 0] = [ids.get('same'), ids.get('other')];
        const site = { ...moodle.site, branch };
        await updateUsers(writeContext(tx, site, { now: NOW + 60 }), [
          { id: same, set: { firstname: 'Invented' } },
          { id: other, set: { firstname: 'Changed', email: 'new@school.example' } },
        ]);
        const rows = await rowsIn(tx, site, 'user', `id IN (${same}, ${other})`);
        expect(rows).toMatchObject([
          { firstname: 'Invented', timemodified: expected },
          { firstname: 'Changed', email: 'new@school.example', lastname: 'other', timemodified: NOW + 60 },
        ]);
        const log = await rowsIn<Log>(tx, site, 'logstore_standard_log', "eventname LIKE '%user_updated'");
        expect(log).toHaveLength(2);
      }),
  );

  test('an account that is gone is not passed over', () =>
    undone(moodle.db, async (tx) => {
      const update = updateUsers(writeContext(tx, moodle.site), [{ id: 99_999, set: { firstname: 'x' } }]);
      await expect(update).rejects.toMatchObject({ code: 'Internal' });
    }));

  test('an account without context gets one when it is changed, as in Moodle', () =>
    undone(moodle.db, async (tx) => {
      const ctx = writeContext(tx, moodle.site);
      const id = (await createUsers(ctx, [userDraft('bare')])).get('bare') ?? 0;
      const context = `\`${moodle.database}\`.mdl_context`;
      await tx.raw(`DELETE FROM ${context} WHERE contextlevel = 30 AND instanceid = ${id}`);
      await updateUsers(ctx, [{ id, set: { firstname: 'Now' } }]);
      const [row] = await rowsIn(tx, moodle.site, 'context', `contextlevel = 30 AND instanceid = ${id}`);
      expect(row).toMatchObject({ depth: 2, path: `/1/${row?.['id']}` });
    }));
});
