import { afterEach, expect, test } from 'vitest';
import { RolloverError } from '../../data/model/errors.js';
import { startHealth, type Check, type HealthServer } from '../../workers/health.js';

let server: HealthServer | undefined;
afterEach(async () => server?.close());

async function ask(path: string, checks: Record<string, Check>): Promise<[number, unknown]> {
  server = await startHealth({ host: '127.0.0.1', port: 0, checks });
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return [response.status, await response.json()];
}

const good: Check = async () => undefined;
const away: Check = async () => {
  throw new RolloverError('DatabaseUnavailable', 'The database does not answer.');
};

test('a process that answers is alive, also when nothing else is', async () => {
  expect(await ask('/healthz', { journal: away })).toEqual([200, { status: 'ok' }]);
});

test('ready is who reaches everything', async () => {
  expect(await ask('/readyz', { worker: good, temporal: good })).toEqual([
    200,
    { status: 'ready', checks: { worker: 'ok', temporal: 'ok' } },
  ]);
});

test('what is away is named by its code', async () => {
  expect(await ask('/readyz', { worker: good, 'journal kowhai': away })).toEqual([
    503,
    { status: 'not ready', checks: { worker: 'ok', 'journal kowhai': 'DatabaseUnavailable' } },
  ]);
});

test('what never answers is not waited for', async () => {
  const [status, body] = await ask('/readyz', { temporal: () => new Promise(() => undefined) });
  expect([status, body]).toEqual([503, { status: 'not ready', checks: { temporal: 'no answer' } }]);
});

test('an address that is taken is a sentence', async () => {
  server = await startHealth({ host: '127.0.0.1', port: 0, checks: {} });
  await expect(startHealth({ host: '127.0.0.1', port: server.port, checks: {} })).rejects.toMatchObject({
    code: 'ConfigInvalid',
  });
});
