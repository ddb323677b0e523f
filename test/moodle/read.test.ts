import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { courseDrafts } from '../../data/moodle/course-defaults.js';
import { foldByCollation } from '../../data/moodle/fold.js';
import { readMoodleState } from '../../data/moodle/read.js';
import {
  findCoursesByIdnumber,
  findTakenEmails,
  findTakenShortnames,
  findTakenUsernames,
  findUsersByIdnumber,
  selectCoursesByIds,
  selectEnrolments,
  selectManualInstances,
  selectUsersByIds,
} from '../../data/moodle/reread.js';
import { MAX_STATEMENT_BYTES, rowBatches } from '../../data/moodle/sql/statement.js';
import { createCourses } from '../../data/moodle/write/courses.js';
import { enrolUsers, enrolmentKey } from '../../data/moodle/write/enrolments.js';
import { createUsers } from '../../data/moodle/write/users.js';
import { describeWithMoodle } from '../support/database.js';
import {
  courseChoice,
  enrolmentDraft,
  execute,
  openMoodle,
  undone,
  userDraft,
  writeContext,
  type MoodleFixture,
} from './fixture.js';

describeWithMoodle('reading Moodle', () => {
  let moodle: MoodleFixture;
  const ids = { aroha: 0, jane: 0, gone: 0, A: 0, B: 0, manualA: 0 };
  beforeAll(async () => {
    moodle = await openMoodle('4.5');
    await moodle.db.transaction(async (tx) => {
      const ctx = writeContext(tx, moodle.site);
      const users = await createUsers(ctx, [
        userDraft('aroha'),
        userDraft('jane.smith', { idnumber: 'Ā-7', email: 'Jane@School.example' }),
        userDraft('gone'),
      ]);
      const choices = [courseChoice('A'), courseChoice('B', { format: 'social', visible: false })];
      const courses = await createCourses(ctx, await courseDrafts(tx, moodle.site, choices));
      Object.assign(ids, Object.fromEntries(courses), {
        aroha: users.get('aroha'),
        jane: users.get('jane.smith'),
        gone: users.get('gone'),
      });
      await execute(
        tx,
        moodle.site,
        'user',
        `UPDATE # SET deleted = 1, idnumber = '' WHERE id = ${ids.gone}`,
      );
      const manual = await selectManualInstances(tx, moodle.site, [ids.A]);
      ids.manualA = manual.get(ids.A)?.[0]?.id ?? 0;
      await enrolUsers(ctx, [
        enrolmentDraft(ids.A, ids.manualA, ids.aroha, 5),
        enrolmentDraft(ids.A, ids.manualA, ids.jane, 4),
        enrolmentDraft(ids.A, ids.manualA, ids.jane, 3),
      ]);
      await execute(tx, moodle.site, 'user_enrolments', `UPDATE # SET status = 1 WHERE userid = ${ids.jane}`);
    });
  });
  afterAll(() => moodle.close());

  test('gives what planning looks at', async () => {
    const state = await readMoodleState(moodle.db, moodle.site);
    expect(state.users.map((user) => [user.username, user.siteAccount, user.local])).toEqual([
      ['guest', true, true],
      ['admin', true, true],
      ['aroha', false, true],
      ['jane.smith', false, true],
    ]);
    expect(state.courses).toMatchObject([
      { id: ids.A, idnumber: 'ID-A', format: 'topics', visible: true, category: 1 },
      { id: ids.B, idnumber: 'ID-B', format: 'social', visible: false, category: 1 },
    ]);
    expect(state.categories).toMatchObject([{ id: 1, parent: 0, path: '/1', coursecount: 2, idnumber: '' }]);
    expect(state.enrolments).toMatchObject([
      { userid: ids.aroha, courseid: ids.A, enrol: 'manual', status: 0, instanceStatus: 0 },
      { userid: ids.jane, courseid: ids.A, enrol: 'manual', status: 1, instanceStatus: 0 },
    ]);
    expect(state.roles.get(ids.A)?.get(ids.aroha)).toEqual(['student']);
    expect([...(state.roles.get(ids.A)?.get(ids.jane) ?? [])].sort()).toEqual(['editingteacher', 'teacher']);
    expect(state.manualInstances.map((row) => row.courseid)).toEqual([ids.A, ids.B]);
    expect([...state.formats].sort()).toEqual(['singleactivity', 'social', 'topics', 'weeks']);
  });

  test('finds a login, an idnumber, an address as the collation compares [T18], and nobody for an empty one [T21]', async () => {
    const { db, site } = moodle;
    const usernames = await findTakenUsernames(db, site, ['JANE.smith', 'jané.smith ', 'free', 'gone', '']);
    expect([...usernames]).toEqual([
      ['JANE.smith', ids.jane],
      ['jané.smith ', ids.jane],
      ['gone', ids.gone],
    ]);
    expect([...(await findUsersByIdnumber(db, site, ['a-7', '', 'ID-gone']))]).toEqual([['a-7', ids.jane]]);
    expect([...(await findTakenEmails(db, site, ['jane@school.example']))]).toEqual([
      ['jane@school.example', ids.jane],
    ]);
    const lenient = { ...site, config: new Map([...site.config, ['allowaccountssameemail', '1']]) };
    expect(await findTakenEmails(db, lenient, ['jane@school.example'])).toEqual(new Map());
    expect([...(await findTakenShortnames(db, site, ['a', 'z']))]).toEqual([['a', ids.A]]);
    expect([...(await findCoursesByIdnumber(db, site, ['id-b', '']))]).toEqual([['id-b', ids.B]]);
  });

  test('tells a deleted account and a course that is gone [T33]', async () => {
    const { db, site } = moodle;
    const users = await selectUsersByIds(db, site, [ids.gone, ids.aroha, 4711]);
    expect(users.get(ids.gone)?.deleted).toBe(true);
    expect(users.get(ids.aroha)?.deleted).toBe(false);
    expect(users.has(4711)).toBe(false);
    expect([...(await selectCoursesByIds(db, site, [4711, ids.A])).keys()]).toEqual([ids.A]);
    const pairs = [
      { enrolid: ids.manualA, userid: ids.jane },
      { enrolid: ids.manualA, userid: ids.gone },
    ];
    const found = await selectEnrolments(db, site, pairs);
    expect([...found.keys()]).toEqual(pairs.slice(0, 1).map(enrolmentKey));
    expect(found.get(`${ids.manualA}:${ids.jane}`)?.status).toBe(1);
  });

  test('85,840 ids make no statement with more than 5,000 values [T39]', async () => {
    const all = Array.from({ length: 85_840 }, (_, index) => index + 1);
    const sizes: number[] = [];
    const measure = (query: { readonly bindings: readonly unknown[] }): void => {
      sizes.push(query.bindings.length);
    };
    moodle.db.on('query', measure);
    const users = await selectUsersByIds(moodle.db, moodle.site, all);
    const pairs = all.map((userid) => ({ enrolid: ids.manualA, userid }));
    const enrolments = await selectEnrolments(moodle.db, moodle.site, pairs);
    moodle.db.removeListener('query', measure);
    expect(users.size).toBe(5);
    expect(enrolments.size).toBe(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5_000);
  });

  test.each([
    'utf8mb4_unicode_ci',
    'utf8mb4_general_ci',
    'utf8mb4_bin',
    'utf8mb4_unicode_520_ci',
    // those that are asked about every string
    'utf8mb4_unicode_nopad_ci',
    'utf8mb4_spanish2_ci',
  ])('strings fold alike under %s exactly when the database calls them equal [T18]', async (collation) => {
    const { db } = moodle;
    const words = [
      'a',
      'A',
      'ā',
      'ä',
      'b',
      'ß',
      'ss',
      ' ',
      '  ',
      '\u200b',
      '\u0301',
      '\t',
      '7',
      '７',
      '😀',
      '😁',
      'ﬁ',
      'fi',
      '-',
      'ch',
    ];
    const part = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme-ascii', maxLength: 2 }));
    const word = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, word), { minLength: 20, maxLength: 20 }), async (pairs) => {
        const fold = await foldByCollation(db, { collation }, pairs.flat());
        const equal = await databaseEquality(db, collation, pairs);
        expect(pairs.map(([a, b]) => fold(a) === fold(b))).toEqual(equal);
      }),
      { numRuns: 30 },
    );
  });

  test('printable ASCII is asked about once, whatever there is of it', async () => {
    const asked: string[] = [];
    const listen = ({ sql }: { readonly sql: string }): void => void asked.push(sql);
    moodle.db.on('query', listen);
    const many = Array.from({ length: 5_000 }, (_, index) => `person${index}@school.example`);
    await foldByCollation(moodle.db, moodle.site, many);
    moodle.db.off('query', listen);
    expect(asked).toHaveLength(1);
  });

  test('a fold refuses a string that it was not asked about', async () => {
    const fold = await foldByCollation(moodle.db, moodle.site, ['a']);
    expect(() => fold('b')).toThrow(/collation/);
  });

  test('a lock on rows holds until the transaction ends', () =>
    undone(moodle.db, async (tx) => {
      await selectUsersByIds(tx, moodle.site, [ids.aroha]);
      const other = moodle.db.transaction(async (second) => {
        await second.raw('SET SESSION innodb_lock_wait_timeout = 1');
        await execute(second, moodle.site, 'user', `UPDATE # SET city = 'x' WHERE id = ${ids.aroha}`);
      });
      await expect(other).rejects.toMatchObject({ code: 'ER_LOCK_WAIT_TIMEOUT' });
    }));
});

