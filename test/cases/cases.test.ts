/**
 * Accidents that users of comparable systems reported, by number: each one that this product answers keeps a test that
 * names its number in its title, like [T43]. A number that stands nowhere has lost its test.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const tests = fileURLToPath(new URL('..', import.meta.url));
const self = fileURLToPath(import.meta.url);

/** From the first number to the last. */
function range(first: number, last = first): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** What the numbers are about, as they came into the product. */
const named: Readonly<Record<string, readonly number[]>> = {
  'reading, planning, writing': [
    ...[range(1, 8), range(18, 24), range(29, 31), range(33), range(37, 39), range(42, 43)].flat(),
    ...[range(45, 46), range(49), range(52, 54)].flat(),
  ],
  'links, synchronisation, second writers': [...range(24, 26), 28, 32, 40, 41, 44],
  'removals, grades, undo': [...range(9, 17), ...range(25, 27), 34, 35],
};

const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

async function numbersInTitles(): Promise<Set<number>> {
  const files = (await readdir(tests, { recursive: true }))
    .map((name) => join(tests, name))
    .filter((file) => file.endsWith('.test.ts') && file !== self);
  const found = new Set<number>();
  for (const file of files) {
    const code = (await readFile(file, 'utf8')).replace(comments, '');
    for (const match of code.matchAll(/\[T(\d{2})\]/g)) found.add(Number(match[1]));
  }
  return found;
}

test.each(Object.entries(named))('every case of %s has its test', async (_, numbers) => {
  const found = await numbersInTitles();
  const missing = numbers.filter((number) => !found.has(number));
  expect(missing.map((number) => `T${String(number).padStart(2, '0')}`)).toEqual([]);
});
