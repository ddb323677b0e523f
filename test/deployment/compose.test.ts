/** There is no container engine in CI: the file is held against the Compose schema, and against what we promise. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly healthcheck?: object;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly stop_grace_period?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly replicas?: number };
}

const text = readFileSync('docker-compose.yml', 'utf8');
const { services } = parse(text) as { services: Record<string, Service> };
const folder = mkdtempSync(join(tmpdir(), 'rollover-compose-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Errors only; the linter's opinions on the order of keys are warnings. */
function complaints(yaml: string): string[] {
  const file = join(folder, 'docker-compose.yml');
  writeFileSync(file, yaml);
  const { stdout } = spawnSync('node_modules/.bin/dclint', ['--quiet', '--formatter', 'json', file], {
    encoding: 'utf8',
  });
  const results = JSON.parse(stdout) as { messages: { rule: string; message: string; type: string }[] }[];
  return results.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));
}

test('the Compose file follows the schema, and a wrong one would not', () => {
  expect(complaints(text)).toEqual([]);
  const wrong = text.replace('stop_grace_period: 75s', 'stop_grace_period: [75s]');
  expect(complaints(wrong).join('\n')).toMatch(/schema/);
});

test('MySQL is a choice, two workers are the default, and only this machine reaches Temporal UI and the codec server', () => {
  expect(services['mariadb']?.image).toMatch(/^mariadb:11\./);
  expect(services['mariadb']?.profiles).toBeUndefined();
  expect(services['mysql']).toMatchObject({ image: 'mysql:8.4', profiles: ['mysql'] });
  expect(services['worker']?.deploy?.replicas).toBe(2);
  const open = Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => `${name} ${port}`),
  );
  expect(open).toEqual(['temporal-ui 127.0.0.1:8080:8080', 'codec-server 127.0.0.1:8234:8234']);
});

test('no password stands in the file', () => {
  const values = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
  const secrets = values.filter(([name]) => /PASS|PWD|SECRET|KEY/.test(name));
  expect(secrets.length).toBeGreaterThan(3);
  for (const [name, value] of secrets) {
    expect(name).toMatch(/_FILE$/);
    expect(value).toMatch(/^\/run\/secrets\//);
  }
});

test('every server says whether it is healthy, and a worker has time to hand back its work', () => {
  for (const name of ['mariadb', 'mysql', 'temporal-database', 'temporal', 'worker', 'codec-server'])
    expect(services[name]?.healthcheck, name).toBeDefined();
  const forced = /shutdownForceTime: '(\d+) seconds'/.exec(readFileSync('workers/worker.ts', 'utf8'))?.[1];
  const grace = /^(\d+)s$/.exec(services['worker']?.stop_grace_period ?? '')?.[1];
  expect(Number(grace)).toBeGreaterThan(Number(forced));
});

test('our own containers write nothing into themselves and gain no rights', () => {
  for (const name of ['worker', 'codec-server'])
    expect(services[name], name).toMatchObject({
      read_only: true,
      security_opt: ['no-new-privileges:true'],
      cap_drop: ['ALL'],
    });
  expect(services['rollover']).toMatchObject({ read_only: true });
});

test('the image does not run as root and starts node itself', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(last).toMatch(/^USER node$/m);
  expect(last).toMatch(/^ENTRYPOINT \["node"\]$/m);
});