async function databaseEquality(
  db: Knex,
  collation: string,
  pairs: readonly (readonly [string, string])[],
): Promise<boolean[]> {
  const columns = pairs.map((_, index) => `CONVERT(? USING utf8mb4) = ? COLLATE ${collation} AS e${index}`);
  const [[row]] = (await db.raw(`SELECT ${columns.join(', ')}`, pairs.flat())) as [
    [Record<string, number>],
    unknown,
  ];
  return pairs.map((_, index) => row[`e${index}`] === 1);
}

test('rows are split by bytes well below a packet of 16 MB, and by number [T38]', () => {
  const wide = Array.from({ length: 100 }, () => ['ā'.repeat(50_000), 1]);
  const batches = [...rowBatches(wide)];
  expect(batches.flat()).toHaveLength(100);
  for (const batch of batches) {
    const bytes = batch.reduce((sum, [text]) => sum + Buffer.byteLength(String(text)), 0);
    expect(bytes).toBeLessThanOrEqual(MAX_STATEMENT_BYTES);
  }
  expect([...rowBatches(Array.from({ length: 12_500 }, () => [1]))].map((batch) => batch.length)).toEqual([
    5000, 5000, 2500,
  ]);
  expect([...rowBatches([['x'.repeat(2_000_000)]])]).toHaveLength(1);
});
