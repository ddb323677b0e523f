import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openPool } from '../../data/database/connect.js';
import { courseDrafts } from '../../data/moodle/course-defaults.js';
import { probeSite, siteGuards } from '../../data/moodle/probe.js';
import { readMoodleState } from '../../data/moodle/read.js';
import { createCategories } from '../../data/moodle/write/categories.js';
import { createCourses } from '../../data/moodle/write/courses.js';
import { createUsers } from '../../data/moodle/write/users.js';
import { RolloverError } from '../../data/model/errors.js';
import { createSchema, describeWithMoodle, moodleVersions, testServer } from '../support/database.js';
import { brokenInvariants, readInvariants } from '../support/invariants.js';
import { courseChoice, execute, openMoodle, userDraft, writeContext, type MoodleFixture } from './fixture.js';

/** Some tests load a whole Moodle. */
vi.setConfig({ testTimeout: 300_000 });

describeWithMoodle('a probe of a real Moodle', () => {
  test.each(moodleVersions)('recognises %s as proven', async (version) => {
    const moodle = await openMoodle(version);
    try {
      expect(moodle.site).toMatchObject({
        support: 'proven',
        differences: [],
        prefix: 'mdl_',
        branch: { '4.1': '401', '4.5': '405', '5.0': '500' }[version],
        roles: { student: 5, editingteacher: 3 },
        systemContext: { id: 1, path: '/1' },
        collation: 'utf8mb4_unicode_ci',
        defaultEnrolPlugins: ['manual', 'guest', 'self'],
        sortorderStep: 10_000,
        timeZone: 'Europe/London',
      });
      expect(moodle.site.forumModuleId).toBe({ '4.1': 10, '4.5': 9, '5.0': 8 }[version]);
    } finally {
      await moodle.close();
    }
  });
});

describeWithMoodle('a probe of a changed Moodle', () => {
  let moodle: MoodleFixture;
  beforeAll(async () => {
    moodle = await openMoodle('4.5');
  });
  afterAll(() => moodle.close());

  const probe = () => probeSite(moodle.db, { database: moodle.database });
  const change = (table: string, sql: string) => execute(moodle.db, moodle.site, table, sql);

  test('calls another version of the same shape same-shape', async () => {
    await change('config', "UPDATE # SET value = '402' WHERE name = 'branch'");
    expect((await probe()).support).toBe('same-shape');
    await change('config', "UPDATE # SET value = '405' WHERE name = 'branch'");
  });

  test.each([
    ['user', 'descriptionformat tinyint(2) NOT NULL DEFAULT 1', 'DEFAULT 1', 'DEFAULT 0', 'a default'],
    ['user', "idnumber varchar(255) NOT NULL DEFAULT ''", 'varchar(255)', 'varchar(100)', 'a length'],
    ['enrol', 'customint1 bigint(10) DEFAULT NULL', 'DEFAULT NULL', 'NOT NULL', 'nullability'],
  ])('refuses %s: %s with %s made %s (another %s)', async (table, column, part, other) => {
    await change(table, `ALTER TABLE # MODIFY ${column.replace(part, other)}`);
    const site = await probe();
    expect(site.support).toBe('refused');
    expect(site.differences).toEqual([expect.stringContaining(`${table}.${column.split(' ')[0]}: `)]);
    await change(table, `ALTER TABLE # MODIFY ${column}`);
    expect((await probe()).support).toBe('proven');
  });

  test('refuses a table that needs a value we do not know, and no other new column', async () => {
    await change(
      'course',
      'ALTER TABLE # ADD COLUMN novelty int NULL, ADD COLUMN another int NOT NULL DEFAULT 3',
    );
    expect((await probe()).support).toBe('proven');
    await change('course', 'ALTER TABLE # ADD COLUMN needed int NOT NULL');
    expect(await probe()).toMatchObject({
      support: 'refused',
      differences: ['course.needed: unknown, and it needs a value'],
    });
    await change('course', 'ALTER TABLE # DROP COLUMN novelty, DROP COLUMN another, DROP COLUMN needed');
  });

  test('refuses a table that has no transactions', async () => {
    await change('forum', 'ALTER TABLE # ROW_FORMAT=DEFAULT ENGINE=MyISAM');
    expect(await probe()).toMatchObject({
      support: 'refused',
      differences: ['forum: the engine is MyISAM, not InnoDB'],
    });
    await change('forum', 'ALTER TABLE # ENGINE=InnoDB');
  });

  test('finds roles by archetype where they were renamed, and picks none of two', async () => {
    await change('role', "UPDATE # SET shortname = 'akonga' WHERE shortname = 'student'");
    expect((await probe()).roles.student).toBe(5);
    await change('role', "UPDATE # SET archetype = 'student' WHERE shortname = 'frontpage'");
    expect(await probe()).toMatchObject({
      support: 'refused',
      differences: ['role: no single role of the kind student'],
    });
    await change('role', "UPDATE # SET archetype = 'frontpage' WHERE shortname = 'frontpage'");
    await change('role', "UPDATE # SET shortname = 'student' WHERE shortname = 'akonga'");
  });

  test('infers a larger distance between categories', async () => {
    await change('course_categories', 'UPDATE # SET sortorder = 25000');
    expect((await probe()).sortorderStep).toBe(25_000);
    await change('course_categories', 'UPDATE # SET sortorder = 10000');
  });

  test('reads no setting that may be a secret', async () => {
    await change(
      'config_plugins',
      "INSERT INTO # (plugin, name, value) VALUES ('enrol_x', 'dbpass', 'geheim')",
    );
    await change('config', "UPDATE # SET value = 'geheim' WHERE name = 'smtppass'");
    const site = await probe();
    expect([...site.config.values(), ...site.pluginConfig.values()]).not.toContain('geheim');
  });

  test('asks which of two Moodles is meant, and takes a named one', async () => {
    const { database, db } = moodle;
    for (const table of ['config', 'config_plugins'])
      await db.raw(
        `CREATE TABLE \`${database}\`.other_${table} AS SELECT * FROM \`${database}\`.mdl_${table}`,
      );
    await expect(probe()).rejects.toThrow(/mdl_, other_/);
    await expect(probeSite(db, { database, prefix: 'mdl_' })).resolves.toMatchObject({ support: 'proven' });
    await db.raw(`DROP TABLE \`${database}\`.other_config, \`${database}\`.other_config_plugins`);
  });

  test('names what forbids writing at present', async () => {
    const now = 1_800_000_000;
    const guarded = (name: string, value: string) =>
      siteGuards({ ...moodle.site, config: new Map([...moodle.site.config, [name, value]]) }, now);
    expect(siteGuards(moodle.site, now)).toEqual([]);
    expect(guarded('upgraderunning', String(now + 60))).toHaveLength(1);
    expect(guarded('upgraderunning', String(now - 60))).toEqual([]);
    expect(guarded('adminsetuppending', '1')).toHaveLength(1);
    expect(guarded('maintenance_enabled', '1')).toHaveLength(1);
  });
});

