/** Items beside a plan lie in pages that the column holds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromPage, toPages } from '../../data/journal/plan-items.js';

const item = fc.record({ kind: fc.constantFrom('user', 'course'), subject: fc.string({ maxLength: 300 }) });

test('pages give the items back in their order, and none is too long for its column', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 400 }), (items) => {
      const pages = [...toPages(items)];
      expect(pages.flatMap((page) => fromPage(page))).toEqual(items);
      for (const page of pages) expect(Buffer.byteLength(page)).toBeLessThan(65_535);
    }),
  );
});

test('many items are few pages, and an item that is longer than a page is one of its own', () => {
  const kept = Array.from({ length: 3000 }, (_, moodleId) => ({
    kind: 'enrolment',
    subject: '9MAT1',
    moodleId,
  }));
  expect([...toPages(kept)].length).toBeLessThan(15);
  expect([...toPages([])]).toEqual([]);
  const long = { subject: 'x'.repeat(40_000) };
  expect([...toPages([kept[0], long, kept[1]])].map((page) => fromPage(page).length)).toEqual([1, 1, 1]);
});

test('a row of an earlier version is one item', () => {
  expect(fromPage('{"kind":"user"}')).toEqual([{ kind: 'user' }]);
});
