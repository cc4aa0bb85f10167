import { defineConfig } from 'vitest/config';

// Apart from the other tests: browsers are no part of npm's packages.
export default defineConfig({
  test: {
    name: 'browser',
    environment: 'node',
    include: ['test/browser/**/*.test.ts'],
    // Both tiers and the browsers are started once for all files.
    globalSetup: ['test/browser/harness/set-up.ts'],
    // The files share one backend, whose answers a test may hold back.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
