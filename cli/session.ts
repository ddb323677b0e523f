/** What one call of a verb works with, opened when first needed and closed at its end. */
import {
  configurationPath,
  loadConfiguration,
  schoolOf,
  type Configuration,
  type SchoolConfiguration,
} from '../data/configuration.js';
import type { Journal } from '../data/journal/journal.js';
import { openSchools, type Schools } from '../data/schools.js';
import { accountOf } from './account.js';
import { connectTemporal, type Temporal } from './client.js';
import type { Io } from './io.js';
import type { Output } from './output.js';

/** Options that every verb has. */
export interface GlobalOptions {
  readonly config?: string;
  readonly school?: string;
  readonly json?: boolean;
  readonly as?: string;
}

export interface Session {
  readonly io: Io;
  readonly output: Output;
  readonly options: GlobalOptions;
  /** Account id of whoever gives this command. */
  readonly account: string;
  readonly configuration: Configuration;
  readonly school: SchoolConfiguration;
  /** @throws RolloverError DatabaseUnavailable */
  journal(): Promise<Journal>;
  /** @throws RolloverError TemporalUnavailable */
  temporal(): Promise<Temporal>;
  /** A command as the reader would type it, with the school and configuration of this call. */
  command(words: string): string;
}

class OpenSession implements Session {
  #configuration: Configuration | undefined;
  #schools: Schools | undefined;
  #temporal: Promise<Temporal> | undefined;

  constructor(
    readonly io: Io,
    readonly output: Output,
    readonly options: GlobalOptions,
  ) {}

  get account(): string {
    return accountOf(this.options.as, this.io);
  }

  get configuration(): Configuration {
    const { env, cwd } = this.io;
    this.#configuration ??= loadConfiguration(configurationPath(this.options.config, env, cwd), env);
    return this.#configuration;
  }

  get school(): SchoolConfiguration {
    return schoolOf(this.configuration, this.options.school);
  }

  async journal(): Promise<Journal> {
    this.#schools ??= openSchools(this.configuration);
    return (await this.#schools.open(this.school.code)).journal;
  }

  temporal(): Promise<Temporal> {
    this.#temporal ??= connectTemporal(
      this.configuration.temporal,
      this.account,
      this.configuration.encryption,
    );
    return this.#temporal;
  }

  command(words: string): string {
    const program = this.io.env['ROLLOVER_COMMAND'] || 'rollover';
    const several = this.options.school !== undefined || this.configuration.schools.size > 1;
    return [
      program,
      words,
      ...(several ? [`--school ${this.school.code}`] : []),
      ...(this.options.config === undefined ? [] : [`--config ${quote(this.options.config)}`]),
    ].join(' ');
  }

  async close(): Promise<void> {
    const temporal = await this.#temporal?.catch(() => undefined);
    await temporal?.connection.close();
    await this.#schools?.close();
  }
}

/** A word as a shell takes it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Runs the work with a session and closes whatever it opened. */
export async function withSession<T>(
  io: Io,
  output: Output,
  options: GlobalOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = new OpenSession(io, output, options);
  try {
    return await work(session);
  } finally {
    session.output.clear();
    await session.close();
  }
}
