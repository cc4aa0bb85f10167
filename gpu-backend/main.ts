import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fingerprintOf, type Manifest } from './compiler/manifest.ts';
import { type BackendConfig, configWarnings, readConfig } from './config/config.ts';
import { helpText } from './config/help.ts';
import { createHttpServer } from './http/http-server.ts';
import { listen } from './http/listen.ts';
import { readTlsFiles, reloadTlsFiles } from './http/tls-files.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { ModelRepository } from './models/model-repository.ts';
import { type NamedModelSource, nameModels } from './models/model-source.ts';
import { modelOpener } from './models/open-model.ts';
import { InferenceProcess } from './runtime/inference-worker.ts';
import { systemClock as clock } from './scheduler/clock.ts';
import { logEvents } from './scheduler/event-log.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { createServer } from './server/app.ts';
import { logInferences } from './server/inference-log.ts';
import { createWatchServer } from './server/watch-app.ts';
import { openTracing, type Tracing } from './tracing/tracing.ts';

// How long the last answers and spans may take on their way out, once nothing generates any more.
const LAST_ANSWERS_MS = 1000;

/** Who is told of what happens. */
interface Telemetry {
  log: Log;
  metrics: Metrics;
  tracing: Tracing;
}

interface Backend extends Telemetry {
  config: BackendConfig;
  repository: ModelRepository;
  isDraining: boolean;
}

// A log that nobody takes any more, for its disk is full or its reader gone, is no reason to stop serving.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const args = process.argv.slice(2);
if (args.includes('--help')) console.log(helpText());
else await main().catch(fail);

async function main(): Promise<void> {
  const config = readConfig({ environment: process.env, args });
  const log = createLog(config.logLevel);
  for (const message of configWarnings(config, process.env))
    log({ event: 'configuration', level: 'warn', message });
  const telemetry = {
    log,
    metrics: createMetrics(),
    tracing: await openTracing({ clock, log }, process.env),
  };
  const models = await nameModels(config.models);
  const repository = new ModelRepository(models, {
    opener: modelOpener({
      startScheduler: (model, manifest) => startScheduler({ config, ...telemetry }, model, manifest),
      onOpened: ({ name }, manifest) => telemetry.metrics.describeModel(name, manifest),
    }),
    drainTimeoutMs: config.drainTimeoutSeconds * 1000,
  });
  telemetry.metrics.watch(repository);
  const backend = { config, ...telemetry, repository, isDraining: false };
  // Before the models are opened: a port in use is told at once, and probes find the server alive while they load.
  if (config.metricsPort !== undefined) await serveWatch(backend, config.metricsPort);
  const { server, url } = await serve(backend);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => endWith(signal, backend, server));
  }
  // Whoever reads this may end the process.
  log({ event: 'listening', url });
  const startedAtMs = clock.nowMs();
  await repository.loadAll();
  const names = models.map(({ name }) => name);
  log({ event: 'ready', models: names, load_ms: Math.round(clock.nowMs() - startedAtMs) });
}

function startScheduler(
  { config, log, metrics }: Pick<Backend, 'config' | 'log' | 'metrics'>,
  { name, directory }: NamedModelSource,
  manifest: Manifest,
): Scheduler {
  const { devices, inferenceThreads, maxQueueDelayMicroseconds } = config;
  // A process that replaces another runs what requests are checked for, and no newer build that nobody has loaded yet.
  const model = {
    modelDirectory: directory,
    fingerprint: fingerprintOf(manifest),
    threads: inferenceThreads,
  };
  const observers = [logEvents((line) => log({ ...line, model: name })), metrics.schedulerObserver(name)];
  return new Scheduler({
    openWorkers: devices.map((device) => () => new InferenceProcess({ ...model, device })),
    limits: { ...config, maxQueueDelayMs: maxQueueDelayMicroseconds / 1000 },
    clock,
    observe: (event) => {
      for (const observe of observers) observe(event);
    },
  });
}

async function serve(backend: Backend): Promise<{ server: Server; url: string }> {
  const { config, log, metrics, tracing, repository } = backend;
  const observers = [logInferences(log), metrics.onInference, tracing.onInference];
  const app = createServer({
    repository,
    limits: config,
    tokens: config.tokens,
    isDraining: () => backend.isDraining,
    clock,
    onInference: (record) => {
      for (const observe of observers) observe(record);
    },
    metrics: config.metricsPort === undefined ? metrics : undefined,
    log,
  });
  const files = config.tls;
  const inUse = files && readTlsFiles(files);
  const server = createHttpServer((request) => app.fetch(request), config, inUse);
  if (files && inUse && server instanceof HttpsServer) reloadTlsFiles(server, { files, inUse }, log);
  return { server, url: await listen(server, { ...config, variable: 'BACKEND_PORT' }) };
}

async function serveWatch(backend: Backend, port: number): Promise<void> {
  const app = createWatchServer({ ...backend, isDraining: () => backend.isDraining });
  const server = createHttpServer((request) => app.fetch(request), backend.config);
  const url = await listen(server, { host: backend.config.host, port, variable: 'METRICS_PORT' });
  backend.log({ event: 'listening for metrics', url });
}

/** Ends the process: at the first signal once what it has is answered, at a second one at once. */
function endWith(signal: 'SIGTERM' | 'SIGINT', backend: Backend, server: Server): void {
  if (!backend.isDraining) return void drain(backend, server).catch(fail);
  backend.log({ event: 'stopped', level: 'warn', message: `${signal} came twice` });
  process.exit(128 + constants.signals[signal]);
}

/** Answers what runs and, for the configured time, what waits; then ends the process. */
async function drain(backend: Backend, server: Server): Promise<void> {
  backend.isDraining = true;
  const { log, repository, tracing } = backend;
  log({ event: 'draining', waiting: repository.waiting });
  await repository.endAll();
  server.close();
  await Promise.race([Promise.all([once(server, 'close'), tracing.close()]), wait(LAST_ANSWERS_MS)]);
  log({ event: 'stopped' });
  process.exit(0);
}

function fail(error: Error): never {
  console.error(`tandem-gpu-backend: ${error.message}`);
  process.exit(1);
}
