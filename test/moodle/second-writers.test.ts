import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSecondWriters } from '../../data/moodle/second-writers.js';
import { probeSite } from '../../data/moodle/probe.js';
import { judgeSecondWriters } from '../../data/rules/second-writers.js';
import { describeWithMoodle } from '../support/database.js';
import { createSchool, type TestSchool } from '../support/school.js';

describeWithMoodle('others that write to this Moodle', () => {
  let own: TestSchool;
  beforeAll(async () => {
    own = await createSchool('4.5');
  });
  afterAll(async () => own?.close());

  const table = (name: string): string => `\`${own.school.moodle.database}\`.\`mdl_${name}\``;
  const run = async (sql: string, bindings: readonly string[] = []): Promise<void> => {
    await own.school.db.raw(sql, [...bindings]);
  };
  async function found(): Promise<string[]> {
    const site = await probeSite(own.school.db, own.school.moodle);
    return (await findSecondWriters(own.school.db, site)).map(({ plugin, why }) => `${plugin}: ${why}`);
  }
  const setConfig = (name: string, value: string) =>
    run(`UPDATE ${table('config')} SET value = ? WHERE name = ?`, [value, name]);

  test('nobody is named in a Moodle as it is installed', async () => {
    expect(await found()).toEqual([]);
  });

  test('[T44] enrol_database is named when it is enabled, even with its task off: it acts at login', async () => {
    await setConfig('enrol_plugins_enabled', 'manual,guest,self,cohort,database,flatfile');
    const names = await found();
    expect(names).toHaveLength(2);
    expect(names[0]).toMatch(/^enrol_database: .*when they log in.*its scheduled task is off/);
    expect(names[1]).toMatch(/^enrol_flatfile: .*its scheduled task is on/);
  });

  test('logins are named only while their synchronisation is on', async () => {
    await setConfig('enrol_plugins_enabled', 'manual');
    await setConfig('auth', 'email,ldap,db,oidc');
    expect(await found()).toEqual([]);
    await run(`UPDATE ${table('task_scheduled')} SET disabled = 0 WHERE component = 'auth_ldap'`);
    await run(
      `INSERT INTO ${table('task_scheduled')} (component, classname) VALUES ('local_o365', '\\\\local_o365\\\\task\\\\usersync')`,
    );
    const names = await found();
    expect(names.map((name) => name.split(':')[0])).toEqual(['auth_ldap', 'local_o365']);
    expect(names[1]).toContain('auth_oidc');
  });

  test('cohort and meta are named only where a course uses them', async () => {
    await setConfig('auth', 'email');
    await setConfig('enrol_plugins_enabled', 'manual,cohort,meta');
    await run(`DELETE FROM ${table('task_scheduled')} WHERE component = 'local_o365'`);
    expect(await found()).toEqual([]);
    await run(
      `INSERT INTO ${table('enrol')} (enrol, status, courseid) VALUES ('cohort', 0, 1), ('meta', 1, 1)`,
    );
    expect(await found()).toEqual([expect.stringMatching(/^enrol_cohort: .*in 1 course;/)]);
  });

  test('a Moodle whose tasks cannot be read is looked at all the same', async () => {
    await setConfig('enrol_plugins_enabled', 'manual,ldap');
    await setConfig('auth', 'db');
    await run(`DROP TABLE ${table('task_scheduled')}`);
    const names = await found();
    expect(names.map((name) => name.split(':')[0])).toEqual(['enrol_ldap', 'auth_db']);
    for (const name of names) expect(name).toContain('not known');
  });

  test('what is enabled and harmless is not named', () => {
    const facts = { enrolPlugins: ['manual', 'self', 'guest'], authPlugins: ['email', 'oauth2'], tasks: [] };
    expect(judgeSecondWriters({ ...facts, coursesByMethod: new Map([['self', 12]]) })).toEqual([]);
  });
});
