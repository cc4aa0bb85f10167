import { randomUUID } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import packageJson from '../package.json' with { type: 'json' };
import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../shared/generation-tensors.ts';
import type { InferenceError, ModelMetadata, ServerMetadata } from '../shared/inference-protocol.ts';
import type { ModelConfig } from '../shared/model-config.ts';
import { BackendError, invalidRequest, quoted } from './protocol/backend-error.ts';
import { carriesToken } from './protocol/bearer-token.ts';
import { type GenerationLimits, readGenerationRequest } from './protocol/generation-request.ts';
import { buildInferenceResponse } from './protocol/generation-response.ts';
import { readJsonBody } from './protocol/json-body.ts';
import { readEnvelope } from './protocol/request-envelope.ts';
import { readTraceId } from './protocol/trace-context.ts';
import type { Clock } from './scheduler/clock.ts';
import type { Answer, Submission } from './scheduler/request-queue.ts';

export type ServerState = 'loading' | 'ready' | 'draining';

export interface ServerOptions {
  model: ModelConfig & { name: string };
  limits: GenerationLimits & { maxBodyBytes: number };
  /** What requests must carry; undefined lets everyone in. */
  token: string | undefined;
  state(): ServerState;
  submit(submission: Submission): Promise<Answer>;
  clock: Clock;
  /** Takes one line for each inference request, and one for each fault that the client is told nothing of. */
  log(line: Record<string, unknown>): void;
}

/** What the log tells of an inference request besides its status. Never token ids. */
interface InferenceFigures {
  /** The client's, from its header or else its body. */
  request_id?: string | undefined;
  rows?: number;
  queue_ms?: number;
  inference_ms?: number;
}

type App = Hono<{ Variables: { figures: InferenceFigures } }>;
type AppContext = Context<{ Variables: { figures: InferenceFigures } }>;

const MODEL_VERSION = '1';
// Nothing is measured yet that could tell how long a model still loads.
const NOT_READY_RETRY_SECONDS = 2;
const SERVER_METADATA: ServerMetadata = {
  name: 'tandem-gpu-backend',
  version: packageJson.version,
  extensions: [],
};

/** The Open Inference Protocol over HTTP; how a reply comes about is `submit`'s business. */
export function createServer(options: ServerOptions): App {
  const { model, state } = options;
  const app: App = new Hono({ strict: false });
  const models = ['/v2/models/:model', '/v2/models/:model/versions/:version'];
  app.onError((error) => renderError(error, options.log));
  app.notFound(() => errorResponse(new BackendError('not_found', 'There is no such route.')));

  for (const path of models) app.use(`${path}/infer`, logInference(options.log));
  if (options.token !== undefined) app.use(requireToken(options.token));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));

  app.get('/v2', (c) => c.json(SERVER_METADATA));
  app.get('/v2/health/live', (c) => c.json({ live: true }));
  app.get('/v2/health/ready', (c) => {
    requireReady(state());
    return c.json({ ready: true });
  });
  for (const path of models) {
    app.use(`${path}/*`, requireModel(model.name));
    app.get(path, (c) => c.json(modelMetadata(model.name)));
    app.get(`${path}/ready`, (c) => {
      requireReady(state());
      return c.json({ name: model.name, ready: true });
    });
    app.post(`${path}/infer`, (c) => infer(c, options));
  }
  return app;
}

