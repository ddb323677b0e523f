/** The database's own programs: found on the path or configured, started without this machine's settings. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { RolloverError } from '../model/errors.js';

const run = promisify(execFile);

export interface Program {
  readonly path: string;
  readonly flavour: 'mariadb' | 'mysql';
}

const names = { dump: ['mariadb-dump', 'mysqldump'], client: ['mariadb', 'mysql'] } as const;

/** No HOME, no MYSQL_PWD, no login path: what a program does must not depend on who started the worker. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', MYSQL_TEST_LOGIN_FILE: '/nonexistent/login.cnf' };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false; // the next folder of the path is looked at
  }
}

async function onPath(candidates: readonly string[]): Promise<string | null> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of candidates)
    for (const folder of folders) if (await isExecutable(join(folder, name))) return join(folder, name);
  return null;
}

async function flavourOf(path: string): Promise<Program['flavour']> {
  try {
    const { stdout } = await run(path, ['--no-defaults', '--version'], { env: programEnvironment() });
    return /mariadb/i.test(stdout) ? 'mariadb' : 'mysql';
  } catch (error) {
    throw new RolloverError(
      'BackupFailed',
      'The configured program cannot be started.',
      {},
      { cause: error },
    );
  }
}

/** Null when there is none on the path. @throws RolloverError BackupFailed when it cannot be started */
export async function findProgram(kind: keyof typeof names, configured?: string): Promise<Program | null> {
  const path = configured ?? (await onPath(names[kind]));
  return path === null ? null : { path, flavour: await flavourOf(path) };
}
