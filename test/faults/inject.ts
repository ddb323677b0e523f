/** What each fault does to the stand, and how the world is put right again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../embedded/sample-school/random.js';
import { startScript } from '../support/processes.js';
import type { Trouble } from '../support/moodle-webservice.js';
import type { LoadSettings } from '../support/moodle-load.js';
import type { FaultKind } from './scenario.js';
import { account, MOODLE, type Stand } from './stand.js';

/** Puts the world right; what is lost stays lost. */
export type Heal = () => Promise<void>;

const DAY_S = 24 * 3600;
const loadFile = new URL('../support/moodle-load.ts', import.meta.url).pathname;

/** Fills the one tablespace to its last page. MariaDB 10.11 now and then falls over at that: full, and down as well. */
async function fill({ root }: Stand): Promise<void> {
  await root.raw('CREATE DATABASE IF NOT EXISTS filler');
  await root.raw(
    'CREATE TABLE IF NOT EXISTS filler.filler (id INT AUTO_INCREMENT PRIMARY KEY, bytes LONGBLOB)',
  );
  for (const bytes of [900_000, 60_000, 8_000, 2_000, 200]) {
    try {
      for (;;) await root.raw(`INSERT INTO filler.filler (bytes) VALUES (REPEAT('x', ${bytes}))`);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'PROTOCOL_CONNECTION_LOST') return;
      if (code !== 'ER_RECORD_FILE_FULL') throw error;
    }
  }
}

/** New sessions of the product see another time that does not move; those that are there are cut. */
async function shiftDatabaseClock({ root, database }: Stand, seconds: number): Promise<void> {
  const statement = seconds === 0 ? '' : `SET SESSION timestamp = UNIX_TIMESTAMP() + (${seconds})`;
  await root.raw('SET GLOBAL init_connect = ?', [statement]);
  database.cut();
}

const nothing: Heal = async () => undefined;

/** What Moodle's web services do when they are ill: no answer, half of one, not now, or one that is lost after the deed. */
const illnesses: readonly Trouble[] = [
  'silent',
  'cut-off',
  'php-fatal',
  'cli-maintenance',
  'admin-maintenance',
  'done-then-silent',
  'done-then-cut-off',
  'done-then-fatal',
];

type Inject = (stand: Stand, random: Random) => Promise<Heal>;

const injections: Readonly<Record<FaultKind, Inject>> = {
  async 'worker-killed'(stand) {
    await stand.killWorker();
    return () => stand.startWorker();
  },
  async 'worker-stopped'(stand) {
    void stand.stopWorker();
    return () => stand.startWorker();
  },
  async 'worker-frozen'(stand) {
    const frozen = stand.worker();
    frozen?.freeze();
    // somebody takes over, and then it wakes up
    await stand.startWorker();
    return async () => frozen?.thaw();
  },
  async 'worker-clock'({ folder }, random) {
    const shift = (random.chance(0.5) ? 1 : -1) * (60 + random.below(40 * DAY_S)) * 1000;
    writeFileSync(join(folder, 'clock'), String(shift));
    return async () => writeFileSync(join(folder, 'clock'), '0');
  },
  async 'database-killed'(stand) {
    stand.killMariadb();
    return () => stand.restartMariadb();
  },
  async 'database-cut'({ database }) {
    database.refuse(true);
    database.cut();
    return async () => database.refuse(false);
  },
  async 'database-silent'({ database }) {
    database.fallSilent();
    return nothing;
  },
  async 'database-slow'({ database }, random) {
    database.slow(20 + random.below(150));
    return async () => database.slow(0);
  },
  async 'database-full'(stand) {
    await fill(stand);
    return () => stand.makeRoom();
  },
  async 'database-clock'(stand, random) {
    const seconds = (random.chance(0.5) ? 1 : -1) * (3600 + random.below(40 * DAY_S));
    await shiftDatabaseClock(stand, seconds);
    return () => shiftDatabaseClock(stand, 0);
  },
  async 'database-rights'(stand, random) {
    const rights = random.chance(0.5) ? 'INSERT, UPDATE, DELETE' : 'SELECT, INSERT, UPDATE, DELETE';
    const change = (what: string): Promise<unknown> =>
      stand.root.raw(`${what} '${account.user}'@'127.0.0.1'`);
    await change(`REVOKE ${rights} ON ${MOODLE}.* FROM`);
    return async () => void (await change(`GRANT ${rights} ON ${MOODLE}.* TO`));
  },
  async locks(stand, random) {
    const load: LoadSettings = { address: stand.address(), database: MOODLE, seed: String(random.next()) };
    const people = startScript(loadFile, [], { env: { LOAD: JSON.stringify(load) } });
    await people.waitFor('load begun');
    return () => people.kill();
  },
  async 'temporal-killed'({ temporal }) {
    await temporal.kill();
    return () => temporal.restart();
  },
  async 'temporal-cut'({ temporalProxy }) {
    temporalProxy.refuse(true);
    temporalProxy.cut();
    return async () => temporalProxy.refuse(false);
  },
  async 'temporal-silent'({ temporalProxy }) {
    temporalProxy.fallSilent();
    return nothing;
  },
  async 'temporal-slow'({ temporalProxy }, random) {
    temporalProxy.slow(20 + random.below(300));
    return async () => temporalProxy.slow(0);
  },
  async 'moodle-ill'({ moodle }, random) {
    if (moodle === null) return nothing;
    moodle.always = random.pick(illnesses);
    return async () => void (moodle.always = 'none');
  },
};

export function inject(kind: FaultKind, stand: Stand, random: Random): Promise<Heal> {
  return injections[kind](stand, random);
}