async function infer(
  c: AppContext,
  { model, limits, state, submit, clock }: ServerOptions,
): Promise<Response> {
  const receivedAtMs = clock.nowMs();
  requireReady(state());
  if (c.req.header('inference-header-content-length') !== undefined) {
    throw invalidRequest('The binary tensor extension is not supported; send the whole request as JSON.');
  }
  const envelope = readEnvelope(await readJsonBody(c.req.raw, limits.maxBodyBytes));
  const figures = c.get('figures');
  figures.request_id ??= loggable(envelope.id);
  const request = readGenerationRequest(envelope, model, limits);
  figures.rows = request.rows.length;
  const answer = await submit({
    rows: request.rows,
    deadlineMs: receivedAtMs + (request.timeoutMs ?? Infinity),
    signal: c.req.raw.signal,
  });
  figures.queue_ms = Math.round(answer.queueMs);
  figures.inference_ms = Math.round(answer.inferenceMs);
  const answering = { name: model.name, version: MODEL_VERSION, padToken: model.tokens.pad };
  return c.json(buildInferenceResponse(request, answer.rows, answering));
}

function logInference(
  log: ServerOptions['log'],
): MiddlewareHandler<{ Variables: { figures: InferenceFigures } }> {
  return async (c, next) => {
    const figures: InferenceFigures = { request_id: loggable(c.req.header('x-request-id')) };
    c.set('figures', figures);
    await next();
    figures.request_id ??= randomUUID();
    const traceId = readTraceId(c.req.header('traceparent'));
    log({
      event: 'inference',
      status: c.res.status,
      ...figures,
      ...(traceId !== undefined && { trace_id: traceId }),
    });
  };
}

/** An id of a client's as the log keeps it. */
function loggable(id: string | undefined): string | undefined {
  return id?.slice(0, 128) || undefined;
}

/** Health stays open: what probes a container has no token. */
function requireToken(token: string): MiddlewareHandler {
  return async (c, next) => {
    const isHealth = c.req.path.startsWith('/v2/health/');
    if (!isHealth && !carriesToken(c.req.header('authorization'), token)) {
      throw new BackendError('unauthorized', 'The bearer token is missing or wrong.');
    }
    await next();
  };
}

function requireModel(name: string): MiddlewareHandler {
  return async (c, next) => {
    const { model = '', version = MODEL_VERSION } = c.req.param() as { model?: string; version?: string };
    if (model !== name) {
      throw new BackendError('not_found', `Unknown model ${quoted(model)}; this server has ${quoted(name)}.`);
    }
    if (version !== MODEL_VERSION) {
      throw new BackendError(
        'not_found',
        `Unknown version ${quoted(version)}; the model has "${MODEL_VERSION}".`,
      );
    }
    await next();
  };
}

function requireReady(state: ServerState): void {
  if (state === 'ready') return;
  const message = state === 'loading' ? 'The model is loading.' : 'The server is shutting down.';
  throw new BackendError('not_ready', message, { retryAfterSeconds: NOT_READY_RETRY_SECONDS });
}

function refuseMethod(c: Context, allowed: string[]): Response {
  const allow = allowed.join(', ');
  const error = new BackendError('method_not_allowed', `${c.req.method} is not allowed here; ${allow} is.`);
  return errorResponse(error, { Allow: allow });
}

function renderError(error: Error, log: ServerOptions['log']): Response {
  if (error instanceof BackendError) return errorResponse(error);
  log({ event: 'fault', message: error.message });
  return errorResponse(
    new BackendError('inference_failed', 'The server failed while it worked on the request.'),
  );
}

function errorResponse(error: BackendError, headers: Record<string, string> = {}): Response {
  const body: InferenceError = { error: error.message };
  return Response.json(body, {
    status: error.status,
    headers: {
      ...headers,
      ...(error.code === 'unauthorized' && { 'WWW-Authenticate': 'Bearer' }),
      // The rest of the body is not read, so the connection cannot carry another request.
      ...(error.code === 'body_too_large' && { Connection: 'close' }),
      ...(error.retryAfterSeconds !== undefined && { 'Retry-After': String(error.retryAfterSeconds) }),
    },
  });
}

function modelMetadata(name: string): ModelMetadata {
  return {
    name,
    versions: [MODEL_VERSION],
    platform: 'onnxruntime_onnx',
    inputs: GENERATION_INPUTS,
    outputs: GENERATION_OUTPUTS,
  };
}
