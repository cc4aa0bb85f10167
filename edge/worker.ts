import { env, waitUntil } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { createBackendPool } from './backends/backend-pool.ts';
import type { AppDependencies } from './dependencies.ts';
import { readSettings } from './env.ts';
import { FIGURES_OBJECT } from './figures/figures-object.ts';
import { createLiveFigures, OBJECT_REPORT_MS, REPORT_MS } from './figures/live-figures.ts';
import { createKeyReader } from './keys/key-reader.ts';
import { createTurnstile } from './keys/turnstile.ts';
import { createCandidate } from './models/candidate.ts';
import { createSealer } from './secrets/sealed.ts';
import { sessionObjectWith } from './session/session-object-with.ts';
import { sessionsIn } from './session/sessions.ts';
import { modelConfig, tokenizer } from './tokenizer/model.ts';
import { createFindIntegration } from './webhooks/integrations/find-integration.ts';
import { consumeWakeUps, type WakeUp } from './webhooks/inbound/consume.ts';
import type { Inbox } from './webhooks/inbound/inbox-calls.ts';
import { inboxObjectWith } from './webhooks/inbound/inbox-object-with.ts';
import { deliveriesObjectWith } from './webhooks/outbound/deliveries-object-with.ts';
import { webhooksIn } from './webhooks/outbound/webhooks.ts';

export { FiguresObject } from './figures/figures-object.ts';
export { ApiKeyObject } from './keys/key-object.ts';
export { IntegrationObject } from './webhooks/integrations/integration-object.ts';
export { WebhooksObject } from './webhooks/outbound/webhooks-object.ts';

// Read at module scope: a wrong variable fails the deployment and not the first request.
const settings = readSettings(env);
const sealer = settings.sealingSecrets && createSealer(settings.sealingSecrets);
const { id: versionId } = env.VERSION;
// While two versions share requests, their errors are told apart by it.
const log = (entry: Record<string, unknown>) =>
  console.log(JSON.stringify({ ...entry, version_id: versionId }));

const wait = (ms: number) => scheduler.wait(ms);
const figuresObject = () => env.FIGURES.getByName(FIGURES_OBJECT);
const isWatched = settings.adminToken !== null || settings.metricsToken !== null;
const createFigures = (gatherMs: number) =>
  createLiveFigures({
    report: (minutes) => figuresObject().report(minutes),
    ...{ now: Date.now, wait, waitUntil, log, gatherMs },
  });

const pool = {
  ...settings,
  padToken: modelConfig.tokens.pad,
  vocabSize: modelConfig.vocabSize,
  fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  now: Date.now,
  random: Math.random,
  waitUntil,
  log,
};
const model = { name: settings.modelName, config: modelConfig, tokenizer };
const backend = createBackendPool(pool);

const dependencies: AppDependencies = {
  settings,
  versionId,
  model,
  backend,
  candidate: createCandidate({ settings, served: { model, backend }, pool }),
  sessions: sessionsIn((id) => env.SESSION_OBJECTS.getByName(id)),
  sessionNamespace: env.SESSIONS,
  keys: createKeyReader({
    kv: env.KEYS,
    readObject: (id) => env.API_KEYS.getByName(id).read(),
    now: Date.now,
  }),
  keyObject: (id) => env.API_KEYS.getByName(id),
  findIntegration: createFindIntegration({
    kv: env.KEYS,
    objectOf: (id) => env.INTEGRATIONS.getByName(id),
    sealer,
    now: Date.now,
  }),
  integrationObject: (id) => env.INTEGRATIONS.getByName(id),
  sealer,
  keyNamespace: env.KEYS,
  // RPC's types do not know what a channel keeps of a message to answer it; it is JSON.
  inbox: (name) => env.INBOXES.getByName(name) as unknown as Inbox,
  inboundQueue: env.INBOUND_QUEUE,
  fetch: (input, init) => fetch(input, init),
  webhooks: webhooksIn(env),
  checkPerson: settings.turnstile && createTurnstile(settings.turnstile, (input, init) => fetch(input, init)),
  rateLimiter: env.RATE_LIMITER,
  keyRateLimiter: env.KEY_RATE_LIMITER,
  log,
  metrics: env.METRICS ?? null,
  liveFigures: isWatched ? createFigures(REPORT_MS) : null,
  figuresObject,
  now: Date.now,
  wait,
  waitUntil,
};

const { fetch: answer } = createApp(dependencies);

export default {
  fetch: answer,
  queue: (batch) => consumeWakeUps(batch, dependencies),
} satisfies ExportedHandler<Cloudflare.Env, WakeUp>;

const ofObjects = { ...dependencies, liveFigures: isWatched ? createFigures(OBJECT_REPORT_MS) : null };

export const SessionObject = sessionObjectWith(ofObjects);
export const InboxObject = inboxObjectWith(ofObjects);
export const DeliveriesObject = deliveriesObjectWith(ofObjects);
