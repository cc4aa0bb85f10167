import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { servableModel } from '../../../infra/local/compiled-model.ts';
import { startLocalTandem } from '../../../infra/local/tandem.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';
import { freePort } from '../../end-to-end/free-port.ts';
import { startBackendGate } from './backend-gate.ts';
import { type BrowserAddress, type BrowserName, findBrowser, howToGet, launchBrowser } from './browsers.ts';
import { SCREENSHOTS, writeScreenshotIndex } from './screenshots.ts';

declare module 'vitest' {
  interface ProvidedContext {
    edgeUrl: string;
    adminToken: string;
    gateUrl: string;
    browsers: Partial<Record<BrowserName, BrowserAddress>>;
  }
}

const ADMIN_TOKEN = 'the-admin-token-of-the-browser-tests';
// Wide enough for all tests, which come from one address: what a person is told at a limit is tried with a key's quota.
const RATE_LIMITS = [
  { name: 'RATE_LIMITER', namespace_id: '1001', simple: { limit: 100_000, period: 60 } },
  { name: 'KEY_RATE_LIMITER', namespace_id: '1002', simple: { limit: 100_000, period: 60 } },
];

const stops: (() => unknown)[] = [];

/** Starts both tiers and the browsers, tells the tests where they are, and gathers what the tests leave. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    await rm(SCREENSHOTS, { recursive: true, force: true });
    await mkdir(SCREENSHOTS, { recursive: true });
    const [served, browsers] = await Promise.all([startTiers(), startBrowsers()]);
    project.provide('edgeUrl', served.edgeUrl);
    project.provide('gateUrl', served.gateUrl);
    project.provide('adminToken', ADMIN_TOKEN);
    project.provide('browsers', browsers);
  } catch (error) {
    await stopAll();
    throw error;
  }
  return async () => {
    await stopAll();
    await writeScreenshotIndex();
  };
}

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

async function startTiers(): Promise<{ edgeUrl: string; gateUrl: string }> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'tandem-browser-'));
  stops.push(() => rm(stateDirectory, { recursive: true, force: true }));
  const backendPort = await freePort();
  const gate = await startBackendGate(`http://127.0.0.1:${backendPort}`);
  stops.push(() => gate.close());
  const tandem = await startLocalTandem({
    model: await servableModel(EMBEDDED_CHECKPOINT, {
      modelsDirectory: join(stateDirectory, 'models'),
      hubCache: join(stateDirectory, 'hub'),
      log: () => {},
    }),
    edgePort: await freePort(),
    backendPort,
    stateDirectory,
    verbose: false,
    signal: new AbortController().signal,
    edgeVariables: { BACKEND_URL: gate.url, ADMIN_TOKEN },
    edgeSettings: { ratelimits: RATE_LIMITS },
  });
  stops.push(() => tandem.stop());
  return { edgeUrl: tandem.edgeUrl, gateUrl: gate.url };
}

/** @throws {Error} in CI where one is missing: there it does not stay unnoticed */
async function startBrowsers(): Promise<Partial<Record<BrowserName, BrowserAddress>>> {
  const addresses: Partial<Record<BrowserName, BrowserAddress>> = {};
  for (const name of ['chromium', 'firefox'] as const) {
    const program = findBrowser(name);
    if (program !== undefined) {
      const { address, close } = await launchBrowser(name, program);
      stops.push(close);
      addresses[name] = address;
    } else if (process.env['CI']) throw new Error(howToGet(name));
    else console.warn(`Not tested here: ${howToGet(name)}.`);
  }
  return addresses;
}
