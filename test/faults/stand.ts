/** Everything one run stands on: a MariaDB, a Temporal, a proxy before each, workers; all of it can be disturbed. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPool, type DatabaseAddress } from '../../data/database/connect.js';
import type { Knex } from 'knex';
import { startMariadb, type EmbeddedMariadb } from '../../embedded/mariadb.js';
import { probeSite } from '../../data/moodle/probe.js';
import type { Journal } from '../../data/journal/journal.js';
import { startScript, type TestProcess } from '../support/processes.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { startTestTemporal, type TestTemporal } from '../support/temporal.js';
import type { Moment } from '../support/moments.js';
import { compiledWorkflows } from '../support/workflow-bundle.js';
import { moodleDeletions } from '../support/moodle-deletions.js';
import { startMoodleStandIn, type MoodleStandIn } from '../support/moodle-webservice.js';
import type { Surroundings } from './scenario.js';

export const SCHOOL = 'kowhai';
export const TASK_QUEUE = 'faults';
export const MOODLE = 'moodle';
export const JOURNAL = 'rollover';
/** The product's account: no more rights than it needs on the two schemas. */
export const account = { user: 'rollover', password: 'rollover' } as const;

const workerFile = join(dirname(fileURLToPath(import.meta.url)), '../support/worker-process.ts');
/** Room of the one tablespace that can become full, and after somebody has made room. */
const CAP_MB = { narrow: 160, wide: 480 } as const;
/** A connection without an answer is given up after this time; minutes in production. */
const SILENCE_MS = 6_000;

const nothing = (): void => undefined;

export const calmSurroundings: Surroundings = {
  collation: 'utf8mb4_unicode_ci',
  isolation: 'REPEATABLE-READ',
  strict: true,
  smallPackets: false,
  shortWait: false,
  twice: false,
  capped: false,
};

export interface Stand {
  readonly folder: string;
  readonly temporal: TestTemporal;
  readonly database: TcpProxy;
  readonly temporalProxy: TcpProxy;
  /** Moodle's web services, where the passage calls them. */
  readonly moodle: MoodleStandIn | null;
  /** On the journal as the server's administrator, past the proxy. Valid until the server is started anew. */
  readonly root: Knex;
  journal(): Journal;
  address(): DatabaseAddress;
  killMariadb(): void;
  restartMariadb(): Promise<void>;
  /** Ends the server in an orderly way and starts it with more room. */
  makeRoom(): Promise<void>;
  /** Starts one more worker. */
  startWorker(): Promise<void>;
  /** The oldest that lives. */
  worker(): TestProcess | undefined;
  killWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** What workers have printed that ended by themselves. */
  readonly crashes: string[];
  /** Last lines of all workers, for messages. */
  printed(): string;
  /** Ends everything; the database's files stay, as after an orderly end of the server. */
  close(): Promise<void>;
}

function serverArguments(surroundings: Surroundings, capMb: number): string[] {
  const { isolation, strict, smallPackets, shortWait, capped } = surroundings;
  return [
    '--innodb-log-file-size=32M',
    '--innodb-buffer-pool-size=96M',
    `--transaction-isolation=${isolation}`,
    `--sql-mode=${strict ? 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO' : ''}`,
    ...(smallPackets ? ['--max-allowed-packet=1M'] : []),
    ...(shortWait ? ['--wait-timeout=5'] : []),
    ...(capped
      ? ['--innodb-file-per-table=0', `--innodb-data-file-path=ibdata1:12M:autoextend:max:${capMb}M`]
      : []),
  ];
}

/** As long as a worker waits for an answer of Moodle's. */
const ANSWER_WITHIN_S = 3;

function configuration(database: TcpProxy, temporal: TcpProxy, moodle: MoodleStandIn | null): string {
  const webService =
    moodle === null
      ? {}
      : { webService: { url: moodle.url, tokenEnv: 'FAULTS_TOKEN', timeoutSeconds: ANSWER_WITHIN_S } };
  return JSON.stringify({
    temporal: { address: `127.0.0.1:${temporal.port}`, namespace: 'default', taskQueue: TASK_QUEUE },
    schools: {
      [SCHOOL]: {
        name: 'Kōwhai',
        database: {
          host: '127.0.0.1',
          port: database.port,
          user: account.user,
          passwordEnv: 'FAULTS_PASSWORD',
        },
        moodle: { database: MOODLE, ...webService },
        journalSchema: JOURNAL,
      },
    },
  });
}

export interface StandOptions {
  /** Holds `data/` of a server that was ended in an orderly way, or nothing. */
  readonly folder: string;
  readonly surroundings?: Surroundings;
  readonly moments?: readonly Moment[];
  /** Moodle answers calls of its web services. */
  readonly webService?: boolean;
}

