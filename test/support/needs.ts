/** Suites that need something a machine may lack: skipped with a word there, a failure under CI. */
import { describe, expect, test } from 'vitest';

/**
 * @param present whether what is needed is at hand
 * @param lacks what is lacking otherwise, and how to get it; ends the word "skipped: …"
 */
export function describeWhere(present: boolean, lacks: string, name: string, suite: () => void): void {
  if (present) {
    describe(name, suite);
    return;
  }
  if (process.env['CI'] === 'true') {
    describe(name, () => {
      test('has what it needs', () => {
        expect.fail(`skipped: ${lacks}. Under CI that is a failure.`);
      });
    });
    return;
  }
  console.log(`skipped: ${name} (${lacks})`);
  describe.skip(name, suite);
}
