/** Takes a year's rollover through its gates, as a person who approves everything would. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RolloverError } from '../../data/model/errors.js';
import type { CommandLine, RunStatusDocument } from './command-line.js';
import { settingsFile, workbookFile, type DemoHome } from './home.js';

/** Longest time without anything new. */
const PATIENCE_MS = 5 * 60_000;
const LOOK_EVERY_MS = 300;

/** How the year's rollover stands; undefined when it was never started. */
export function statusOf(cli: CommandLine, year: number): Promise<RunStatusDocument | undefined> {
  return cli.ask<RunStatusDocument>(['status', String(year)], ['RunNotFound']);
}

/** Starts the year with its settings; the workbook is asked for by a gate. */
export async function startYear(cli: CommandLine, home: DemoHome, year: number): Promise<void> {
  await cli.ask(['settings', 'import', settingsFile(home, year)]);
  await cli.ask(['start', String(year)]);
}

/** Waits until something waits for a person, or the run has ended. */
export async function untilItWaits(cli: CommandLine, year: number): Promise<RunStatusDocument> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const view = await statusOf(cli, year);
    if (view === undefined) throw new RolloverError('RunNotFound', `There is no rollover of ${year}.`);
    if (!view.running || view.status?.open != null) return view;
    if (Date.now() > deadline)
      throw new RolloverError('Internal', `The rollover of ${year} has not moved for five minutes.`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Approves gate after gate until the run ends; says each. */
export async function approveAll(
  cli: CommandLine,
  home: DemoHome,
  year: number,
  say: (line: string) => void,
): Promise<void> {
  for (;;) {
    const view = await untilItWaits(cli, year);
    const open = view.status?.open;
    if (open == null) return;
    if (open.gate === 'backups') await cli.ask(['backup']);
    const workbook = open.gate === 'knowledgenet' ? ['--workbook', workbookFile(home, year)] : [];
    await cli.ask(['approve', open.gate, '--hash', open.hash, '--yes', '--run', String(year), ...workbook]);
    say(`  gate ${open.gate} approved`);
  }
}
