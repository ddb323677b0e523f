/** Deciding without a backup, as it travels and as it is asked. */
import { expect, test } from 'vitest';
import { decisionIdOf, toDecision } from '../../cli/decision/resolve.js';
import { age, renderDumpProgress, renderNewest, size } from '../../cli/text/backups.js';

const about = { gate: 'plan', opening: 1, hash: 'f'.repeat(64) } as const;

test('a decision without a backup is another decision than the one that was refused', () => {
  const plain = toDecision('run', about, 'approve', 'kiri', null);
  const without = toDecision('run', about, 'approve', 'kiri', null, { withoutBackup: true });
  expect(plain.withoutBackup).toBeUndefined();
  expect(without.withoutBackup).toBe(true);
  expect(without.decisionId).not.toBe(plain.decisionId);
  expect(plain.decisionId).toBe(decisionIdOf('run', about, 'approve', 'kiri'));
});

test('ages and sizes are said in words; progress of another shape is left out', () => {
  expect([age(0.5), age(1.2), age(30.9), age(80)]).toEqual([
    'less than an hour',
    '1 hour',
    '30 hours',
    '3 days',
  ]);
  expect([size(900), size(1_200_000), size(2.5e9)]).toEqual(['1 kB', '1.2 MB', '2.5 GB']);
  expect(renderDumpProgress({ bytes: 2e6, rows: 10, ofBytes: 9e6 })).toBe(
    ', 2.0 MB of about 9.0 MB, 10 rows',
  );
  expect(renderDumpProgress({ rows: 'x' })).toBe('');
  expect(renderNewest(null)).toContain('No dump');
});
