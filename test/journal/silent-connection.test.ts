import { afterEach, beforeEach, expect, test } from 'vitest';
import { castDatabaseError } from '../../data/database/errors.js';
import { openPool } from '../../data/database/connect.js';
import { testServer } from '../support/database.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const SILENCE_MS = 700;
let proxy: TcpProxy;

beforeEach(async () => {
  proxy = await startTcpProxy(testServer().port);
});
afterEach(async () => proxy.close());

const pool = () => openPool({ ...testServer(), port: proxy.port, silenceMs: SILENCE_MS }, { max: 1 });

test('a connection that carries nothing any more is given up, and the next one works', async () => {
  const db = pool();
  await db.raw('SELECT 1');
  proxy.fallSilent();
  const began = performance.now();
  const failure: unknown = await Promise.resolve(db.raw('SELECT 2')).catch((error: unknown) => error);
  expect(castDatabaseError(failure)).toMatchObject({ code: 'DatabaseUnavailable' });
  expect(performance.now() - began).toBeLessThan(5_000);
  await db.raw('SELECT 3');
  await db.destroy();
});

test('a transaction on it fails as well and leaves the pool usable', async () => {
  const db = pool();
  const work = db.transaction(async (tx) => {
    await tx.raw('SELECT 1');
    proxy.fallSilent();
    await tx.raw('SELECT 2');
  });
  const failure: unknown = await work.catch((error: unknown) => error);
  expect(castDatabaseError(failure)).toMatchObject({ code: 'DatabaseUnavailable' });
  await db.raw('SELECT 3');
  await db.destroy();
});

test('a pool that is closed meanwhile, and one that lies idle, end without a word', async () => {
  const closed = pool();
  await closed.raw('SELECT 1');
  proxy.fallSilent();
  await closed.destroy();
  const idle = pool();
  await idle.raw('SELECT 1');
  await new Promise((done) => setTimeout(done, 3 * SILENCE_MS));
  await idle.raw('SELECT 1');
  await idle.destroy();
});
