import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Plan } from '../../../data/model/plan.js';
import { planHash } from '../../../data/rules/plan/hash.js';
import { planFor } from './look.js';
import { group, memberships, snapshot, student } from './school.js';

const plan = planFor({ snapshot: snapshot([student('S1')], [group('9MAT')], memberships('9MAT: S1')) });

test('a plan has the same hash after it was stored as JSON, whatever the order of its keys', () => {
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, member]) => [key, turned(member)]),
          )
        : value;
  expect(planHash(turned(JSON.parse(JSON.stringify(plan))) as Plan)).toBe(planHash(plan));
});

test('everything in a plan counts', () => {
  const kept = { kind: 'user' as const, subject: 'S9', moodleId: 4 };
  const proposal = { kind: 'user' as const, externalId: 'S9', moodleId: 4, evidence: ['login' as const] };
  const notice = {
    level: 'held' as const,
    code: 'code-reused' as const,
    kind: 'course' as const,
    subject: 'X',
    moodleIds: [],
  };
  const reused = { group: 'X', courseId: 1, studentsBefore: 2, studentsLeft: 2 };
  const others: Plan[] = [
    { ...plan, changes: plan.changes.slice(1) },
    { ...plan, changes: [...plan.changes].reverse() },
    { ...plan, notices: [notice] },
    { ...plan, kept: [kept] },
    { ...plan, proposals: [proposal] },
    { ...plan, reusedCodes: [reused] },
    { ...plan, satisfied: 1 },
    { ...plan, counts: {} },
  ];
  expect(new Set([plan, ...others].map(planHash)).size).toBe(others.length + 1);
});

test('the hash is SHA-256 over one line of JSON per item', () => {
  const empty = planFor({});
  const lines = ['{"counts":{},"satisfied":0}', 'changes', 'notices', 'kept', 'proposals', 'reusedCodes', ''];
  expect(planHash(empty)).toBe(createHash('sha256').update(lines.join('\n')).digest('hex'));
});
