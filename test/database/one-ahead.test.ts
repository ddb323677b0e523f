/** Statements that are made while the server works on the one before. */
import { expect, test } from 'vitest';
import { oneAhead } from '../../data/database/one-ahead.js';

/** Work that ends when it is told to. */
function controlled() {
  const begun: number[] = [];
  const ends = new Map<number, { resolve: (value: number) => void; reject: (error: Error) => void }>();
  const work = (item: number): Promise<number> => {
    begun.push(item);
    return new Promise((resolve, reject) => ends.set(item, { resolve, reject }));
  };
  return { begun, ends, work };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('sends the next one while one is under way, and no more than that', async () => {
  const { begun, ends, work } = controlled();
  const done = oneAhead([1, 2, 3], work);
  await turn();
  expect(begun).toEqual([1, 2]);
  ends.get(1)?.resolve(10);
  await turn();
  expect(begun).toEqual([1, 2, 3]);
  ends.get(3)?.resolve(30);
  ends.get(2)?.resolve(20);
  expect(await done).toEqual([10, 20, 30]);
});

test('asks for an item only when it is sent', async () => {
  const asked: number[] = [];
  function* items(): Generator<number> {
    for (let item = 1; item <= 4; item++) {
      asked.push(item);
      yield item;
    }
  }
  const { ends, work } = controlled();
  const done = oneAhead(items(), work);
  await turn();
  expect(asked).toEqual([1, 2]);
  for (const item of [1, 2, 3, 4]) {
    ends.get(item)?.resolve(item);
    await turn();
  }
  expect(await done).toEqual([1, 2, 3, 4]);
});

test('throws the first failure when nothing is under way any more, and sends nothing after it', async () => {
  const { begun, ends, work } = controlled();
  let thrown: unknown;
  const done = oneAhead([1, 2, 3], work).catch((error: unknown) => (thrown = error));
  await turn();
  ends.get(1)?.reject(new Error('first'));
  await turn();
  expect(thrown).toBeUndefined();
  ends.get(2)?.reject(new Error('second'));
  await done;
  expect(thrown).toMatchObject({ message: 'first' });
  expect(begun).toEqual([1, 2]);
});

test('does nothing for nothing', async () => {
  expect(await oneAhead([], () => Promise.reject(new Error('never')))).toEqual([]);
});
