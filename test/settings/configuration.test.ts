import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  configurationPath,
  loadConfiguration,
  schoolOf,
  type Configuration,
  type Environment,
} from '../../data/configuration.js';
import { RolloverError } from '../../data/model/errors.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollover-config-'));
  writeFileSync(join(folder, 'secret'), 'opensesame\n');
  writeFileSync(join(folder, 'ca.pem'), 'PEM');
  writeFileSync(join(folder, 'key'), 'ab'.repeat(32));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const school = 'name: Kōwhai\n    database: { user: moodle }\n    moodle: { database: moodle }\n';
const minimal = `schools:\n  kowhai:\n    ${school}`;

function load(text: string, env: Environment = {}): Configuration {
  const path = join(folder, 'rollover.yaml');
  writeFileSync(path, text);
  return loadConfiguration(path, env);
}

function refusal(text: string, env: Environment = {}): RolloverError {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof RolloverError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('the configuration', () => {
  it('needs little: the rest has defaults', () => {
    const configuration = load(minimal);
    expect(configuration.temporal).toEqual({
      address: '127.0.0.1:7233',
      namespace: 'default',
      taskQueue: 'rollover',
    });
    expect(schoolOf(configuration, undefined)).toEqual({
      code: 'kowhai',
      name: 'Kōwhai',
      database: { host: '127.0.0.1', port: 3306, user: 'moodle', password: '' },
      moodle: { database: 'moodle' },
      knowledgenet: {},
      journalSchema: 'rollover',
    });
    expect(configuration.limits).toEqual({});
    expect(configuration.passwordKey).toBeUndefined();
  });

  it('takes secrets from files beside it and from the environment', () => {
    const text = `schools:
  a:
    name: A
    database: { user: a, passwordFile: secret, tlsCaFile: ca.pem, socketPath: run/db.sock }
    moodle: { database: moodle_a, prefix: m_ }
    journalSchema: rollover_a
  b:
    name: B
    database: { user: b, passwordEnv: B_SECRET, host: db, port: 3307 }
    moodle: { database: moodle_b }
journal: { schema: journal }
passwordKeyFile: key
limits: { cells: 10 }
`;
    const configuration = load(text, { B_SECRET: 'friend' });
    expect(schoolOf(configuration, 'a')).toMatchObject({
      database: { password: 'opensesame', tlsCa: 'PEM', socketPath: join(folder, 'run/db.sock') },
      moodle: { prefix: 'm_' },
      journalSchema: 'rollover_a',
    });
    expect(schoolOf(configuration, 'b')).toMatchObject({
      database: { host: 'db', port: 3307, password: 'friend' },
      journalSchema: 'journal',
    });
    expect(configuration.passwordKey?.id).toMatch(/^[0-9a-f]{8}$/);
    expect(configuration.limits).toEqual({ cells: 10 });
  });

  it('lets the environment win', () => {
    const configuration = load(minimal, {
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'schools',
      TEMPORAL_TASK_QUEUE: '',
      ROLLOVER_PASSWORD_KEY: 'cd'.repeat(32),
      ROLLOVER_PASSWORD_KEY_FILE: 'nowhere',
    });
    expect(configuration.temporal).toMatchObject({
      address: 'temporal:7233',
      namespace: 'schools',
      taskQueue: 'rollover',
    });
    expect(configuration.passwordKey).toBeDefined();
  });

  it('refuses secrets in the file, naming the key and the way out, not the secret', () => {
    for (const text of [
      minimal.replace('user: moodle', 'user: moodle, password: hunter2'),
      `${minimal}passwordKey: hunter2\n`,
    ]) {
      const error = refusal(text);
      expect(error.code).toBe('ConfigInvalid');
      expect(error.message).toMatch(
        /password(Key)? must not stand in the configuration file.*password(Key)?File/,
      );
      expect(error.message).not.toContain('hunter2');
    }
  });

  it.each([
    ['schools: {}', /schools: name at least one school/],
    ['journal: {}', /schools: expected record/],
    [minimal.replace('kowhai:', 'Kōwhai:'), /school code/],
    [
      minimal.replace('database: moodle }', 'database: "a;b" }'),
      /schools\.kowhai\.moodle\.database: expected the name/,
    ],
    [minimal.replace('user: moodle', 'user: moodle, port: 70000'), /schools\.kowhai\.database\.port/],
    [minimal.replace('user: moodle', 'usr: moodle'), /schools\.kowhai\.database\.usr is not a key/],
    [
      minimal.replace('user: moodle', 'user: m, passwordFile: secret, passwordEnv: X'),
      /schools\.kowhai\.database: give passwordFile or passwordEnv, not both/,
    ],
    [
      minimal.replace('user: moodle', 'user: m, passwordFile: nowhere'),
      /schools\.kowhai\.database\.passwordFile cannot be read \(ENOENT\)/,
    ],
    [
      minimal.replace('user: moodle', 'user: m, passwordEnv: NOT_SET'),
      /NOT_SET of schools\.kowhai.* is not set/,
    ],
    [`${minimal}passwordKeyFile: secret\n`, /password key of passwordKeyFile is neither/],
    [`${minimal}limits: { cells: 0 }\n`, /limits\.cells/],
    ['schools: [', /not YAML/],
    ['a: &a 1\nb: *a', /aliases/],
  ])('refuses %j', (text, message) => {
    const error = refusal(text);
    expect(error.code).toBe('ConfigInvalid');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  it('says what to do when there is no file', () => {
    expect(() => loadConfiguration(join(folder, 'missing.yaml'), {})).toThrow(
      /name one with --config or ROLLOVER_CONFIG, or copy rollover\.example\.yaml/,
    );
    expect(() => loadConfiguration(folder, {})).toThrow(RolloverError);
  });

  it('is looked for where the option says, else the environment, else here', () => {
    expect(configurationPath('x.yaml', { ROLLOVER_CONFIG: '/y.yaml' }, '/home')).toBe('/home/x.yaml');
    expect(configurationPath(undefined, { ROLLOVER_CONFIG: '/y.yaml' }, '/home')).toBe('/y.yaml');
    expect(configurationPath(undefined, {}, '/home')).toBe('/home/rollover.yaml');
  });

  it('names the school, or asks for it when several could be meant', () => {
    const two = load(`${minimal}  rata:\n    ${school}`);
    expect(schoolOf(two, 'rata').code).toBe('rata');
    expect(() => schoolOf(two, undefined)).toThrow(expect.objectContaining({ code: 'UsageInvalid' }));
    expect(() => schoolOf(two, 'rimu')).toThrow(expect.objectContaining({ code: 'SchoolUnknown' }));
  });

  it('has an example that loads, also with everything that is commented out', () => {
    const example = readFileSync(resolve(import.meta.dirname, '../../rollover.example.yaml'), 'utf8');
    const noSecret = example.replace('passwordFile: secrets/kowhai-database', 'passwordEnv: DB');
    expect(load(noSecret, { DB: 'x' }).schools.size).toBe(1);
    // Comments that are settings: "# key: value" and lists under them.
    const all = noSecret
      .replace(/^(\s*)# (\s*["\w-]+:(?: .*)?)$/gm, '$1$2')
      .replace(/(tlsCaFile|caFile|certFile): \S+/g, '$1: ca.pem')
      .replace(/keyFile: \S+/, 'keyFile: ca.pem')
      .replace(/passwordKeyFile: \S+/, 'passwordKeyFile: key')
      .replace(/(passwordFile|tokenFile|secretFile): \S+/g, '$1: key')
      .replace(/: secrets\/\S+/g, ': key');
    const configuration = load(all, { DB: 'x' });
    expect(configuration.temporal.tls).toEqual({ ca: 'PEM', cert: 'PEM', key: 'PEM' });
    expect(configuration.limits.rows).toBe(200_000);
    expect(configuration.passwordKey).toBeDefined();
    expect(configuration.mail).toMatchObject({ security: 'starttls', login: { user: 'rollover' } });
    const school = configuration.schools.get('kowhai');
    expect(school?.notify).toMatchObject({ mail: [expect.any(String)], link: expect.any(String) as string });
    expect(school?.webService).toMatchObject({ timeoutMs: 30_000 });
  });
});
