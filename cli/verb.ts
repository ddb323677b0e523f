/** How a verb is told to commander: its arguments, its options, its examples, its work. */
import type { Command } from 'commander';
import type { Io } from './io.js';
import type { Output } from './output.js';
import { withSession, type GlobalOptions, type Session } from './session.js';

/** Work of a verb. `args` are the command's arguments in order, `options` its own and the global ones. */
export type Work<A extends readonly unknown[], O> = (
  session: Session,
  args: A,
  options: O & GlobalOptions,
) => Promise<void>;

/** Wraps work into what commander calls. */
export type Runner = <A extends readonly unknown[], O>(
  work: Work<A, O>,
) => (...received: unknown[]) => Promise<void>;

/** Adds a verb to the program. */
export type Verb = (program: Command, run: Runner) => void;

/** Commander gives arguments, then options, then the command. */
export function createRunner(io: Io, output: Output): Runner {
  return (work) =>
    async (...received) => {
      const command = received.at(-1) as Command;
      const options = command.optsWithGlobals<GlobalOptions>();
      const args = received.slice(0, -2);
      await withSession(io, output, options, (session) => work(session, args as never, options as never));
    };
}

/** Text below a verb's help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ rollover ${line}`)].join('\n');
}
