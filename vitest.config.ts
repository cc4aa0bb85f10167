import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { configDefaults, defineConfig } from 'vitest/config';

// The tests need no network, and neither wrangler nor ONNX Runtime is to look for one.
Object.assign(process.env, {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  ORT_DISABLE_TELEMETRY: '1',
  WRANGLER_SEND_METRICS: 'false',
});

// The tests start hundreds of programs, and without what Node compiled before, half of a start is compiling.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('./.tandem/compile-cache/', import.meta.url));

const servedModel = fileURLToPath(new URL('./models/tandem-mini/', import.meta.url));
const staticFiles = fileURLToPath(new URL('./.tandem/static-list/', import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              // Optional in wrangler.toml.
              analyticsEngineDatasets: { METRICS: { dataset: 'tandem_requests' } },
              bindings: { SEALING_SECRET: 'a-secret-that-seals-secrets-in-tests' },
              // A test is told by nobody but itself of what waits in an inbox.
              queueConsumers: [],
            },
          }),
        ],
        // wrangler.toml's [alias] is the bundler's; here Vite resolves modules.
        resolve: {
          alias: [
            { find: /^tandem-model\//, replacement: servedModel },
            { find: /^tandem-static\//, replacement: staticFiles },
          ],
        },
        test: {
          name: 'edge',
          include: ['test/edge/**/*.test.ts'],
          globalSetup: ['infra/build-static.ts'],
          // One workerd for all files: starting one takes longer than a file's tests. They share KV and the rate
          // limiter, so each test has its own session and client. Two files at once in it can leave the runner waiting
          // for good for one of them, so they run one after the other, whatever the machine has.
          isolate: false,
          maxWorkers: 1,
          testTimeout: 30_000,
          // Bundled as for deployment: its ES module only wraps a CommonJS one, which Vite alone unwraps too far.
          deps: { optimizer: { ssr: { enabled: true, include: ['obscenity'] } } },
        },
      },
      {
        test: {
          name: 'node',
          // After the edge's, which its number of workers forbids to share a group with.
          sequence: { groupOrder: 1 },
          // One for each core and not one fewer: what starts programs mostly waits for them.
          maxWorkers: '100%',
          environment: 'node',
          include: ['test/{shared,gpu-backend,infra,reference,bench,end-to-end}/**/*.test.ts'],
          // Has a configuration and a script of its own.
          exclude: [...configDefaults.exclude, 'test/end-to-end/container/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
