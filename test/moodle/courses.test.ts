import { afterAll, beforeAll, expect, test } from 'vitest';
import { courseDefaults, courseDrafts } from '../../data/moodle/course-defaults.js';
import { localMidnight } from '../../data/moodle/midnight.js';
import { createCategories } from '../../data/moodle/write/categories.js';
import { createCourses, updateCourses } from '../../data/moodle/write/courses.js';
import { describeWithMoodle } from '../support/database.js';
import {
  courseChoice,
  execute,
  NOW,
  openMoodle,
  rowsIn,
  undone,
  writeContext,
  type MoodleFixture,
} from './fixture.js';

describeWithMoodle('courses', () => {
  let moodle: MoodleFixture;
  beforeAll(async () => {
    moodle = await openMoodle('4.5');
  });
  afterAll(() => moodle.close());

  const draft = (more: Parameters<typeof courseChoice>[1] = {}) =>
    courseDefaults(moodle.db, moodle.site, courseChoice('A', more));

  test('the site decides what is not decided by us', async () => {
    const pluginConfig = new Map([
      ...moodle.site.pluginConfig,
      ['moodlecourse/numsections', '7'],
      ['moodlecourse/coursedisplay', '1'],
      ['moodlecourse/newsitems', '0'],
      ['moodlecourse/groupmode', '2'],
      ['moodlecourse/lang', 'mi'],
    ]);
    const made = await courseDefaults(moodle.db, { ...moodle.site, pluginConfig }, courseChoice('A'));
    expect(made).toMatchObject({
      numsections: 7,
      formatOptions: [
        { name: 'hiddensections', value: '1' },
        { name: 'coursedisplay', value: '1' },
      ],
      columns: { newsitems: 0, groupmode: 2, lang: 'mi', enablecompletion: 1 },
    });
  });

  test('weeks end with the last one, in local days, unless an end date is given', async () => {
    const timeZone = 'Pacific/Auckland';
    const startdate = localMidnight('2027-03-22', timeZone);
    const open = await draft({ format: 'weeks', numsections: 4, startdate, enddate: 0, timeZone });
    expect(open.columns['enddate']).toBe(localMidnight('2027-04-19', timeZone));
    expect(open.formatOptions.at(-1)).toEqual({ name: 'automaticenddate', value: '1' });
    const given = await draft({ format: 'weeks', startdate, enddate: startdate + 5 });
    expect(given.columns['enddate']).toBe(startdate + 5);
    expect(given.formatOptions.at(-1)).toEqual({ name: 'automaticenddate', value: '0' });
  });

  test('weeks end two hours later in 4.1', async () => {
    const old = { ...moodle.site, branch: '401' };
    const made = await courseDefaults(
      moodle.db,
      old,
      courseChoice('A', { format: 'weeks', numsections: 4, enddate: 0 }),
    );
    expect(made.columns['enddate']).toBe(NOW + 2_426_400);
  });

  test('an unknown format is refused by name, unless a course of it lends its options', () =>
    undone(moodle.db, async (tx) => {
      await expect(draft({ format: 'buttons' })).rejects.toMatchObject({
        code: 'SettingsInvalid',
        message: expect.stringContaining('"buttons"') as string,
      });
      const ctx = writeContext(tx, moodle.site);
      const sample = { ...(await draft({ shortname: 'S' })), format: 'buttons' };
      const option = { name: 'colour', value: 'green' };
      const id = (await createCourses(ctx, [{ ...sample, formatOptions: [option] }])).get('S') ?? 0;
      const choices = ['X', 'Y'].map((name) => courseChoice(name, { format: 'buttons', optionsFrom: id }));
      const ids = await createCourses(ctx, await courseDrafts(tx, moodle.site, choices));
      const copied = await rowsIn(
        tx,
        moodle.site,
        'course_format_options',
        `courseid IN (${[...ids.values()].join()})`,
      );
      expect(copied).toMatchObject([
        { ...option, format: 'buttons' },
        { ...option, format: 'buttons' },
      ]);
      // A course of another format lends nothing.
      const wrong = courseChoice('Z', { format: 'tiles', optionsFrom: id });
      await expect(courseDefaults(tx, moodle.site, wrong)).rejects.toMatchObject({ code: 'SettingsInvalid' });
    }));

  test('no announcements forum without news items', () =>
    undone(moodle.db, async (tx) => {
      const made = await draft();
      const quiet = { ...made, columns: { ...made.columns, newsitems: 0 } };
      const id = (await createCourses(writeContext(tx, moodle.site), [quiet])).get('A') ?? 0;
      expect(await rowsIn(tx, moodle.site, 'forum', `course = ${id}`)).toEqual([]);
      const [course] = await rowsIn(tx, moodle.site, 'course', `id = ${id}`);
      expect(course?.['cacherev']).toBe(NOW + 4);
    }));

  test('enrolment methods follow the settings of the site', () =>
    undone(moodle.db, async (tx) => {
      const pluginConfig = new Map([
        ...moodle.site.pluginConfig,
        ['enrol_manual/expirynotify', '2'],
        ['enrol_manual/enrolperiod', '86400'],
        ['enrol_manual/sendcoursewelcomemessage', '0'],
        ['enrol_guest/requirepassword', '1'],
        ['enrol_self/status', '0'],
      ]);
      const site = {
        ...moodle.site,
        pluginConfig,
        defaultEnrolPlugins: ['self', 'strange', 'manual', 'guest'],
      };
      const id = (await createCourses(writeContext(tx, site), [await draft()])).get('A') ?? 0;
      const [self, manual, guest, ...rest] = await rowsIn(tx, site, 'enrol', `courseid = ${id}`);
      expect(self).toMatchObject({ enrol: 'self', status: 0, sortorder: 0 });
      expect(manual).toMatchObject({
        enrol: 'manual',
        sortorder: 1,
        expirynotify: 1,
        notifyall: 1,
        enrolperiod: 86_400,
        customint1: 0,
      });
      expect(guest).toMatchObject({ enrol: 'guest', sortorder: 2 });
      expect(String(guest?.['password'])).toMatch(/^\w{20}$/);
      expect(rest).toEqual([]);
    }));

  test('drafts with differing columns keep their places: the last one comes first', () =>
    undone(moodle.db, async (tx) => {
      const drafts = await courseDrafts(
        tx,
        moodle.site,
        ['A', 'B', 'C'].map((name) => courseChoice(name)),
      );
      const [a, b, c] = drafts;
      if (a === undefined || b === undefined || c === undefined) throw new Error('three drafts expected');
      await createCourses(writeContext(tx, moodle.site), [
        a,
        { ...b, columns: { visible: 1, visibleold: 1 } },
        c,
      ]);
      const rows = await rowsIn(tx, moodle.site, 'course', "shortname IN ('A', 'B', 'C')");
      const order = rows.sort((x, y) => Number(x['sortorder']) - Number(y['sortorder']));
      expect(order.map((row) => [row['shortname'], row['sortorder']])).toEqual([
        ['C', 10_001],
        ['B', 10_002],
        ['A', 10_003],
      ]);
    }));

  test('a category that is gone stops the batch', () =>
    undone(moodle.db, async (tx) => {
      const made = await draft({ category: 4711 });
      const create = createCourses(writeContext(tx, moodle.site), [made]);
      await expect(create).rejects.toMatchObject({ code: 'VerificationFailed' });
      const category = createCategories(writeContext(tx, moodle.site), [{ name: 'x', parent: 4711 }]);
      await expect(category).rejects.toMatchObject({ code: 'VerificationFailed' });
    }));

  test.each([
    [NOW - 100, NOW, 'older than now'],
    [NOW, NOW + 1, 'of this second'],
    [NOW + 9, NOW + 10, 'a little ahead'],
    [NOW + 4000, NOW, 'far ahead'],
  ])('a revision of %d becomes %d (%s)', (before, after) =>
    undone(moodle.db, async (tx) => {
      const ctx = writeContext(tx, moodle.site);
      const id = (await createCourses(ctx, [await draft()])).get('A') ?? 0;
      await execute(tx, moodle.site, 'course', `UPDATE # SET cacherev = ${before} WHERE id = ${id}`);
      await updateCourses(ctx, [{ id, set: { fullname: 'Ngā Mahi / Toi' } }]);
      const [row] = await rowsIn(tx, moodle.site, 'course', `id = ${id}`);
      expect(row).toMatchObject({ cacherev: after, fullname: 'Ngā Mahi / Toi', shortname: 'A' });
      const [log] = await rowsIn(
        tx,
        moodle.site,
        'logstore_standard_log',
        "eventname LIKE '%course_updated'",
      );
      expect(log?.['other']).toBe(
        '{"shortname":"A","fullname":"Ng\\u0101 Mahi \\/ Toi","updatedfields":{"fullname":"Ng\\u0101 Mahi \\/ Toi"}}',
      );
    }),
  );
});
