/** The command line as a whole: global options, verbs, and what happens when something fails. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { castError, failureDocument, sentenceOf, traceOf } from './failure.js';
import type { Io } from './io.js';
import { createOutput, type Output } from './output.js';
import { createRunner, type Verb } from './verb.js';
import { verbs } from './verbs/index.js';

const about = `Carries a school's year change from KnowledgeNET into Moodle, with your decision before every
dangerous step.`;

const beginning = `
A rollover in short:
  $ rollover check                     is Moodle ready?
  $ rollover start 2027                begin; the synchronisation is off from here
  $ rollover status                    what waits for you, and the command that answers it
  $ rollover snapshot workbook.xlsx    upload the new year's workbook when it asks for it
  $ rollover approve                   look, then decide
  $ rollover report                    what was done

Environment: ROLLOVER_CONFIG, ROLLOVER_ACCOUNT, ROLLOVER_PASSWORD_KEY(_FILE), TEMPORAL_ADDRESS, NO_COLOR,
ROLLOVER_DEBUG=1 (stack traces, which may hold personal data). Exit codes: docs/command-line.md.`;

/** Version of the package, from the nearest package.json above: beside the source, or above \`dist\`. */
export function packageVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const content = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        version?: string;
      };
      if (content.version !== undefined) return content.version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return 'unknown';
}

/** All verbs on a program that throws instead of ending the process. */
export function createProgram(io: Io, output: Output, list: readonly Verb[] = verbs): Command {
  const program = new Command('rollover')
    .description(about)
    .version(packageVersion())
    .option('--config <file>', 'configuration file (default: ROLLOVER_CONFIG, else ./rollover.yaml)')
    .option('--school <code>', 'school of the configuration (default: the only one)')
    .option('--json', 'print JSON on standard output')
    .option('--as <account>', 'account id that decides (default: ROLLOVER_ACCOUNT, else your login)')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText('after', beginning);
  const run = createRunner(io, output);
  for (const add of list) add(program, run);
  return settle(program, io);
}

/** Commander hands these on only to commands that are made after they are set. */
function settle(command: Command, io: Io): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    // said once, by us, with code and way out
    writeErr: () => undefined,
    getOutHelpWidth: () => io.stdout.columns ?? 100,
  });
  command.configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) settle(child, io);
  return command;
}

const quiet = new Set(['commander.helpDisplayed', 'commander.help', 'commander.version']);

/** Runs one command line. @returns the exit code */
export async function runCommandLine(args: readonly string[], io: Io): Promise<number> {
  // known before the command line is understood, so that a misspelt one is answered in the same form
  const output = createOutput(io, args.includes('--json'));
  const program = createProgram(io, output);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && quiet.has(error.code)) return 0;
    const known = castError(error);
    if (output.json && !output.started)
      await output.write(`${JSON.stringify(failureDocument(known), null, 2)}\n`);
    output.note(sentenceOf(known));
    if (io.env['ROLLOVER_DEBUG'] === '1') output.note(traceOf(error));
    return known.exitCode;
  }
}
