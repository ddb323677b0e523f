/** What all sections of the configuration share: refusing by key, reading files and secrets, common shapes. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { RolloverError } from '../model/errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a section's relative paths start, and the variables it may name. */
export interface Place {
  /** Folder of the configuration file. */
  readonly folder: string;
  readonly env: Environment;
}

export const text = z.string().min(1).max(255);
export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable');
export const port = z.int().min(1).max(65535);
export const schemaName = z
  .string()
  .regex(/^[A-Za-z0-9_$-]{1,64}$/, 'expected the name of a database schema: letters, digits, _ $ -');

/** @throws RolloverError ConfigInvalid, naming keys and never values */
export function refuse(message: string, cause?: unknown): never {
  throw new RolloverError('ConfigInvalid', message, {}, cause === undefined ? undefined : { cause });
}

/** A variable that is set to something. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}

/** Text of a file that the configuration names. */
export function readText(path: string, key: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    refuse(`The file named by ${key} cannot be read (${code}).`);
  }
}

/** A secret by file or by variable; undefined when neither is named. `key`: the place in the file, for messages. */
export function readSecret(
  named: { readonly file?: string | undefined; readonly env?: string | undefined },
  key: string,
  { folder, env }: Place,
): string | undefined {
  if (named.file !== undefined)
    return readText(resolve(folder, named.file), `${key}File`).replace(/\r?\n$/, '');
  if (named.env === undefined) return undefined;
  return variable(env, named.env) ?? refuse(`The environment variable ${named.env} of ${key}Env is not set.`);
}