describeWithMoodle('a Moodle with another prefix', () => {
  test('is found, written to and left sound', async () => {
    const moodle = await openMoodle('5.0');
    const { db, database } = moodle;
    try {
      const [tables] = (await db.raw(`SHOW TABLES FROM \`${database}\``)) as [
        Record<string, string>[],
        unknown,
      ];
      const renames = tables
        .flatMap((row) => Object.values(row))
        .map((name) => `\`${database}\`.\`${name}\` TO \`${database}\`.\`kura-1_${name.slice(4)}\``);
      await db.raw(`RENAME TABLE ${renames.join(', ')}`);
      const site = await probeSite(db, { database });
      expect(site).toMatchObject({ prefix: 'kura-1_', support: 'proven' });
      await db.transaction(async (tx) => {
        const ctx = writeContext(tx, site);
        const [category = 0] = await createCategories(ctx, [{ name: 'Kura', parent: 0 }]);
        await createCourses(ctx, await courseDrafts(tx, site, [courseChoice('A', { category })]));
        await createUsers(ctx, [userDraft('moana')]);
      });
      expect((await readMoodleState(db, site)).courses).toHaveLength(1);
      expect(await brokenInvariants(db, site, await readInvariants())).toEqual({});
    } finally {
      await moodle.close();
    }
  });
});

describeWithMoodle('a probe that cannot tell', () => {
  test('says that a schema holds no Moodle', async () => {
    const schema = await createSchema('empty');
    const db = openPool(testServer());
    await expect(probeSite(db, { database: schema.name })).rejects.toMatchObject({
      code: 'MoodleUnsupported',
    });
    await expect(probeSite(db, { database: schema.name, prefix: 'x_' })).rejects.toBeInstanceOf(
      RolloverError,
    );
    await db.destroy();
    await schema.drop();
  });
});
