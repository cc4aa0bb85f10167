import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type BackendConfig, describeConfig, readConfig } from './config.ts';
import { ModelRepository } from './models/model-repository.ts';
import { type NamedModelSource, nameModels, readModelSources } from './models/model-source.ts';
import { modelOpener } from './models/open-model.ts';
import { createHttpServer } from './protocol/http-server.ts';
import { InferenceWorker } from './runtime/inference-worker.ts';
import { systemClock as clock } from './scheduler/clock.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { createServer } from './server/app.ts';

// How long the last answers may take on their way out, once nothing generates any more.
const LAST_ANSWERS_MS = 1000;

interface Backend {
  config: BackendConfig;
  repository: ModelRepository;
  isDraining: boolean;
}

const USAGE = `Usage: node gpu-backend/main.ts [--model NAME=DIR]…

  --model NAME=DIR  Serves a compiled model under this name, beside MODEL_DIR's. May be repeated.

Options, from the environment [default]:
${describeConfig()}`;

await main().catch(fail);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean' }, model: { type: 'string', multiple: true, default: [] } },
  });
  if (values.help) return console.log(USAGE);
  const config = readConfig(process.env);
  const models = await nameModels(readModelSources(config, values.model));
  const repository = new ModelRepository(models, {
    opener: modelOpener((model) => startScheduler(config, model)),
    drainTimeoutMs: config.drainTimeoutSeconds * 1000,
  });
  const backend = { config, repository, isDraining: false };
  // Before the models are opened: a port in use is told at once, and probes find the server alive while they load.
  const server = await listen(backend);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => drain(backend, server).catch(fail));
  }
  const startedAtMs = clock.nowMs();
  await repository.loadAll();
  const names = models.map(({ name }) => name);
  log({ event: 'ready', models: names, load_ms: Math.round(clock.nowMs() - startedAtMs) });
}

function startScheduler(config: BackendConfig, { name, directory }: NamedModelSource): Scheduler {
  const { inferenceThreads, maxBatchSize, maxQueueSize, maxQueueDelayMicroseconds } = config;
  return new Scheduler({
    openWorker: () =>
      new InferenceWorker({
        modelDirectory: directory,
        ...(inferenceThreads && { threads: inferenceThreads }),
      }),
    limits: { maxBatchSize, maxQueueSize, maxQueueDelayMs: maxQueueDelayMicroseconds / 1000 },
    clock,
    log: (line) => log({ ...line, model: name }),
  });
}

async function listen(backend: Backend): Promise<Server> {
  const { config, repository } = backend;
  const app = createServer({
    repository,
    limits: config,
    token: config.token,
    isDraining: () => backend.isDraining,
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
  const { repository } = backend;
  log({ event: 'draining', waiting: repository.waiting });
  await repository.unloadAll();
  server.close();
  await Promise.race([once(server, 'close'), wait(LAST_ANSWERS_MS)]);
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
