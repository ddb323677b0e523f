import type { Knex } from 'knex';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openWriter } from '../../data/database/connect.js';
import { castDatabaseError } from '../../data/database/errors.js';
import { leaveFence, lockTarget, takeFence } from '../../data/journal/fence.js';
import { holdTarget, releaseTarget, selectTarget, setBrake } from '../../data/journal/targets.js';
import { testServer } from '../support/database.js';
import { createJournal, type TestJournal } from '../support/journal.js';

let test1: TestJournal;
const writers: Knex[] = [];

beforeAll(async () => {
  test1 = await createJournal();
});
afterEach(async () => {
  await Promise.all(writers.splice(0).map((writer) => writer.destroy()));
});
afterAll(async () => test1.close());

function newWriter(): Knex {
  const writer = openWriter(testServer(), test1.schema);
  writers.push(writer);
  return writer;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => castDatabaseError(error).code,
  );

describe('the fence', () => {
  test('lets the newest holder write and nobody else', async () => {
    const [first, second] = [newWriter(), newWriter()];
    const fence = await takeFence(first, test1.journal.targetId);
    expect(await first.transaction((tx) => lockTarget(tx, fence))).toBe('go');
    const newer = await takeFence(second, test1.journal.targetId);
    expect(newer.fence).toBe(fence.fence + 1);
    expect(await codeOf(first.transaction((tx) => lockTarget(tx, fence)))).toMatch(
      /Fenced|DatabaseUnavailable/,
    );
    expect(await second.transaction((tx) => lockTarget(tx, newer))).toBe('go');
  });

  test('frees the row locks of a frozen holder at once', async () => {
    const [frozen, replacement] = [newWriter(), newWriter()];
    const fence = await takeFence(frozen, test1.journal.targetId);
    const tx = await frozen.transaction();
    await lockTarget(tx, fence);
    const began = Date.now();
    const newer = await takeFence(replacement, test1.journal.targetId);
    expect(await replacement.transaction((inner) => lockTarget(inner, newer))).toBe('go');
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(await codeOf(Promise.resolve(tx.raw('SELECT 1')))).toBe('DatabaseUnavailable');
    await tx.rollback().catch(() => undefined);
  });

  test('does not pass to a second connection of the same process', async () => {
    const [one, other] = [newWriter(), newWriter()];
    const fence = await takeFence(one, test1.journal.targetId);
    expect(await codeOf(other.transaction((tx) => lockTarget(tx, fence)))).toBe('Fenced');
  });

  test('reads the brake in the locked row', async () => {
    const writer = newWriter();
    const fence = await takeFence(writer, test1.journal.targetId);
    await setBrake(test1.journal, 'pause', 'admin');
    expect(await writer.transaction((tx) => lockTarget(tx, fence))).toBe('pause');
    await setBrake(test1.journal, 'go', 'admin');
    expect(await writer.transaction((tx) => lockTarget(tx, fence))).toBe('go');
  });

  test('left cleanly kills nobody later', async () => {
    const [one, other] = [newWriter(), newWriter()];
    const fence = await takeFence(one, test1.journal.targetId);
    await leaveFence(one, fence);
    await takeFence(other, test1.journal.targetId);
    expect(await codeOf(Promise.resolve(one.raw('SELECT 1')))).toBe('none');
  });
});

describe('the target', () => {
  test('has one holder; the second one learns who it is', async () => {
    expect(await holdTarget(test1.journal, 'rollover/a/2027')).toBeNull();
    expect(await holdTarget(test1.journal, 'rollover/a/2027')).toBeNull();
    expect(await holdTarget(test1.journal, 'sync/a')).toBe('rollover/a/2027');
    await releaseTarget(test1.journal, 'sync/a');
    expect((await selectTarget(test1.journal)).holder).toBe('rollover/a/2027');
    await releaseTarget(test1.journal, 'rollover/a/2027');
    expect(await holdTarget(test1.journal, 'sync/a')).toBeNull();
    await releaseTarget(test1.journal, 'sync/a');
  });

  test('asked for by two at once goes to one of them', async () => {
    const holders = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(holders.map((holder) => holdTarget(test1.journal, holder)));
    const winners = holders.filter((_, index) => answers[index] === null);
    expect(winners).toHaveLength(1);
    expect(new Set(answers.filter((answer) => answer !== null))).toEqual(new Set(winners));
    await releaseTarget(test1.journal, winners[0] ?? '');
  });
});
