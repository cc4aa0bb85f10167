import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Manifest, readManifest } from './compiler/manifest.ts';
import { type BackendConfig, describeConfig, readConfig } from './config.ts';
import { createHttpServer } from './protocol/http-server.ts';
import { InferenceWorker } from './runtime/inference-worker.ts';
import { systemClock as clock } from './scheduler/clock.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { createServer } from './server.ts';

// How long the last answers may take on their way out, once nothing generates any more.
const LAST_ANSWERS_MS = 1000;

interface Backend {
  config: BackendConfig;
  manifest: Manifest;
  scheduler: Scheduler;
  isDraining: boolean;
}

if (process.argv.includes('--help')) {
  console.log(
    `Usage: node gpu-backend/main.ts\n\nOptions, from the environment [default]:\n${describeConfig()}`,
  );
} else {
  await main().catch(fail);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const manifest = await readManifest(config.modelDirectory);
  const backend = { config, manifest, scheduler: startScheduler(config), isDraining: false };
  // Before the model is opened: a port in use is told at once, and probes find the server alive while it loads.
  const server = await listen(backend);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => drain(backend, server).catch(fail));
  }
  const startedAtMs = clock.nowMs();
  await backend.scheduler.open();
  log({ event: 'ready', model: manifest.name, load_ms: Math.round(clock.nowMs() - startedAtMs) });
}

function startScheduler(config: BackendConfig): Scheduler {
  const { modelDirectory, inferenceThreads, maxBatchSize, maxQueueSize, maxQueueDelayMicroseconds } = config;
  return new Scheduler({
    openWorker: () =>
      new InferenceWorker({ modelDirectory, ...(inferenceThreads && { threads: inferenceThreads }) }),
    limits: { maxBatchSize, maxQueueSize, maxQueueDelayMs: maxQueueDelayMicroseconds / 1000 },
    clock,
    log,
  });
}

async function listen(backend: Backend): Promise<Server> {
  const { config, manifest, scheduler } = backend;
  const app = createServer({
    model: { ...manifest, name: config.modelName ?? manifest.name },
    limits: config,
    token: config.token,
    state: () => (backend.isDraining ? 'draining' : scheduler.isReady ? 'ready' : 'loading'),
    submit: (submission) => scheduler.submit(submission),
    clock,
    log,
  });
  const server = createHttpServer((request) => app.fetch(request));
  server.listen(config.port, config.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(describeListenError(error as NodeJS.ErrnoException, config));
  }
  log({ event: 'listening', url: urlOf(server.address() as AddressInfo) });
  return server;
}

/** Answers what runs and, for the configured time, what waits; then ends the process. */
async function drain(backend: Backend, server: Server): Promise<void> {
  if (backend.isDraining) return;
  backend.isDraining = true;
  const { config, scheduler } = backend;
  log({ event: 'draining', waiting: scheduler.waiting });
  await scheduler.drain(config.drainTimeoutSeconds * 1000);
  server.close();
  await Promise.race([once(server, 'close'), wait(LAST_ANSWERS_MS)]);
  await scheduler.close();
  log({ event: 'stopped' });
  process.exit(0);
}

function describeListenError(error: NodeJS.ErrnoException, { host, port }: BackendConfig): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} on ${host} is in use: choose another with BACKEND_PORT.`;
  if (error.code === 'EACCES')
    return `port ${port} may not be opened by this user: choose another with BACKEND_PORT.`;
  return `cannot listen on ${host}, port ${port}: ${error.message}`;
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function log(line: Record<string, unknown>): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), ...line }));
}

function fail(error: Error): never {
  console.error(`tandem-gpu-backend: ${error.message}`);
  process.exit(1);
}
