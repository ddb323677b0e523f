/** One database server for a whole test run: a private one, or the one that ROLLOVER_TEST_DATABASE names. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { DatabaseAddress } from '../../data/database/connect.js';
import { startMariadb, stopMariadb } from '../../embedded/mariadb.js';
import { isAlive } from '../../embedded/process.js';
import { fastFolder } from './folder.js';
import { parseDatabaseUrl } from './database-url.js';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseServer: DatabaseAddress;
  }
}

/** Of this account only: somebody else's runs are not ours to tidy up. */
const runs = join(fastFolder(), `moodle-rollover-test-${userInfo().username}`);

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['ROLLOVER_TEST_DATABASE'];
  if (given !== undefined && given !== '') {
    project.provide('databaseServer', parseDatabaseUrl(given));
    return async () => undefined;
  }
  await removeAbandoned();
  const folder = join(runs, String(process.pid));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const server = await startMariadb(folder, { extraArguments: ['--innodb-log-file-size=64M'] });
  project.provide('databaseServer', server.address);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

/** A run that was killed could not stop its server; its folder carries the id of the process that owned it. */
async function removeAbandoned(): Promise<void> {
  if (!existsSync(runs)) return;
  for (const owner of readdirSync(runs)) {
    if (isAlive(Number(owner))) continue;
    await stopMariadb(join(runs, owner));
    await rm(join(runs, owner), { recursive: true, force: true });
  }
}
