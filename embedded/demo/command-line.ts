/** Gives the commands that a person would type, and reads their answers. */
import { Readable, Writable } from 'node:stream';
import type { Io } from '../../cli/io.js';
import { runCommandLine } from '../../cli/program.js';
import type { OpenGate } from '../../data/model/gate.js';
import { RolloverError, type ErrorCode } from '../../data/model/errors.js';
import { shown, type DemoHome } from './home.js';

/** What `status --json` says; the part that is needed here. */
export interface RunStatusDocument {
  readonly running: boolean;
  readonly status: { readonly open: OpenGate | null } | null;
  /** The run in the journal, once it has one. */
  readonly run: { readonly id: number } | null;
}

export interface CommandLine {
  /** Prints the command's answer. */
  readonly show: (args: readonly string[]) => Promise<void>;
  /** The answer as JSON; undefined when the command ends with one of the expected failures. */
  readonly ask: <T>(args: readonly string[], expected?: readonly ErrorCode[]) => Promise<T | undefined>;
}

/** The decisions of `--approve-all` and of last year are written down as this account's. */
const ACCOUNT = 'demo';

export function commandLine(home: DemoHome): CommandLine {
  const config = ['--config', shown(home.configuration, process.cwd())];
  const io: Omit<Io, 'stdout' | 'stderr'> = {
    stdin: Readable.from([]),
    env: { ...process.env, ROLLOVER_COMMAND: 'bin/rollover', ROLLOVER_ACCOUNT: ACCOUNT },
    cwd: process.cwd(),
    userName: () => ACCOUNT,
  };
  return {
    async show(args) {
      const code = await runCommandLine([...args, ...config], {
        ...io,
        stdout: process.stdout,
        stderr: process.stderr,
      });
      if (code !== 0) throw unexpected(args, code);
    },
    async ask<T>(args: readonly string[], expected: readonly ErrorCode[] = []) {
      const [stdout, stderr] = [new Collector(), new Collector()];
      const code = await runCommandLine([...args, '--json', ...config], { ...io, stdout, stderr });
      if (code === 0) return JSON.parse(stdout.text) as T;
      if (expected.some((failure) => stderr.text.includes(`${failure}:`))) return undefined;
      process.stderr.write(stderr.text);
      throw unexpected(args, code);
    },
  };
}

function unexpected([verb = '']: readonly string[], code: number): RolloverError {
  return new RolloverError('Internal', `\`rollover ${verb}\` ended with ${code}.`);
}

class Collector extends Writable {
  readonly #chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
}
