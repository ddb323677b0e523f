/** A slice reckons how far it is; what it reckons is what the journal would count. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasDrifted, progressAfter } from '../../data/apply/slice.js';

const states = fc.constantFrom('applied', 'satisfied', 'conflict');
const batches = fc.array(fc.array(states, { maxLength: 20 }), { maxLength: 10 });

test('batch after batch ends where counting them all would', () => {
  fc.assert(
    fc.property(batches, fc.nat(50), (done, left) => {
      const all = done.flat();
      const before = { pending: all.length + left, applied: 0, satisfied: 0, conflict: 0 };
      const reckoned = done.reduce(
        (progress, batch) =>
          progressAfter(
            progress,
            batch.map((state, seq) => ({ seq, state })),
          ),
        before,
      );
      const counted = (wanted: string): number => all.filter((state) => state === wanted).length;
      expect(reckoned).toEqual({
        pending: left,
        applied: counted('applied'),
        satisfied: counted('satisfied'),
        conflict: counted('conflict'),
      });
    }),
  );
});

test('more than one in a hundred and at least ten conflicts are too many', () => {
  const after = (conflict: number, applied: number): boolean =>
    hasDrifted({ pending: 0, applied, satisfied: 0, conflict });
  expect(after(9, 0)).toBe(false);
  expect(after(10, 989)).toBe(true);
  expect(after(10, 990)).toBe(false);
});
