/** From what was typed to the decision that is sent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionIdOf, parseHash, resolveWish, type Decided, type Wish } from '../../cli/decision/resolve.js';
import { decisionsWithin } from '../../cli/decision/within.js';
import { gates, type OpenGate } from '../../data/model/gate.js';

const hash = 'ab12cd34'.repeat(8);
const open: OpenGate = {
  gate: 'plan',
  opening: 2,
  subject: { kind: 'plan', id: 7 },
  hash,
  counts: {},
  openedAt: '2027-01-05T00:00:00Z',
};
const wish: Wish = { verdict: 'approve', gate: null, hash: null, opening: null };
const earlier: Decided = { gate: 'data', opening: 1, verdict: 'approve', hash: 'ef'.repeat(32) };

describe('what a decision is about', () => {
  test('without anything named: the gate that waits', () => {
    expect(resolveWish(wish, open, [])).toEqual({ kind: 'open', about: { gate: 'plan', opening: 2, hash } });
  });

  test('a part of the hash is completed from what waits', () => {
    const { about } = resolveWish({ ...wish, hash: 'ab12cd34' }, open, []);
    expect(about?.hash).toBe(hash);
  });

  test.each([
    ['another hash', { hash: '00000000' }, 'StaleDecision'],
    ['another opening', { opening: 1 }, 'StaleDecision'],
    ['another gate', { gate: 'tidy' as const }, 'GateNotOpen'],
  ])('%s is refused', (_, change, code) => {
    expect(resolveWish({ ...wish, ...change }, open, [])).toMatchObject({ kind: 'refuse', code });
  });

  test('nothing waits', () => {
    expect(resolveWish(wish, null, [])).toEqual({ kind: 'refuse', code: 'GateNotOpen', about: null });
  });

  test('the same again is found by its hash, also when the next gate is open [T54]', () => {
    const again = { ...wish, gate: 'data' as const, hash: earlier.hash.slice(0, 12) };
    expect(resolveWish(again, open, [earlier])).toMatchObject({ kind: 'decided', before: 'approve' });
  });

  test('approving twice without a hash never approves the next gate [T54]', () => {
    expect(resolveWish({ ...wish, gate: 'data' }, open, [earlier])).toMatchObject({
      kind: 'refuse',
      code: 'GateNotOpen',
    });
  });

  test('whatever is typed, what is sent names the hash and opening that wait, or is no decision', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 8, maxLength: 64 });
    const wishes = fc.record({
      verdict: fc.constantFrom('approve' as const, 'reject' as const),
      gate: fc.option(fc.constantFrom(...gates)),
      hash: fc.option(
        fc.oneof(
          hex,
          fc.constant(hash),
          fc.nat(64).map((n) => hash.slice(0, Math.max(8, n))),
        ),
      ),
      opening: fc.option(fc.nat(4)),
    });
    fc.assert(
      fc.property(wishes, (one) => {
        const resolved = resolveWish(one, open, []);
        if (resolved.kind !== 'open') return;
        expect(resolved.about).toEqual({ gate: 'plan', opening: 2, hash });
        expect(one.gate ?? 'plan').toBe('plan');
        expect(hash.startsWith(one.hash ?? '')).toBe(true);
        expect(one.opening ?? 2).toBe(2);
      }),
    );
  });
});

test('capitals in a hash are the same hash', () => {
  expect(parseHash('AB12CD34')).toBe('ab12cd34');
});

test('a decision’s id tells people, openings, verdicts and executions apart, and nothing else', () => {
  const about = { gate: 'plan', opening: 1, hash } as const;
  const id = decisionIdOf('run-1', about, 'approve', 'kiri');
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(decisionIdOf('run-1', { ...about }, 'approve', 'kiri')).toBe(id);
  const others = [
    decisionIdOf('run-2', about, 'approve', 'kiri'),
    decisionIdOf('run-1', { ...about, opening: 2 }, 'approve', 'kiri'),
    decisionIdOf('run-1', { ...about, gate: 'data' }, 'approve', 'kiri'),
    decisionIdOf('run-1', about, 'reject', 'kiri'),
    decisionIdOf('run-1', about, 'approve', 'mere'),
  ];
  expect(new Set([id, ...others]).size).toBe(6);
});

test('decisions of an earlier run with the same workflow id are not this run’s', () => {
  const run = { startedAt: '2026-12-20 10:00:00.000', endedAt: '2026-12-21 10:00:00.000' };
  const decisions = ['2026-12-19 23:59:59.999', '2026-12-20 12:00:00.000', '2026-12-22 00:00:00.000'].map(
    (decidedAt) => ({ decidedAt }),
  );
  expect(decisionsWithin(run, decisions)).toEqual([decisions[1]]);
  expect(decisionsWithin({ ...run, endedAt: null }, decisions)).toHaveLength(2);
});
