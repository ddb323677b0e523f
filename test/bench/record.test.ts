/** A measurement that was interrupted is gone on with, never mixed with another. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOptions, type BenchOptions } from '../../bench/options.js';
import { openRecord } from '../../bench/report/record.js';
import type { Round } from '../../bench/report/ratios.js';

const passwords: Round['passwords'] = { hashed: 200, seconds: 3, oneHashSeconds: 0.01, overIdeal: 1.5 };
const waits: Round['waits'] = { count: 1, p50: 1, p99: 1, longest: 1, longestOf: { read: 1 } };
let folder: string;

function optionsOf(...args: string[]): BenchOptions {
  const options = readOptions(['--size', 'tiny', ...args]);
  if (options === null) throw new Error('Help is no option here.');
  return options;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollover-record-'));
});
afterAll(async () => rm(folder, { recursive: true }));

test('holds every part as soon as it was noted, and is gone on with', async () => {
  const file = join(folder, 'kept.json');
  const first = await openRecord(file, optionsOf());
  expect(first.known(1)).toEqual({});
  await first.note(2, { passwords });
  await first.note(1, { waits });
  await first.note(1, { passwords });
  const again = await openRecord(file, optionsOf());
  expect(again.known(1)).toEqual({ waits, passwords });
  expect(again.known(2)).toEqual({ passwords });
  expect(again.known(3)).toEqual({});
});

test('of something else is refused, and stays as it is', async () => {
  const file = join(folder, 'other.json');
  await (await openRecord(file, optionsOf())).note(1, { waits });
  const before = await readFile(file, 'utf8');
  await expect(openRecord(file, optionsOf('--seed', 'another'))).rejects.toThrow('Remove it');
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('without a file it is kept in memory alone', async () => {
  const record = await openRecord(undefined, optionsOf());
  await record.note(1, { waits });
  expect(record.known(1)).toEqual({ waits });
  expect((await openRecord(undefined, optionsOf())).known(1)).toEqual({});
});