/** Stands in for Moodle's web services on the stand's database; its connections survive restarts of the server. */
async function startMoodle(address: DatabaseAddress): Promise<{ standIn: MoodleStandIn; db: Knex }> {
  const db = openPool(address, { max: 2, database: JOURNAL });
  const { version, release } = await probeSite(db, { database: MOODLE });
  const { handlers } = moodleDeletions(db, MOODLE);
  const account = { id: 2, username: 'admin' };
  return { standIn: await startMoodleStandIn({ account, version, release, handlers }), db };
}

export async function createStand({
  folder,
  surroundings = calmSurroundings,
  moments = [],
  webService = false,
}: StandOptions): Promise<Stand> {
  let extraArguments = serverArguments(surroundings, CAP_MB.narrow);
  let mariadb: EmbeddedMariadb = await startMariadb(folder, { extraArguments });
  const temporal = await startTestTemporal();
  const database = await startTcpProxy(mariadb.address.port);
  const temporalProxy = await startTcpProxy(Number(temporal.address.split(':')[1]));
  const configFile = join(folder, 'rollover.yaml');
  const moodle = webService ? await startMoodle(mariadb.address) : null;
  await writeFile(configFile, configuration(database, temporalProxy, moodle?.standIn ?? null));
  const momentsFolder = join(folder, 'moments');
  await mkdir(momentsFolder, { recursive: true });
  const env = {
    FAULTS_PASSWORD: account.password,
    FAULTS_TOKEN: moodle?.standIn.service().token ?? '',
    ROLLOVER_CONFIG: configFile,
    MOMENTS: JSON.stringify(moments),
    MOMENTS_FOLDER: momentsFolder,
    EACH_TWICE: surroundings.twice ? '1' : '0',
    CLOCK_FILE: join(folder, 'clock'),
    SILENCE_MS: String(SILENCE_MS),
    WORKFLOW_BUNDLE: await compiledWorkflows(),
  };
  let root = openPool(mariadb.address, { max: 1, database: JOURNAL });
  // where the server drops what is idle for five seconds, ours is not, however busy this machine is
  const stayAwake = (): void => void root.raw('SET SESSION wait_timeout = 3600').then(nothing, nothing);
  stayAwake();
  const ping = setInterval(stayAwake, 1_500);
  const living: TestProcess[] = [];
  const all: TestProcess[] = [];
  const crashes: string[] = [];
  const expected = new Set<TestProcess>();
  const tail = (process: TestProcess): string => process.output().split('\n').slice(-25).join('\n');

  const restartMariadb = async (): Promise<void> => {
    await root.destroy();
    const { port } = mariadb.address;
    mariadb = await startMariadb(folder, { extraArguments });
    if (mariadb.address.port !== port) throw new Error('The database server came back on another port.');
    root = openPool(mariadb.address, { max: 1, database: JOURNAL });
    stayAwake();
  };
  const watch = (process: TestProcess): void => {
    living.push(process);
    all.push(process);
    void process.ended.then((how) => {
      living.splice(living.indexOf(process), 1);
      if (!expected.has(process)) crashes.push(`a worker ended by itself (${how}):\n${tail(process)}`);
    });
  };
  const remove = (): TestProcess | undefined => {
    const [process] = living;
    if (process !== undefined) expected.add(process);
    return process;
  };
  return {
    folder,
    temporal,
    database,
    temporalProxy,
    moodle: moodle?.standIn ?? null,
    get root() {
      return root;
    },
    journal: () => ({ db: root, targetId: 1, school: SCHOOL }),
    address: () => mariadb.address,
    killMariadb: () => void process.kill(mariadb.pid, 'SIGKILL'),
    restartMariadb,
    async makeRoom() {
      await mariadb.stop();
      extraArguments = serverArguments(surroundings, CAP_MB.wide);
      await restartMariadb();
    },
    async startWorker() {
      for (;;) {
        const worker = startScript(workerFile, [], { env });
        try {
          await worker.waitFor('worker ready');
          watch(worker);
          return;
        } catch (error) {
          // it cannot start while a server is away; whoever starts it in production tries again
          if (!/Unavailable|ECONN|TransportError|Failed to connect|timed out/i.test(worker.output()))
            throw error;
          await worker.kill();
        }
      }
    },
    worker: () => living[0],
    async killWorker() {
      await remove()?.kill();
    },
    async stopWorker() {
      await remove()?.stop();
    },
    crashes,
    printed: () => all.map(tail).join('\n---\n'),
    async close() {
      for (const worker of [...living]) {
        expected.add(worker);
        worker.thaw();
        await worker.kill();
      }
      clearInterval(ping);
      await root.destroy();
      await moodle?.standIn.close();
      await moodle?.db.destroy();
      await database.close();
      await temporalProxy.close();
      await temporal.stop();
      await mariadb.stop();
      await rm(momentsFolder, { recursive: true, force: true });
    },
  };
}
