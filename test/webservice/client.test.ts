/** Moodle's REST server as a caller meets it: right answers, refusals, and everything that is no answer. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WebService } from '../../data/configuration/web-service.js';
import { RolloverError, type ErrorCode } from '../../data/model/errors.js';
import { callFunction } from '../../data/moodle/webservice/client.js';
import { getSiteInfo, nudgeCategories } from '../../data/moodle/webservice/functions.js';
import { flatten } from '../../data/moodle/webservice/parameters.js';
import { makeCertificates, type Certificates } from '../support/certificates.js';
import {
  startMoodleStandIn,
  type Handler,
  type MoodleStandIn,
  type StandInOptions,
  type Trouble,
} from '../support/moodle-webservice.js';

const token = 'feedfacefeedfacefeedfacefeedface';
const category = { id: 1, name: 'Category 1', descriptionFormat: 0 };
const siteInfo = 'core_webservice_get_site_info';

type Refuse = Parameters<Handler>[1];

let moodle: MoodleStandIn | undefined;
let certificates: Certificates;

async function start(options: StandInOptions = {}): Promise<MoodleStandIn> {
  moodle = await startMoodleStandIn({ token, ...options });
  return moodle;
}

async function failure(work: Promise<unknown>, code: ErrorCode): Promise<RolloverError> {
  const error: unknown = await work.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RolloverError);
  const known = error as RolloverError;
  expect(known.code).toBe(code);
  const everything = `${known.message} ${known.stack ?? ''} ${JSON.stringify(known.details)} ${String(known.cause)}`;
  expect(everything).not.toContain(token);
  expect(everything).not.toMatch(/<|aroha/);
  expect(known.message.length).toBeLessThan(300);
  return known;
}

describe("Moodle's web services", () => {
  beforeAll(async () => {
    certificates = await makeCertificates();
  });
  afterEach(async () => {
    await moodle?.close();
    moodle = undefined;
  });

  test('nested parameters become the names that Moodle reads', () => {
    expect(
      flatten({ categories: [{ id: 4, name: 'Years 9 & 10' }, { id: 5 }], deep: true, none: [] }),
    ).toEqual([
      ['categories[0][id]', '4'],
      ['categories[0][name]', 'Years 9 & 10'],
      ['categories[1][id]', '5'],
      ['deep', '1'],
    ]);
  });

  test('a site says what it is, what our service offers and who we are', async () => {
    const { service, url } = await start();
    expect(await getSiteInfo(service())).toEqual({
      siteUrl: url,
      release: '4.5.6 (Build: 20250811)',
      version: '2024100706',
      userId: 7,
      userName: 'rollover-service',
      functions: [siteInfo, 'core_course_update_categories'],
    });
  });

  test('the token is in no address', async () => {
    const { service, log } = await start();
    await getSiteInfo(service());
    expect(log).toEqual(['POST /moodle/webservice/rest/server.php']);
  });

  test('renewing the lists leaves the category as it is', async () => {
    const before = { id: 4, name: 'Ngā tau 9 & 10', descriptionformat: 0, visible: true };
    const standIn = await start({ categories: [before] });
    await nudgeCategories(standIn.service(), { id: 4, name: before.name, descriptionFormat: 0 });
    expect(standIn.categories.get(4)).toEqual(before);
    expect(standIn.dropped).toBe(1);
  });

  test.each<[string, StandInOptions, Partial<WebService>, string]>([
    ['a wrong token', {}, { token: 'f'.repeat(32) }, 'invalidtoken'],
    ['a function that the service lacks', { functions: [siteInfo] }, {}, 'accessexception'],
    ['the right to use REST', { capabilities: ['moodle/category:manage'] }, {}, 'accessexception'],
    ['a lacking capability', { capabilities: ['webservice/rest:use'] }, {}, 'nopermissions'],
    ['a service that is off', { serviceEnabled: false }, {}, 'servicenotavailable'],
    ['a category that is hidden', { categories: [{ ...hidden() }] }, {}, 'unknowncategory'],
    ['exceptions named as in 4.1', { release: '4.1.19', serviceEnabled: false }, {}, 'servicenotavailable'],
  ])('%s is a refusal that waiting does not mend', async (_what, options, more, errorcode) => {
    const standIn = await start(options);
    const error = await failure(nudgeCategories(standIn.service(more), category), 'WebServiceRefused');
    expect(error.details['errorcode']).toBe(errorcode);
    expect(error.message).toContain(errorcode);
    expect(error.retryable).toBe(false);
    expect(standIn.log).toHaveLength(1);
  });

  test('a name with markup is an invalid parameter', async () => {
    const { service } = await start();
    const error = await failure(
      nudgeCategories(service(), { ...category, name: '<b>x</b>' }),
      'WebServiceRefused',
    );
    expect(error.details['errorcode']).toBe('invalidparameter');
  });

  test('a code that is a page of HTML is not repeated', async () => {
    const standIn = await start();
    standIn.always = 'html-in-errorcode';
    const error = await failure(nudgeCategories(standIn.service(), category), 'WebServiceRefused');
    expect(error.details['errorcode']).toBe('not a code');
  });

  test.each<[string, string, string | undefined]>([
    [
      'dmlwriteexception',
      "x\nDELETE FROM mdl_course_completions WHERE name = 'aroha'",
      'mdl_course_completions',
    ],
    ['dmlwriteexception', 'INSERT INTO `m_user` (name) VALUES (?)', 'm_user'],
    ['dmlwriteexception', 'It came from aroha ngata, an update aroha made', undefined],
    ['nopermissions', 'DELETE FROM mdl_user WHERE 1', undefined],
  ])(
    'of what debugging shows (%s) only the table of a failed statement is kept',
    async (code, info, table) => {
      const handlers = { core_user_delete_users: async (_: unknown, refuse: Refuse) => refuse(code, info) };
      const { service } = await start({ handlers });
      const expected = code.startsWith('dml') ? 'WebServiceUnavailable' : 'WebServiceRefused';
      const error = await failure(callFunction(service(), 'core_user_delete_users'), expected);
      expect(error.details['errorcode']).toBe(code);
      expect(error.details['table']).toBe(table);
    },
  );

  test("PHP's notices before the answer do not matter", async () => {
    const standIn = await start();
    standIn.always = 'debug-notices';
    expect((await getSiteInfo(standIn.service())).userId).toBe(7);
    await nudgeCategories(standIn.service(), category);
    expect(standIn.dropped).toBe(1);
    const error = await failure(getSiteInfo(standIn.service({ token: 'x' })), 'WebServiceRefused');
    expect(error.details['errorcode']).toBe('invalidtoken');
  });

  test.each<[Trouble, ErrorCode]>([
    ['web-services-off', 'WebServiceRefused'],
    ['moved', 'WebServiceRefused'],
    ['cli-maintenance', 'WebServiceUnavailable'],
    ['admin-maintenance', 'WebServiceUnavailable'],
    ['php-fatal', 'WebServiceUnavailable'],
    ['cut-off', 'WebServiceUnavailable'],
    ['silent', 'WebServiceUnavailable'],
    ['trickle', 'WebServiceUnavailable'],
    ['huge', 'WebServiceUnavailable'],
  ])('%s: %s', async (trouble, code) => {
    const standIn = await start();
    standIn.always = trouble;
    const begun = Date.now();
    const timeoutMs = trouble === 'huge' ? 30_000 : 400;
    await failure(callFunction(standIn.service({ timeoutMs }), siteInfo), code);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  test('an address where no Moodle is', async () => {
    const { service, url } = await start();
    await failure(callFunction(service({ url: url.replace('/moodle', '') }), siteInfo), 'WebServiceRefused');
  });

  test('nobody listens', async () => {
    const standIn = await startMoodleStandIn({ token });
    await standIn.close();
    const error = await failure(callFunction(standIn.service(), siteInfo), 'WebServiceUnavailable');
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.retryable).toBe(true);
  });

  test('a call that reads is tried again; one that writes is left to its caller', async () => {
    const standIn = await start();
    standIn.next = ['cli-maintenance', 'php-fatal'];
    await getSiteInfo(standIn.service(), { waits: [1, 1, 1] });
    expect(standIn.log).toHaveLength(3);
    standIn.next = ['cli-maintenance'];
    await failure(nudgeCategories(standIn.service(), category), 'WebServiceUnavailable');
    expect(standIn.log).toHaveLength(4);
  });

  test('a call that reads is not tried for ever, and a refusal not at all', async () => {
    const standIn = await start();
    standIn.always = 'cli-maintenance';
    await failure(getSiteInfo(standIn.service(), { waits: [1, 1] }), 'WebServiceUnavailable');
    expect(standIn.log).toHaveLength(3);
    standIn.always = 'none';
    await failure(getSiteInfo(standIn.service({ token: 'x' }), { waits: [1, 1] }), 'WebServiceRefused');
    expect(standIn.log).toHaveLength(4);
  });

  test('a call ends when its caller gives up', async () => {
    const standIn = await start();
    standIn.always = 'silent';
    const giveUp = AbortSignal.timeout(100);
    const begun = Date.now();
    await expect(
      callFunction(standIn.service({ timeoutMs: 20_000 }), siteInfo, {}, { signal: giveUp, waits: [9_000] }),
    ).rejects.toThrow();
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  test('a private authority is trusted when it is configured, and only then', async () => {
    const standIn = await start({ certificates });
    expect((await getSiteInfo(standIn.service())).userId).toBe(7);
    const { url, timeoutMs } = standIn.service();
    const error = await failure(callFunction({ url, token, timeoutMs }, siteInfo), 'WebServiceUnavailable');
    expect(error.message).toMatch(/CERT|SIGNATURE|SELF_SIGNED/);
    expect(standIn.log).toHaveLength(1);
  });
});

function hidden(): NonNullable<StandInOptions['categories']>[number] {
  return { id: 1, name: 'Category 1', descriptionformat: 0, visible: false };
}
