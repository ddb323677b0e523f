/**
 * `bin/demo`: a school on this machine, its Moodle database, and a rollover that waits at its first gate. Everything
 * is in one private folder and on loopback; a second start finds the state of the first.
 */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { castError, sentenceOf } from '../cli/failure.js';
import { exitCodeOf } from '../data/model/errors.js';
import { commandLine, type CommandLine } from './demo/command-line.js';
import {
  demoHome,
  makeHome,
  readState,
  rolloverYear,
  shown,
  workbookFile,
  writeState,
  type DemoHome,
  type DemoState,
} from './demo/home.js';
import { oneAtATime } from './demo/lock.js';
import { readDemoOptions, type DemoOptions } from './demo/options.js';
import { OwnProcesses, startServers, startWorkerFor, stopEverything } from './demo/processes.js';
import { prepareSite, writeConfiguration } from './demo/site.js';
import { isWorkerRunning } from './demo/worker-process.js';
import { approveAll, startYear, statusOf, untilItWaits } from './demo/years.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Everything runs when this returns. @returns the year to be rolled into, and where Temporal UI is */
async function open(
  home: DemoHome,
  options: DemoOptions,
  own: OwnProcesses,
): Promise<{ state: DemoState; uiAddress: string | undefined }> {
  const state = (await readState(home)) ?? { year: rolloverYear(new Date()), students: options.students };
  await writeState(home, state);
  say('» Servers, on this machine only …');
  const servers = await startServers(home, own, say);
  await prepareSite(home, state, servers.mariadb.address);
  await writeConfiguration(home, servers.mariadb, servers.temporal);
  await startWorkerFor(home, servers, own, say);
  return { state, uiAddress: servers.temporal.uiAddress };
}

/** What the school's Moodle already holds: last year's rollover, made without questions. */
async function bringInLastYear(cli: CommandLine, home: DemoHome, year: number): Promise<void> {
  const before = await statusOf(cli, year);
  if (before !== undefined && !before.running) return;
  say(`» Last year: the school is brought into Moodle as it was in ${year} …`);
  if (before === undefined) await startYear(cli, home, year);
  await approveAll(cli, home, year, say);
}

async function bringToFirstGate(cli: CommandLine, home: DemoHome, year: number): Promise<void> {
  if ((await statusOf(cli, year)) !== undefined) return;
  say(`» This year: the rollover to ${year} begins …`);
  await startYear(cli, home, year);
  await untilItWaits(cli, year);
}

async function showReport(cli: CommandLine, year: number): Promise<void> {
  const id = (await statusOf(cli, year))?.run?.id;
  await cli.show(['report', ...(id === undefined ? [] : [String(id)])]);
}

function tellWhatNext(home: DemoHome, year: number, uiAddress: string | undefined): void {
  say('');
  if (uiAddress !== undefined) say(`Temporal UI          ${uiAddress}`);
  say(`Workbook of ${year}     ${shown(workbookFile(home, year), process.cwd())}`);
  say(`Everything else in   ${shown(home.folder, process.cwd())}`);
}

/** Stays until Ctrl-C, or until another command has ended the demonstration. */
async function hold(home: DemoHome): Promise<void> {
  say('\nCtrl-C ends what was started here; the state stays, and bin/demo finds it again.');
  while (await isWorkerRunning(home)) await sleep(1_000);
}

/** From nothing, or from what is there, to what was asked for. */
async function bringUp(home: DemoHome, options: DemoOptions, own: OwnProcesses): Promise<void> {
  const { state, uiAddress } = await open(home, options, own);
  const cli = commandLine(home);
  await bringInLastYear(cli, home, state.year - 1);
  await bringToFirstGate(cli, home, state.year);
  if (options.approveAll) {
    say(`» Approving every gate of ${state.year} …`);
    await approveAll(cli, home, state.year, say);
  }
  say('');
  if (options.approveAll) await showReport(cli, state.year);
  else await cli.show(['status', String(state.year)]);
  tellWhatNext(home, state.year, uiAddress);
}

/** @returns how it came to its end */
async function demonstrate(
  home: DemoHome,
  options: DemoOptions,
  own: OwnProcesses,
): Promise<'runs' | 'ended'> {
  await makeHome(home);
  await oneAtATime(home, () => bringUp(home, options, own));
  const stays = process.stdin.isTTY && process.stdout.isTTY && !options.background && !options.approveAll;
  if (stays && own.size > 0) {
    await hold(home);
    return 'ended';
  }
  say('\nEverything goes on running; bin/demo --stop ends it.');
  return 'runs';
}

/** Ctrl-C ends what this command has started, at whatever point it is. */
function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve('interrupted'));
  });
}

async function main(): Promise<number> {
  const options = readDemoOptions(process.argv.slice(2));
  const home = demoHome(process.env);
  if (options.stop || options.reset) await stopEverything(home);
  if (options.stop) {
    say('The demonstration has ended; its state stays.');
    return 0;
  }
  if (options.reset) await rm(home.folder, { recursive: true, force: true });

  const own = new OwnProcesses();
  try {
    const end = await Promise.race([demonstrate(home, options, own), untilInterrupted()]);
    if (end === 'ended') say('The demonstration was ended by another command.');
    if (end !== 'interrupted') return 0;
    say('\nEnding …');
    await own.stopAll(say);
    return exitCodeOf('Interrupted');
  } catch (error) {
    await own.stopAll(say);
    throw error;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const known = castError(error);
  process.stderr.write(`${sentenceOf(known)}\n`);
  if (process.env['ROLLOVER_DEBUG'] === '1') console.error(error);
  process.exitCode = known.exitCode;
}
// what was begun when Ctrl-C came must not keep the process
process.exit();
