import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/count-reporter.ts'],
    // worker threads and the Temporal bridge do not go together; each file has schemas of its own
    pool: 'forks',
    maxWorkers: 2,
    // tests of one file that run beside each other start servers of their own
    maxConcurrency: 2,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
