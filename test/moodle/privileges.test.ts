import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Knex } from 'knex';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPool } from '../../data/database/connect.js';
import { grantStatements, probePrivileges } from '../../data/moodle/privileges.js';
import { courseDrafts } from '../../data/moodle/course-defaults.js';
import { probeSite } from '../../data/moodle/probe.js';
import { readMoodleState } from '../../data/moodle/read.js';
import { selectManualInstances, selectUsersByIds } from '../../data/moodle/reread.js';
import { factsOf, moodleTables } from '../../data/moodle/schema-facts.js';
import { selectServerVersion } from '../../data/moodle/sql/config.js';
import { createCategories } from '../../data/moodle/write/categories.js';
import { createCourses, updateCourses } from '../../data/moodle/write/courses.js';
import { enrolUsers } from '../../data/moodle/write/enrolments.js';
import { createUsers, updateUsers } from '../../data/moodle/write/users.js';
import { createSchema, describeWithMoodle, testServer, type TestSchema } from '../support/database.js';
import {
  courseChoice,
  enrolmentDraft,
  openMoodle,
  undone,
  userDraft,
  writeContext,
  type MoodleFixture,
} from './fixture.js';

describeWithMoodle('rights of the database account', () => {
  let moodle: MoodleFixture;
  let journal: TestSchema;
  let name: string;
  let account: string;
  let db: Knex;

  beforeAll(async () => {
    moodle = await openMoodle('4.5');
    journal = await createSchema('journal');
  });
  afterAll(async () => {
    await journal.drop();
    await moodle.close();
  });
  beforeEach(async () => {
    name = `rights_${randomBytes(4).toString('hex')}`;
    account = `'${name}'@'%'`;
    await moodle.db.raw(`CREATE USER ${account} IDENTIFIED BY 'secret'`);
    db = openPool({ ...testServer(), user: name, password: 'secret' });
  });
  afterEach(async () => {
    await db.destroy();
    await moodle.db.raw(`DROP USER ${account}`);
  });

  const grant = async (statements: readonly string[]) => {
    for (const statement of statements) await moodle.db.raw(statement.replaceAll('?', '\\?'));
  };
  const missing = () => probePrivileges(db, moodle.site, journal.name);

  test('the documented list is enough', async () => {
    await grant(grantStatements(account, moodle.site, journal.name));
    expect(await missing()).toEqual({ planning: [], writing: [] });
  });

  test('every writer gets along with it', async () => {
    await grant(grantStatements(account, moodle.site, journal.name));
    await undone(db, async (tx) => {
      const ctx = writeContext(tx, moodle.site);
      const [category = 0] = await createCategories(ctx, [{ name: 'New', parent: 1 }]);
      const choices = ['topics', 'social'].map((format) => courseChoice(format, { format, category }));
      const courses = await createCourses(ctx, await courseDrafts(tx, moodle.site, choices));
      const draft = userDraft('hemi', { password: '$2y$10$x', passwordSet: true });
      const userid = (await createUsers(ctx, [draft])).get('hemi') ?? 0;
      const courseid = courses.get('topics') ?? 0;
      const manual = await selectManualInstances(tx, moodle.site, [courseid]);
      const enrolid = manual.get(courseid)?.[0]?.id ?? 0;
      await enrolUsers(ctx, [enrolmentDraft(courseid, enrolid, userid, moodle.site.roles.student)]);
      await updateUsers(ctx, [{ id: userid, set: { firstname: 'Hēmi' } }]);
      await updateCourses(ctx, [{ id: courseid, set: { fullname: 'Toi' } }]);
      await selectUsersByIds(tx, moodle.site, [userid]);
      const state = await readMoodleState(tx, moodle.site);
      expect(state.enrolments).toHaveLength(1);
    });
  });

  test('the documentation lists the same', async () => {
    const place = { database: 'moodle', prefix: 'mdl_' };
    const text = await readFile(new URL('../../docs/moodle-writes.md', import.meta.url), 'utf8');
    expect(text).toContain(grantStatements("'rollover'@'localhost'", place, 'rollover').join('\n'));
    for (const table of moodleTables)
      if (factsOf(table).access.includes('insert')) expect(text).toContain(`\`${table}\``);
  });

  test('reading rights are enough for planning, and what writing lacks is named', async () => {
    await grant(grantStatements(account, moodle.site, journal.name, 'planning'));
    const found = await missing();
    expect(found.planning).toEqual([]);
    expect(found.writing).toContain(`INSERT on ${moodle.database}.mdl_user`);
    expect(found.writing).toContain(`UPDATE on ${moodle.database}.mdl_course`);
    await expect(probeSite(db, { database: moodle.database })).resolves.toMatchObject({ support: 'proven' });
  });

  test('one right that is missing is named exactly', async () => {
    const all = grantStatements(account, moodle.site, journal.name);
    await grant(all.map((one) => (one.includes('mdl_role_assignments') ? one.replace(', INSERT', '') : one)));
    expect(await missing()).toEqual({
      planning: [],
      writing: [`INSERT on ${moodle.database}.mdl_role_assignments`],
    });
  });

  test('a right on some columns only is not enough', async () => {
    const all = grantStatements(account, moodle.site, journal.name);
    await grant(
      all.map((one) =>
        one.includes('mdl_course`') ? one.replace('UPDATE', 'UPDATE (sortorder, fullname)') : one,
      ),
    );
    expect((await missing()).writing).toEqual([`UPDATE on ${moodle.database}.mdl_course`]);
  });

  test('rights by pattern and by role count', async () => {
    const role = `${name}_role`;
    const pattern = moodle.database.replaceAll('_', '\\_').slice(0, -2);
    await moodle.db.raw(`CREATE ROLE ${role}`);
    const mariadb = /mariadb/i.test(await selectServerVersion(moodle.db));
    try {
      await grant([
        `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${pattern}%\`.* TO ${role}`,
        `GRANT ${role} TO ${account}`,
        `SET DEFAULT ROLE ${role} ${mariadb ? 'FOR' : 'TO'} ${account}`,
        `GRANT ALL PRIVILEGES ON \`${journal.name}\`.* TO ${account}`,
      ]);
      expect(await missing()).toEqual({ planning: [], writing: [] });
    } finally {
      await moodle.db.raw(`DROP ROLE ${role}`);
    }
  });

  test('the own schema needs its rights too, and no trace of the trial stays', async () => {
    const all = grantStatements(account, moodle.site, journal.name);
    await grant(all.map((one) => one.replace(', ALTER, INDEX', '')));
    expect((await missing()).planning).toEqual([`ALTER on ${journal.name}.*`, `INDEX on ${journal.name}.*`]);
    const [tables] = (await moodle.db.raw(`SHOW TABLES FROM \`${journal.name}\``)) as [unknown[], unknown];
    expect(tables).toEqual([]);
  });

  test('an account without any right is told all of them', async () => {
    await grant([`GRANT SELECT ON \`${moodle.database}\`.mdl_config TO ${account}`]);
    const found = await missing();
    expect(found.planning).toContain(`SELECT on ${moodle.database}.mdl_user`);
    expect(found.planning).toContain(`CREATE on ${journal.name}.*`);
  });

  test('no right to delete anything in Moodle but sessions is asked for', () => {
    const statements = grantStatements(account, moodle.site, journal.name);
    expect(statements.filter((one) => one.includes('mdl_') && /DELETE|DROP|ALTER|ALL/.test(one))).toEqual([
      `GRANT SELECT, DELETE ON \`${moodle.database}\`.\`mdl_sessions\` TO ${account};`,
    ]);
    expect(() => grantStatements("x'; DROP", moodle.site, journal.name)).toThrow(/account/);
  });
});
