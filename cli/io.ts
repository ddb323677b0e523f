/** The process as verbs see it: streams, environment, folder. Tests give another one. */
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../data/configuration.js';

export interface OutStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface InStream extends Readable {
  readonly isTTY?: boolean;
}

export interface Io {
  readonly stdin: InStream;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly env: Environment;
  /** Where relative file names start. */
  readonly cwd: string;
  /** Account name of the operating system. */
  readonly userName: () => string;
}
