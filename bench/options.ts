/** What was typed. */
import { parseArgs } from 'node:util';
import { sizes, type SchoolSize } from './school/sizes.js';

export interface BenchOptions {
  readonly size: SchoolSize;
  readonly rounds: number;
  readonly seed: string;
  readonly json: boolean;
  /** Only these parts of a round: whole, apart, beside, passwords. */
  readonly only: readonly Part[];
}

export const partNames = ['whole', 'apart', 'beside', 'passwords'] as const;
export type Part = (typeof partNames)[number];

/** @throws Error that says what is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: 'school' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: 'kahurangi' },
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const size = Object.values(sizes).find(({ name }) => name === values.size);
  if (size === undefined) throw new Error(`--size is one of ${Object.keys(sizes).join(', ')}.`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a number from 1.');
  const only = values.only === undefined ? partNames : values.only.split(',');
  const unknown = only.find((name) => !partNames.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`--only takes ${partNames.join(', ')}.`);
  return { size, rounds, seed: values.seed, json: values.json, only: only as readonly Part[] };
}
