import { defineConfig } from 'vitest/config';

// Apart from the other tests: kustomize, Compose and the schemas are no part of npm's packages. They are fetched once.
export default defineConfig({
  test: {
    name: 'manifests',
    environment: 'node',
    include: ['test/manifests/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
