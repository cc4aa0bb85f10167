import { defineConfig } from 'vitest/config';

// Apart from the other tests: what it needs is no part of npm's packages, and it takes a minute.
export default defineConfig({
  test: {
    name: 'container',
    environment: 'node',
    include: ['test/end-to-end/container/*.test.ts'],
    globalSetup: ['test/end-to-end/container/build-image.ts'],
    // One store of images for all.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 600_000,
  },
});
