/** The three processes of a demonstration, and which of them this command has started. */
import type { EmbeddedMariadb } from '../mariadb.js';
import { runningMariadb, startMariadb, stopMariadb } from '../mariadb.js';
import type { EmbeddedTemporal } from '../temporal.js';
import { runningTemporal, startTemporal, stopTemporal } from '../temporal.js';
import type { DemoHome } from './home.js';
import { isWorkerRunning, startWorker, stopWorker } from './worker-process.js';

type Say = (line: string) => void;

/** What was not running before, newest last. */
export class OwnProcesses {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<void> }[] = [];

  /** Called before the start, so that an interrupted start is ended too. */
  add(name: string, stop: () => Promise<void>): void {
    this.#stops.push({ name, stop });
  }

  get size(): number {
    return this.#stops.length;
  }

  async stopAll(say: Say): Promise<void> {
    for (let own = this.#stops.pop(); own !== undefined; own = this.#stops.pop()) {
      await own.stop();
      say(`  ${own.name} has ended`);
    }
  }
}

export interface Servers {
  readonly mariadb: EmbeddedMariadb;
  readonly temporal: EmbeddedTemporal;
}

/** Starts the servers that do not run. */
export async function startServers(home: DemoHome, own: OwnProcesses, say: Say): Promise<Servers> {
  if ((await runningMariadb(home.mariadb)) === undefined) own.add('MariaDB', () => stopMariadb(home.mariadb));
  const mariadb = await startMariadb(home.mariadb);
  say(`  MariaDB on ${mariadb.address.host}:${mariadb.address.port}${told(mariadb.found)}`);
  if ((await runningTemporal(home.temporal)) === undefined)
    own.add('Temporal', () => stopTemporal(home.temporal));
  const temporal = await startTemporal(home.temporal);
  say(`  Temporal on ${temporal.address}${told(temporal.found)}`);
  return { mariadb, temporal };
}

/** A worker that outlived one of its servers may look for it at another port: it is started again. */
export async function startWorkerFor(
  home: DemoHome,
  servers: Servers,
  own: OwnProcesses,
  say: Say,
): Promise<void> {
  const running = await isWorkerRunning(home);
  if (running && servers.mariadb.found && servers.temporal.found) {
    say(`  Worker${told(true)}`);
    return;
  }
  if (running) await stopWorker(home);
  own.add('The worker', () => stopWorker(home));
  await startWorker(home);
  say('  Worker');
}

/** Ends whatever runs of this demonstration, whoever started it. */
export async function stopEverything(home: DemoHome): Promise<void> {
  await stopWorker(home);
  await stopTemporal(home.temporal);
  await stopMariadb(home.mariadb);
}

const told = (found: boolean): string => (found ? ' (was running)' : '');
