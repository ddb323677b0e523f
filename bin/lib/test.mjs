/** What `bin/test` does once Node is there. */
import { resolve } from 'node:path';
import { build } from './build.mjs';
import { provideChromium } from './chromium.mjs';
import { main, Refusal, run, step } from './command.mjs';
import { installDependencies } from './dependencies.mjs';
import { provideMariadb } from './mariadb.mjs';
import { provideTemporal } from './temporal.mjs';
import { provideTimeSkippingServer } from './time-skipping.mjs';

const help = `Usage: bin/test [FILTER…]
       bin/test --conformance TRACES DATABASE
       bin/test --faults N

Without arguments: sets up what the tests need (packages, MariaDB, Temporal, Chromium), then builds, checks format, lints,
checks types and runs all tests. Ends with "N passed, N failed".

  FILTER…                       only the test files whose path contains one of these; no other checks
  --conformance TRACES DATABASE holds our writes against recorded ones of a real Moodle: a file of traces (JSON)
                                and the database they begin with (SQL dump, may be gzipped); prints per trace
                                "equal", the table.column that differs, or "not ours"
  --faults N                    N whole runs with faults chosen by N random seeds (docs/faults.md), about a minute each;
                                every seed is printed, FAULT_SEED=… bin/test test/faults repeats one

Environment:
  FAULT_SEED                    seed, or several separated by commas, for test/faults instead of the usual few
  ROLLOVER_TEST_DATABASE        mysql://user:password@host:port of a server to use instead of a private one; the
                                account must be allowed to create and drop schemas
  CHROMIUM                      a Chromium or Chrome for the tests of pages, where none is on the path
  PAGE_PICTURES                 folder into which those tests put the pages and pictures of them
  ROLLOVER_SHARED               folder that has moodle/ with whole Moodle databases (default: ../shared)
`;

const checks = [
  ['Format', ['run', '--silent', 'format:check']],
  ['Lint', ['run', '--silent', 'lint']],
  ['Types', ['run', '--silent', 'typecheck']],
];

async function setUp({ temporal }) {
  await step('Packages', installDependencies);
  await step('MariaDB', provideMariadb);
  if (!temporal) return;
  await step('Temporal', provideTemporal);
  await step('Time-skipping test server', provideTimeSkippingServer);
  await step('Chromium', provideChromium);
}

async function conformance(files) {
  if (files.length !== 2) throw new Refusal('Name a file of traces and a database: see bin/test --help.', 2);
  await setUp({ temporal: false });
  const [traces, database] = files.map((file) => resolve(file));
  return run('npx', ['tsx', 'test/support/with-database.ts', 'test/conformance/run.ts', traces, database]);
}

async function tests(filters) {
  await setUp({ temporal: true });
  if (filters.length === 0) {
    await step('Build', build);
    for (const [title, args] of checks) {
      await step(title, async () => {
        if ((await run('npm', args)) !== 0) throw new Refusal(`${title} failed: see above.`, 1);
      });
    }
  }
  process.stdout.write('» Tests …\n');
  return run('npx', ['vitest', 'run', ...filters]);
}

async function faults([count, ...more]) {
  if (more.length > 0 || !/^[1-9]\d{0,4}$/.test(count ?? ''))
    throw new Refusal('Say how many seeds to try: bin/test --faults 20.', 2);
  await setUp({ temporal: true });
  return run('npx', ['vitest', 'run', 'test/faults'], { env: { FAULT_RUNS: count } });
}

await main(() => {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  if (args[0] === '--conformance') return conformance(args.slice(1));
  if (args[0] === '--faults') return faults(args.slice(1));
  const unknown = args.find((arg) => arg.startsWith('-'));
  if (unknown !== undefined)
    throw new Refusal(`bin/test knows no option ${unknown}: see bin/test --help.`, 2);
  return tests(args);
});
