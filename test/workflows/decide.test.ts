import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision, DecisionOutcome, OpenGate } from '../../data/model/gate.js';
import { isReadable, judgeApproval, judgeDecision, readDecision } from '../../workflows/decide.js';

const open: OpenGate = {
  gate: 'plan',
  opening: 2,
  subject: { kind: 'plan', id: 4 },
  hash: 'h2',
  counts: {},
  openedAt: '2026-12-15T00:00:00Z',
};
const approval: Decision = {
  decisionId: 'd1',
  gate: 'plan',
  opening: 2,
  verdict: 'approve',
  hash: 'h2',
  by: 'a1',
};
const outcome: DecisionOutcome = { decisionId: 'd1', gate: 'plan', opening: 2, verdict: 'approve' };

describe('a decision', () => {
  test('counts when it names the open gate, its opening and its hash', () => {
    expect(judgeDecision(approval, open, [])).toEqual({ kind: 'accept' });
  });

  test('pressed twice returns the first outcome [T54]', () => {
    expect(judgeDecision(approval, null, [outcome])).toEqual({ kind: 'repeat', outcome });
    expect(judgeDecision({ ...approval, decisionId: 'd2' }, null, [outcome])).toEqual({
      kind: 'repeat',
      outcome,
    });
  });

  test('that differs from the first one is AlreadyDecided', () => {
    expect(judgeDecision({ ...approval, verdict: 'reject' }, null, [outcome])).toEqual({
      kind: 'refuse',
      code: 'AlreadyDecided',
    });
  });

  test('for a gate that is not open is refused, and nothing keeps it for later', () => {
    expect(judgeDecision(approval, null, [])).toEqual({ kind: 'refuse', code: 'GateNotOpen' });
    expect(judgeDecision({ ...approval, gate: 'tidy', opening: 1 }, open, [])).toEqual({
      kind: 'refuse',
      code: 'GateNotOpen',
    });
  });

  test('that looked at another plan or an earlier opening is stale', () => {
    expect(judgeDecision({ ...approval, hash: 'h1' }, open, [])).toEqual({
      kind: 'refuse',
      code: 'StaleDecision',
    });
    expect(judgeDecision({ ...approval, opening: 1 }, open, [])).toEqual({
      kind: 'refuse',
      code: 'StaleDecision',
    });
  });

  test('may be refused by the gate itself, but only an approval', () => {
    const blocked = (): 'BlockingFindings' => 'BlockingFindings';
    expect(judgeDecision(approval, open, [], blocked)).toEqual({ kind: 'refuse', code: 'BlockingFindings' });
    expect(judgeDecision({ ...approval, verdict: 'reject' }, open, [], blocked)).toEqual({ kind: 'accept' });
  });

  test('typed by hand never breaks, whatever was typed, and never counts by accident', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        const decision = readDecision(raw);
        const judgement = isReadable(decision) ? judgeDecision(decision, open, []) : { kind: 'refuse' };
        const fields = raw as Partial<Decision> | null | undefined;
        if (fields?.hash !== 'h2') expect(judgement.kind).toBe('refuse');
      }),
    );
  });
});

describe('where two must approve', () => {
  const first: DecisionOutcome = { ...outcome, awaits: 'second-person' };
  const none = { needed: 2, given: [], by: [] };
  const one = { needed: 2, given: [first], by: ['a1'] };

  test('each account counts once', () => {
    expect(judgeApproval(approval, 'update', none)).toEqual({ kind: 'accept' });
    expect(judgeApproval({ ...approval, decisionId: 'd9' }, 'update', one)).toEqual({
      kind: 'refuse',
      code: 'SecondPersonMissing',
    });
    expect(judgeApproval({ ...approval, decisionId: 'd9', by: 'a2' }, 'update', one)).toEqual({
      kind: 'accept',
    });
  });

  test('the same message twice is one approval', () => {
    expect(judgeApproval(approval, 'update', one)).toEqual({ kind: 'repeat', outcome: first });
  });

  test('a signal is neither of them, and can reject', () => {
    const code = { kind: 'refuse', code: 'SecondPersonMissing' };
    expect(judgeApproval(approval, 'signal', none)).toEqual(code);
    expect(judgeApproval({ ...approval, decisionId: 'd9', by: 'a2' }, 'signal', one)).toEqual(code);
    expect(judgeApproval({ ...approval, verdict: 'reject' }, 'signal', one)).toEqual({ kind: 'accept' });
  });

  test('one is enough elsewhere', () => {
    expect(judgeApproval(approval, 'signal', { ...none, needed: 1 })).toEqual({ kind: 'accept' });
  });
});
