/**
 * Named moments in a worker process at which a test does something to it or to the world. Both sides meet in a folder:
 * the process that reaches a moment first says so by a file and waits for another one.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** `before makePlan`, `after endRun`, `point before-commit`; reached for the n-th time by one process. */
export interface Moment {
  readonly id: string;
  readonly place: string;
  readonly nth: number;
}

const LONGEST_HOLD_MS = 60_000;

const reachedFile = (folder: string, id: string): string => join(folder, `${id}.reached`);
const passedFile = (folder: string, id: string): string => join(folder, `${id}.passed`);

/** In the worker: call the result at every place. Each moment holds once, whichever process comes first. */
export function holdAt(folder: string, moments: readonly Moment[]): (place: string) => Promise<void> {
  const times = new Map<string, number>();
  return async (place) => {
    const nth = (times.get(place) ?? 0) + 1;
    times.set(place, nth);
    for (const moment of moments) {
      if (moment.place !== place || moment.nth !== nth || !claim(folder, moment.id)) continue;
      const until = performance.now() + LONGEST_HOLD_MS;
      while (!existsSync(passedFile(folder, moment.id)) && performance.now() < until) await pause(5);
    }
  };
}

function claim(folder: string, id: string): boolean {
  try {
    writeFileSync(reachedFile(folder, id), '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** In the test: whether a worker waits at the moment, or has been there. */
export function isReached(folder: string, { id }: Moment): boolean {
  return existsSync(reachedFile(folder, id));
}

/** In the test: the worker may go on. */
export function letPass(folder: string, { id }: Moment): void {
  writeFileSync(passedFile(folder, id), '');
}
