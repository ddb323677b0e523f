/** The test server on which weeks pass in seconds, where `bin/test` could set it up. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../../embedded/process.js';

/** Kept at the version that bin/lib/time-skipping.mjs fetches. */
const program = join(cacheFolder(), 'time-skipping-1.35.0', 'temporal-test-server');

/**
 * A server of its own, with time that jumps over timers. One worker per environment: the server may end when a
 * second one is made.
 */
export function createTimeSkipping(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: program } },
  });
}

/** A suite that lets weeks pass: skipped with a word where there is no Java, a failure under CI. */
export function describeWithTimeSkipping(name: string, suite: () => void): void {
  if (existsSync(program)) {
    describe(name, suite);
    return;
  }
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      test('has the time-skipping test server at hand', () => {
        expect(existsSync(program), 'skipped: no time-skipping server, which CI must have').toBe(true);
      });
    });
    return;
  }
  console.log(
    `skipped: ${name} (no time-skipping test server; bin/test fetches it where Java and Maven are)`,
  );
  describe.skip(name, suite);
}
