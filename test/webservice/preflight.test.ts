/** What pre-flight says of a web service before a run relies on it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WebService } from '../../data/configuration/web-service.js';
import { probeSite } from '../../data/moodle/probe.js';
import type { MoodleSite } from '../../data/moodle/site.js';
import { probeWebService, type WebServiceProbe } from '../../data/moodle/webservice/preflight.js';
import { describeWithMoodle } from '../support/database.js';
import { startMoodleStandIn, type MoodleStandIn, type StandInOptions } from '../support/moodle-webservice.js';
import { createSchool, type TestSchool } from '../support/school.js';

let own: TestSchool;
let site: MoodleSite;
let moodle: MoodleStandIn | undefined;
let account: { id: number; username: string };
let roleId = 0;

const table = (name: string): string => `\`${own.school.moodle.database}\`.\`mdl_${name}\``;

async function insert(name: string, row: Record<string, string | number>): Promise<number> {
  const columns = Object.keys(row);
  const [result] = (await own.school.db.raw(
    `INSERT INTO ${table(name)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    Object.values(row),
  )) as unknown as [{ insertId: number }];
  return result.insertId;
}

async function probe(options: StandInOptions = {}, more: Partial<WebService> = {}): Promise<WebServiceProbe> {
  moodle = await startMoodleStandIn({ account, version: site.version, release: site.release, ...options });
  return probeWebService({ ...own.school, webService: moodle.service(more) }, site);
}

describeWithMoodle('a web service before a run', () => {
  beforeAll(async () => {
    own = await createSchool();
    site = await probeSite(own.school.db, own.school.moodle);
    const id = await insert('user', {
      username: 'rollover-service',
      auth: 'webservice',
      confirmed: 1,
      mnethostid: site.mnetHostId,
    });
    account = { id, username: 'rollover-service' };
    roleId = await insert('role', {
      name: 'Rollover',
      shortname: 'rollover',
      description: '',
      sortorder: 99,
    });
    await insert('role_assignments', { roleid: roleId, contextid: site.systemContext.id, userid: id });
  });
  beforeEach(async () => {
    await own.school.db.raw(`DELETE FROM ${table('role_capabilities')} WHERE roleid = ?`, [roleId]);
    await grant('webservice/rest:use', 1);
    await grant('moodle/category:manage', 1);
  });
  afterEach(async () => {
    await moodle?.close();
    moodle = undefined;
  });
  afterAll(() => own?.close());

  const grant = (capability: string, permission: number): Promise<number> =>
    insert('role_capabilities', { contextid: site.systemContext.id, roleid: roleId, capability, permission });

  test('is nothing where none is configured', async () => {
    expect(await probeWebService(own.school, site)).toEqual({ configured: false, problems: [] });
  });

  test('is in order, and nothing was changed to find that out', async () => {
    expect(await probe()).toEqual({ configured: true, problems: [] });
    expect(moodle?.calls.map(({ name }) => name)).toEqual(['core_webservice_get_site_info']);
    expect(moodle?.dropped).toBe(0);
  });

  test.each<[string, StandInOptions]>([
    ['another version', { version: '2022112800' }],
    ['another account of that number', { account: { id: 2, username: 'rollover-service' } }],
    ['no account of that number', { account: { id: 999_999, username: 'rollover-service' } }],
  ])('belongs to another Moodle: %s', async (_what, options) => {
    expect((await probe(options)).problems).toMatchObject([{ what: 'another-site' }]);
  });

  test('calls itself by another address', async () => {
    const siteUrl = 'https://moodle.kowhai.example';
    expect((await probe({ siteUrl })).problems).toEqual([{ what: 'another-address', detail: siteUrl }]);
  });

  test('lacks a function', async () => {
    const functions = ['core_webservice_get_site_info'];
    expect((await probe({ functions })).problems).toEqual([
      { what: 'missing-function', detail: 'core_course_update_categories' },
    ]);
  });

  test('lacks a capability, or is forbidden it', async () => {
    await own.school.db.raw(`DELETE FROM ${table('role_capabilities')} WHERE roleid = ? AND capability = ?`, [
      roleId,
      'moodle/category:manage',
    ]);
    const lacking = [{ what: 'missing-capability', detail: 'moodle/category:manage' }];
    expect((await probe()).problems).toEqual(lacking);
    await moodle?.close();
    await grant('moodle/category:manage', -1000);
    expect((await probe()).problems).toEqual(lacking);
  });

  test('an administrator of the site lacks nothing', async () => {
    expect((await probe({ account: { id: 2, username: 'admin' } })).problems).toEqual([]);
  });

  test('needs more where something may be deleted for good, and only then', async () => {
    moodle = await startMoodleStandIn({ account, version: site.version, release: site.release });
    const school = { ...own.school, webService: moodle.service() };
    expect((await probeWebService(school, site)).problems).toEqual([]);
    const { problems } = await probeWebService(school, site, undefined, ['user', 'enrolment']);
    expect(problems.map(({ what, detail }) => `${what} ${detail}`)).toEqual([
      'missing-function core_user_delete_users',
      'missing-function enrol_manual_unenrol_users',
      'missing-capability moodle/user:delete',
      'missing-capability enrol/manual:unenrol',
      'missing-capability moodle/course:view',
      'missing-capability moodle/course:viewhiddencourses',
    ]);
  });

  test('refuses the token', async () => {
    expect((await probe({}, { token: 'wrong' })).problems).toEqual([
      { what: 'refused', detail: 'invalidtoken' },
    ]);
  });

  test('gives no answer', async () => {
    moodle = await startMoodleStandIn();
    const service = moodle.service({ timeoutMs: 200 });
    moodle.always = 'silent';
    expect((await probeWebService({ ...own.school, webService: service }, site)).problems).toEqual([
      { what: 'unreachable', detail: '' },
    ]);
  });
});
