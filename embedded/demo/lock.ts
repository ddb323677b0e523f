/** Two demonstrations that are started at the same moment wait for each other, so that one finds the other's state. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RolloverError } from '../../data/model/errors.js';
import { isOurs } from '../process.js';
import type { DemoHome } from './home.js';

const WAIT_MS = 10 * 60_000;

/** Does the work while no other process does it for the same folder. */
export async function oneAtATime<T>(home: DemoHome, work: () => Promise<T>): Promise<T> {
  const file = join(home.folder, 'demo.lock');
  const deadline = Date.now() + WAIT_MS;
  while (!(await take(file))) {
    if (Date.now() > deadline)
      throw new RolloverError('Interrupted', 'Another bin/demo has been starting for ten minutes.');
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Whether the lock is ours now; one whose owner was killed is taken over. */
async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const owner = Number(await readFile(file, 'utf8').catch(() => ''));
  // an empty file is being written at this moment
  if (owner > 0 && !(await isOurs(owner, 'demo'))) await rm(file, { force: true });
  return false;
}
