/** Where a demonstration keeps everything: one private folder. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRecord } from '../record.js';

export interface DemoHome {
  readonly folder: string;
  readonly mariadb: string;
  readonly temporal: string;
  /** The configuration file of the command line and the worker. */
  readonly configuration: string;
  readonly workerLog: string;
  readonly workerRecord: string;
}

/** What was decided when the demonstration began, so that it is the same the next time. */
export interface DemoState {
  /** The year to be rolled into. */
  readonly year: number;
  readonly students: number;
}

/** `ROLLOVER_DEMO_FOLDER`, else `.rollover/demo` in the project's folder. */
export function demoHome(env: NodeJS.ProcessEnv): DemoHome {
  const given = env['ROLLOVER_DEMO_FOLDER'];
  const folder =
    given !== undefined && given !== '' ? resolve(given) : join(projectFolder(), '.rollover/demo');
  return {
    folder,
    mariadb: join(folder, 'mariadb'),
    temporal: join(folder, 'temporal'),
    configuration: join(folder, 'rollover.yaml'),
    workerLog: join(folder, 'worker.log'),
    workerRecord: join(folder, 'worker.json'),
  };
}

/** The folder of package.json: above the source, or above what was compiled from it. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Makes the folder, for its owner only; what is in it is known to the caller. */
export async function makeHome(home: DemoHome): Promise<void> {
  await mkdir(home.folder, { recursive: true, mode: 0o700 });
  await chmod(home.folder, 0o700);
}

export async function readState(home: DemoHome): Promise<DemoState | undefined> {
  return readRecord<DemoState>(join(home.folder, 'demo.json'));
}

export async function writeState(home: DemoHome, state: DemoState): Promise<void> {
  await writeFile(join(home.folder, 'demo.json'), `${JSON.stringify(state)}\n`, { mode: 0o600 });
}

export const workbookFile = (home: DemoHome, year: number): string =>
  join(home.folder, `kahurangi-${year}.xlsx`);
export const settingsFile = (home: DemoHome, year: number): string =>
  join(home.folder, `settings-${year}.yaml`);
export const passwordFile = (home: DemoHome): string => join(home.folder, 'database-password');

/** A path as a person types it from the current folder. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

/** In the second half of a year schools prepare the next one; in summer that year has just begun. */
export function rolloverYear(now: Date): number {
  return now.getMonth() >= 6 ? now.getFullYear() + 1 : now.getFullYear();
}
