/** The worker as a process of its own, as in production: compiled, with the prebuilt workflow bundle. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { School } from '../../data/schools.js';
import { endProcess, startDetached } from '../../embedded/process.js';
import { projectFolder } from './moodle.js';

export interface BenchWorker {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly spawnedAt: number;
  stop(): Promise<void>;
}

/** Writes the configuration and starts `dist/workers/main.js`. @throws Error when the project is not built */
export async function startWorker(folder: string, school: School, temporal: string): Promise<BenchWorker> {
  const program = join(projectFolder, 'dist/workers/main.js');
  const bundle = join(projectFolder, 'dist/workflow-bundle.js');
  if (!existsSync(program) || !existsSync(bundle))
    throw new Error('The project is not built: `npm run build`.');
  const home = join(folder, school.code);
  await mkdir(home, { recursive: true });
  const { host, port, user, password } = school.database;
  await writeFile(join(home, 'password'), password, { mode: 0o600 });
  const configuration = {
    temporal: { address: temporal, namespace: 'default', taskQueue: school.code },
    journal: { schema: school.journalSchema },
    schools: {
      [school.code]: {
        name: school.name,
        database: { host, port, user, passwordFile: 'password' },
        moodle: school.moodle,
      },
    },
  };
  const file = join(home, 'rollover.yaml');
  await writeFile(file, stringify(configuration), { mode: 0o600 });
  const spawnedAt = Date.now();
  // as Dockerfile and docs/operations.md have it
  const env = { MALLOC_ARENA_MAX: '2', ...process.env, ROLLOVER_CONFIG: file };
  const pid = startDetached(process.execPath, [program, file], join(home, 'worker.log'), env);
  return { pid, spawnedAt, stop: () => endProcess(pid, `${program} ${file}`) };
}
