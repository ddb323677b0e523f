/** The three processes of a demonstration, and which of them this command has started. */
import { RolloverError } from '../../data/model/errors.js';
import type { EmbeddedMariadb } from '../mariadb.js';
import { runningMariadb, startMariadb, stopMariadb } from '../mariadb.js';
import type { EmbeddedTemporal } from '../temporal.js';
import { runningTemporal, startTemporal, stopTemporal } from '../temporal.js';
import type { DemoHome } from './home.js';
import { isWorkerRunning, startWorker, stopWorker } from './worker-process.js';

type Say = (line: string) => void;

interface Own {
  readonly name: string;
  /** Settles when the start has succeeded or failed. */
  readonly started: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** What was not running before, newest last. */
export class OwnProcesses {
  readonly #list: Own[] = [];
  #ending = false;

  get size(): number {
    return this.#list.length;
  }

  /** Starts something of ours. @throws RolloverError Interrupted once everything is being ended */
  async start<T>(name: string, start: () => Promise<T>, stop: () => Promise<void>): Promise<T> {
    if (this.#ending) throw new RolloverError('Interrupted', 'The demonstration is being ended.');
    const starting = start();
    this.#list.push({ name, started: starting.catch(() => undefined), stop });
    return starting;
  }

  /** Ends what was started, newest first; what is just starting is waited for, so that it can be ended. */
  async stopAll(say: Say): Promise<void> {
    this.#ending = true;
    for (let own = this.#list.pop(); own !== undefined; own = this.#list.pop()) {
      await own.started;
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
  const mariadb =
    (await runningMariadb(home.mariadb)) ??
    (await own.start(
      'MariaDB',
      () => startMariadb(home.mariadb),
      () => stopMariadb(home.mariadb),
    ));
  say(`  MariaDB on ${mariadb.address.host}:${mariadb.address.port}${told(mariadb.found)}`);
  const temporal =
    (await runningTemporal(home.temporal)) ??
    (await own.start(
      'Temporal',
      () => startTemporal(home.temporal),
      () => stopTemporal(home.temporal),
    ));
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
  const keeps = running && servers.mariadb.found && servers.temporal.found;
  if (running && !keeps) await stopWorker(home);
  if (!keeps)
    await own.start(
      'The worker',
      () => startWorker(home),
      () => stopWorker(home),
    );
  say(`  Worker${told(keeps)}`);
}

/** Ends whatever runs of this demonstration, whoever started it. */
export async function stopEverything(home: DemoHome): Promise<void> {
  await stopWorker(home);
  await stopTemporal(home.temporal);
  await stopMariadb(home.mariadb);
}

const told = (found: boolean): string => (found ? ' (was running)' : '');
