/** What was measured so far, part by part, so that hours of measuring survive being interrupted. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { projectFolder } from '../stand/moodle.js';
import type { BenchOptions } from '../options.js';
import type { Round } from './ratios.js';

interface Noted {
  /** Of what: size, seed and the compiled product. Numbers of two versions must not stand in one table. */
  readonly of: string;
  readonly rounds: readonly Partial<Round>[];
}

export interface RoundRecord {
  /** What is known of the round with this number, from 1. */
  readonly known: (round: number) => Partial<Round>;
  readonly note: (round: number, part: Partial<Round>) => Promise<void>;
}

async function productHash(): Promise<string> {
  const folder = join(projectFolder, 'dist');
  const files = await readdir(folder, { recursive: true });
  const hash = createHash('sha256');
  const code = files.filter((name) => name.endsWith('.js') && !name.startsWith(`bench${sep}`)).sort();
  for (const name of code) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

async function readNoted(file: string, of: string): Promise<Partial<Round>[]> {
  if (!existsSync(file)) return [];
  const noted = JSON.parse(await readFile(file, 'utf8')) as Noted;
  if (noted.of !== of)
    throw new Error(
      `${file} was measured on something else (${noted.of}, now ${of}). Remove it, or name another file.`,
    );
  return [...noted.rounds];
}

/**
 * Opens the record in a file, or one that is not kept anywhere.
 *
 * @throws Error that says what is wrong with the file
 */
export async function openRecord(file: string | undefined, options: BenchOptions): Promise<RoundRecord> {
  const { size, seed } = options;
  const of = file === undefined ? '' : `${size.name}, ${seed}, ${await productHash()}`;
  const rounds = file === undefined ? [] : await readNoted(file, of);
  return {
    known: (round) => rounds[round - 1] ?? {},
    note: async (round, part) => {
      while (rounds.length < round) rounds.push({});
      rounds[round - 1] = { ...rounds[round - 1], ...part };
      if (file === undefined) return;
      await writeFile(`${file}.new`, `${JSON.stringify({ of, rounds } satisfies Noted)}\n`);
      await rename(`${file}.new`, file);
    },
  };
}
