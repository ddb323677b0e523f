/** Ends a run with one line that people and machines count by: `N passed, N failed[, N skipped]`. */
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

export default class CountReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else counts.skipped += 1;
      }
      // a file that cannot be loaded has no tests, a suite whose set-up fails skips them: failures all the same
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    }
    // the set-up of the whole run failed
    if (reason === 'failed') counts.failed = Math.max(1, counts.failed);
    // the default reporter writes its summary at the same moment: stay the last line
    process.once('exit', () => process.stdout.write(`\n${sentence(counts)}\n`));
  }
}

function sentence(counts: { passed: number; failed: number; skipped: number }): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}
