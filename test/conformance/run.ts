/**
 * Holds our writes against recorded traces of Moodle's own API.
 *
 * Usage: npx tsx test/conformance/run.ts TRACES.json DATABASE.sql[.gz] [mysql://user:password@host:port]
 *
 * Without an address the server of ROLLOVER_TEST_DATABASE is used, and without that a private one is started.
 * Prints one line per trace; ends with 1 when any differs, with 2 when it could not be tried.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../data/database/connect.js';
import { startMariadb } from '../../embedded/mariadb.js';
import { parseDatabaseUrl } from '../support/database-url.js';
import { invariantsPath, readInvariants } from '../support/invariants.js';
import { conform, type Verdict } from './conform.js';
import { loadIntoNewSchema } from './database.js';
import { readTraces } from './trace.js';

/** Others' clocks may pass a second between two rows of one call. */
const SLACK_S = 2;

interface Server {
  readonly address: DatabaseAddress;
  readonly stop: () => Promise<void>;
}

async function findServer(given: string | undefined): Promise<Server> {
  const url = given ?? process.env['ROLLOVER_TEST_DATABASE'];
  if (url !== undefined && url !== '') return { address: parseDatabaseUrl(url), stop: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'moodle-rollover-conformance-'));
  const server = await startMariadb(folder);
  return {
    address: server.address,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** "equal LABEL", "not ours LABEL", or "differing LABEL: table.column, …" with what was found below. */
function line({ label, verdict, differences }: Verdict): string {
  const head = `${verdict.padEnd(11)}${label}`;
  if (differences.length === 0) return head;
  return [`${head}: ${columnsOf(differences)}`, ...differences.map((one) => `             ${one}`)].join(
    '\n',
  );
}

function columnsOf(differences: readonly string[]): string {
  return [...new Set(differences.map((one) => one.slice(0, one.indexOf(':'))))].join(', ');
}

async function main(): Promise<number> {
  const [tracesFile, dump, url] = process.argv.slice(2);
  if (tracesFile === undefined || dump === undefined) {
    console.error('Usage: run.ts TRACES.json DATABASE.sql[.gz] [mysql://user:password@host:port]');
    return 2;
  }
  const traces = await readTraces(tracesFile);
  const invariantsFile = invariantsPath(tracesFile);
  if (invariantsFile === null) console.log('The invariants are not at hand: they are not tried.');
  const invariants = invariantsFile === null ? [] : await readInvariants(invariantsFile);
  const server = await findServer(url);
  try {
    const { address } = server;
    const { database, drop } = await loadIntoNewSchema(address, dump);
    const counts = { equal: 0, differing: 0, 'not ours': 0 };
    try {
      for await (const verdict of conform({ address, database, traces, invariants, slack: SLACK_S })) {
        counts[verdict.verdict] += 1;
        console.log(line(verdict));
      }
    } finally {
      await drop();
    }
    console.log(`${counts.equal} equal, ${counts.differing} differing, ${counts['not ours']} not ours`);
    return counts.differing === 0 ? 0 : 1;
  } finally {
    await server.stop();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  },
);
