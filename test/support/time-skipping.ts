/** The test server on which weeks pass in seconds, where `bin/test` could set it up. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { cacheFolder } from '../../embedded/process.js';
import { describeWhere } from './needs.js';

/** Kept at the version that bin/lib/time-skipping.mjs fetches. */
const program = join(cacheFolder(), 'time-skipping-1.35.0', 'temporal-test-server');

/** The SDK gives the server five seconds to start, which a busy machine may not have for a Java program. */
const ATTEMPTS = 5;

/**
 * A server of its own, with time that jumps over timers. One worker per environment: the server may end when a
 * second one is made.
 */
export async function createTimeSkipping(attempt = 1): Promise<TestWorkflowEnvironment> {
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: program } },
    });
  } catch (error) {
    if (attempt >= ATTEMPTS) throw error;
    return createTimeSkipping(attempt + 1);
  }
}

/** A suite that lets weeks pass: skipped with a word where there is no Java, a failure under CI. */
export function describeWithTimeSkipping(name: string, suite: () => void): void {
  const lacks = 'no time-skipping test server; bin/test fetches it where Java and Maven are';
  describeWhere(existsSync(program), lacks, name, suite);
}
