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
  /** File in which parts are noted as they are measured; undefined: nowhere. */
  readonly record: string | undefined;
}

export const partNames = ['whole', 'apart', 'beside', 'passwords'] as const;
export type Part = (typeof partNames)[number];

export const usage = `npm run bench -- [--size ${Object.keys(sizes).join('|')}] [--rounds N] [--seed TEXT] [--json] [--only PART,…] [--record FILE]

  --size     how large a school; default school. A district takes more than half an hour a round
  --rounds   medians are of so many; default 3
  --seed     another school of the same size
  --json     ratios, phases and rounds as JSON instead of the table
  --only     parts of a round (${partNames.join(', ')}): prints what was measured, keeps nothing in docs
  --record   notes each part in this file as soon as it is measured, and leaves out what stands in it already`;

/** What was typed; null: help was asked for. @throws Error that says what is wrong */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: 'school' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: 'kahurangi' },
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      record: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const size = Object.values(sizes).find(({ name }) => name === values.size);
  if (size === undefined) throw new Error(`--size is one of ${Object.keys(sizes).join(', ')}.`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a number from 1.');
  const only = values.only === undefined ? partNames : values.only.split(',');
  const unknown = only.find((name) => !partNames.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`--only takes ${partNames.join(', ')}.`);
  const { seed, json, record } = values;
  return { size, rounds, seed, json, only: only as readonly Part[], record };
}
