import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type BackendConfig, configWarnings, readConfig } from './config/config.ts';
import { helpText } from './config/help.ts';
import { createLog, type Log } from './log.ts';
import { ModelRepository } from './models/model-repository.ts';
import { type NamedModelSource, nameModels } from './models/model-source.ts';
import { modelOpener } from './models/open-model.ts';
import { createHttpServer } from './protocol/http-server.ts';
import { InferenceProcess } from './runtime/inference-worker.ts';
import { systemClock as clock } from './scheduler/clock.ts';
import { logEvents } from './scheduler/event-log.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { createServer } from './server/app.ts';

// How long the last answers may take on their way out, once nothing generates any more.
const LAST_ANSWERS_MS = 1000;

interface Backend {
  config: BackendConfig;
  log: Log;
  repository: ModelRepository;
  isDraining: boolean;
}

const args = process.argv.slice(2);
if (args.includes('--help')) console.log(helpText());
else await main().catch(fail);

async function main(): Promise<void> {
  const config = readConfig({ environment: process.env, args });
  const log = createLog(config.logLevel);
  for (const message of configWarnings(config, process.env))
    log({ event: 'configuration', level: 'warn', message });
  const models = await nameModels(config.models);
  const repository = new ModelRepository(models, {
    opener: modelOpener((model) => startScheduler({ config, log }, model)),
    drainTimeoutMs: config.drainTimeoutSeconds * 1000,
  });
  const backend = { config, log, repository, isDraining: false };
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

function startScheduler(
  { config, log }: Pick<Backend, 'config' | 'log'>,
  { name, directory }: NamedModelSource,
): Scheduler {
  const { devices, inferenceThreads, maxBatchSize, maxQueueSize, maxQueueDelayMicroseconds } = config;
  const model = { modelDirectory: directory, threads: inferenceThreads };
  return new Scheduler({
    openWorkers: devices.map((device) => () => new InferenceProcess({ ...model, device })),
    limits: { maxBatchSize, maxQueueSize, maxQueueDelayMs: maxQueueDelayMicroseconds / 1000 },
    clock,
    observe: logEvents((line) => log({ ...line, model: name })),
  });
}

async function listen(backend: Backend): Promise<Server> {
  const { config, log, repository } = backend;
  const app = createServer({
    repository,
    limits: config,
    tokens: config.tokens,
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
  const { log, repository } = backend;
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

function fail(error: Error): never {
  console.error(`tandem-gpu-backend: ${error.message}`);
  process.exit(1);
}
