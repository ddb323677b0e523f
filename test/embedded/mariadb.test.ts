import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPool } from '../../data/database/connect.js';
import { findMariadb, runningMariadb, startMariadb, stopMariadb } from '../../embedded/mariadb.js';
import { isAlive } from '../../embedded/process.js';
import { makeTestFolder } from '../support/folder.js';
import { describeWhere } from '../support/needs.js';

let folder: string;

beforeEach(() => {
  folder = makeTestFolder('mariadb');
});

afterEach(async () => {
  await stopMariadb(folder);
  rmSync(folder, { recursive: true, force: true });
});

const lacks = 'MariaDB is not installed';

describeWhere((await findMariadb()) !== undefined, lacks, 'a private MariaDB', () => {
  test('starts on loopback with a password that only its owner can read', async () => {
    const server = await startMariadb(folder);
    const pool = openPool(server.address, { max: 1 });
    const [rows] = (await pool.raw(
      'SELECT @@bind_address AS bind, @@innodb_flush_log_at_trx_commit AS flush, @@character_set_server AS charset',
    )) as unknown as [[{ bind: string; flush: number; charset: string }]];
    await pool.destroy();
    expect(rows[0]).toEqual({ bind: '127.0.0.1', flush: 1, charset: 'utf8mb4' });
    expect(statSync(join(folder, 'mariadb.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const wrong = openPool({ ...server.address, password: '' }, { max: 1 });
    await expect(wrong.raw('SELECT 1')).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
    await wrong.destroy();
  });

  test('a second start finds the server of the folder; the data and the port survive a stop', async () => {
    const first = await startMariadb(folder);
    const pool = openPool(first.address, { max: 1 });
    await pool.raw('CREATE DATABASE kept');
    await pool.destroy();
    const second = await startMariadb(folder);
    expect(second).toMatchObject({ found: true, pid: first.pid });
    await second.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(await runningMariadb(folder)).toBeUndefined();

    const third = await startMariadb(folder);
    expect(third.found).toBe(false);
    expect(third.address).toEqual(first.address);
    const again = openPool(third.address, { max: 1, database: 'kept' });
    await again.raw('SELECT 1');
    await again.destroy();
  });

  test('a server that was killed starts again', async () => {
    const first = await startMariadb(folder);
    process.kill(first.pid, 'SIGKILL');
    const second = await startMariadb(folder);
    expect(second.pid).not.toBe(first.pid);
  });

  test('a process that took over the recorded id is left alone', async () => {
    const server = await startMariadb(folder);
    await server.stop();
    const other = execFileSync('/bin/sh', ['-c', 'sleep 30 >/dev/null 2>&1 & echo $!']).toString().trim();
    const record = join(folder, 'mariadb.json');
    const kept = JSON.parse(readFileSync(record, 'utf8')) as Record<string, unknown>;
    writeFileSync(record, JSON.stringify({ ...kept, pid: Number(other) }));
    await stopMariadb(folder);
    expect(isAlive(Number(other))).toBe(true);
    process.kill(Number(other), 'SIGKILL');
  });
});
