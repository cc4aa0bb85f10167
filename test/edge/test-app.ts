import { env, waitUntil } from 'cloudflare:workers';
import { expect } from 'vitest';
import type { InferenceRequest, InferenceResponse } from '../../shared/inference-protocol.ts';
import { createApp } from '../../edge/app.ts';
import { createBackendPool } from '../../edge/backends/backend-pool.ts';
import type { AppDependencies } from '../../edge/dependencies.ts';
import { readSettings } from '../../edge/env.ts';
import { createKeyReader } from '../../edge/keys/key-reader.ts';
import { createTurnstile } from '../../edge/keys/turnstile.ts';
import { createCandidate } from '../../edge/models/candidate.ts';
import { createSealer } from '../../edge/secrets/sealed.ts';
import { sessionsIn } from '../../edge/session/sessions.ts';
import { createFindIntegration } from '../../edge/webhooks/integrations/find-integration.ts';
import { modelConfig, tokenizer } from '../../edge/tokenizer/model.ts';
import type { Inbox } from '../../edge/webhooks/inbound/inbox-calls.ts';
import { webhooksIn } from '../../edge/webhooks/outbound/webhooks.ts';

/** How the backend behind a test's edge behaves: what it would answer to a request, or that it throws. */
export type BackendFetch = (url: string, init: RequestInit) => Promise<Response>;

export interface TestAppOptions {
  backend?: BackendFetch;
  settings?: Record<string, string | number>;
  now?: () => number;
  random?: () => number;
  /** KV in which keys are looked up, where it is not to be the real one. */
  keyNamespace?: KVNamespace;
  /** What else is not to be the real thing. */
  dependencies?: Partial<AppDependencies>;
}

/**
 * The edge with its real bindings and the served model's real tokenizer; only the way to the backend is a
 * test's own.
 */
export function testApp(options: TestAppOptions = {}) {
  const settings = readSettings({ ...env, DEVELOPMENT_MODE: 'true', ...options.settings });
  const log: Record<string, unknown>[] = [];
  const points: AnalyticsEngineDataPoint[] = [];
  const requests: InferenceRequest[] = [];
  const background: Promise<unknown>[] = [];
  const backendFetch = options.backend ?? sayBack('hello there');
  const now = options.now ?? Date.now;
  const sealer = settings.sealingSecrets && createSealer(settings.sealingSecrets);
  const keyNamespace = options.keyNamespace ?? env.KEYS;
  const pool = {
    ...settings,
    padToken: modelConfig.tokens.pad,
    vocabSize: modelConfig.vocabSize,
    fetch: async (url: RequestInfo | URL, init?: RequestInit) => {
      if (typeof init?.body === 'string') requests.push(JSON.parse(init.body));
      return backendFetch(String(url), init ?? {});
    },
    now,
    random: options.random ?? Math.random,
    waitUntil,
    log: (entry: Record<string, unknown>) => log.push(entry),
  };
  const model = { name: settings.modelName, config: modelConfig, tokenizer };
  const backend = createBackendPool(pool);
  const dependencies: AppDependencies = {
    settings,
    versionId: env.VERSION.id,
    model,
    backend,
    candidate: createCandidate({ settings, served: { model, backend }, pool }),
    sessions: sessionsIn((id) => env.SESSION_OBJECTS.getByName(id)),
    sessionNamespace: env.SESSIONS,
    keys: createKeyReader({
      kv: keyNamespace,
      readObject: (id) => env.API_KEYS.getByName(id).read(),
      now,
    }),
    keyObject: (id) => env.API_KEYS.getByName(id),
    findIntegration: createFindIntegration({
      kv: keyNamespace,
      objectOf: (id) => env.INTEGRATIONS.getByName(id),
      sealer,
      now,
    }),
    integrationObject: (id) => env.INTEGRATIONS.getByName(id),
    sealer,
    keyNamespace,
    inbox: (name) => env.INBOXES.getByName(name) as unknown as Inbox,
    inboundQueue: env.INBOUND_QUEUE,
    fetch,
    webhooks: webhooksIn(env),
    checkPerson: settings.turnstile && createTurnstile(settings.turnstile, fetch),
    rateLimiter: env.RATE_LIMITER,
    keyRateLimiter: env.KEY_RATE_LIMITER,
    log: (entry) => log.push(entry),
    // Their reports come seconds after answers: where a test is not about them, nothing waits for those.
    liveFigures: null,
    figuresObject: () => env.FIGURES.getByName('figures'),
    metrics: { writeDataPoint: (point) => points.push(point!) },
    now,
    wait: (ms) => scheduler.wait(ms),
    waitUntil: (promise) => background.push(promise),
    ...options.dependencies,
  };
  const app = createApp(dependencies);
  // The limiter is real: each app under test is another client.
  const address = `127.${crypto.getRandomValues(new Uint8Array(3)).join('.')}`;

  return {
    log,
    /** What goes on after answers. */
    background,
    /** What was counted. */
    points,
    /** What the backend was asked, oldest first. */
    requests,
    dependencies,
    async request(
      method: string,
      path: string,
      init: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal } = {},
    ) {
      const { body } = init;
      const raw = typeof body === 'string' || body instanceof ReadableStream || body instanceof Uint8Array;
      const request = {
        method,
        headers: {
          'cf-connecting-ip': address,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...init.headers,
        },
        ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
        ...(init.signal && { signal: init.signal }),
      };
      return app.request(path, request);
    },
  };
}

/** A body that is sent in pieces, without a length; `broken` ends it before its end. */
export function chunked(text: string, { broken = false } = {}): ReadableStream<Uint8Array> {
  const pieces = text.match(/.{1,20}/gs) ?? [];
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece));
      else if (broken) controller.error(new Error('Network connection lost.'));
      else controller.close();
    },
  });
}

export type TestApp = ReturnType<typeof testApp>;

/** A backend that replies with the given texts, best first, whatever it is asked. */
export function sayBack(...texts: string[]): BackendFetch {
  return async (url) => {
    if (url.endsWith('/ready')) return new Response(null);
    return Response.json(inferenceAnswer(texts.map(asReply)));
  };
}

/** A text as the model would write it. */
export function asReply(text: string): number[] {
  return [...tokenizer.encode(text), modelConfig.tokens.eos];
}

/** A backend that answers when it is told to. */
export function heldBackend() {
  const asked: { answer: (text: string) => void }[] = [];
  let onAsked = () => {};
  const backend: BackendFetch = async (...call) => {
    const text = await new Promise<string>((resolve) => {
      asked.push({ answer: resolve });
      onAsked();
    });
    // Made by who has asked: a response that the test makes cannot be read in a Durable Object.
    return sayBack(text)(...call);
  };
  /** The n-th request, once it has come. */
  const nthAsked = async (n: number) => {
    while (asked.length < n) {
      await new Promise<void>((resolve) => {
        onAsked = resolve;
      });
    }
    return asked[n - 1]!;
  };
  return { backend, nthAsked };
}

/** A backend's answer for one row, with the sequences padded; `logprob` is every token's of the sequence in its place. */
export function inferenceAnswer(
  sequences: number[][],
  logprob: (index: number) => number = () => -1,
): InferenceResponse {
  const width = Math.max(...sequences.map((ids) => ids.length));
  const padded = sequences.flatMap((ids) => [...ids, ...new Array<number>(width - ids.length).fill(0)]);
  const shape = [1, sequences.length];
  return {
    model_name: 'tandem-mini',
    model_version: '1',
    outputs: [
      { name: 'sequences', datatype: 'INT64', shape: [...shape, width], data: padded },
      { name: 'lengths', datatype: 'INT64', shape, data: sequences.map((ids) => ids.length) },
      { name: 'scores', datatype: 'FP32', shape, data: sequences.map(() => -1) },
      {
        name: 'logprobs',
        datatype: 'FP32',
        shape: [...shape, width],
        data: sequences.flatMap((_, index) => new Array<number>(width).fill(logprob(index))),
      },
    ],
  };
}

/** One of the tensors that the backend was sent. */
export function tensor(request: InferenceRequest | undefined, name: string): number[] {
  return request!.inputs.find((input) => input.name === name)!.data;
}

/** What the model was given to read, as text. */
export function prompt(request: InferenceRequest | undefined): string {
  return tokenizer.decode(tensor(request, 'input_ids'));
}

/** Fails for an error that is no sentence; it may begin with the name of the parameter. */
export function expectSentence({ message, param }: { message: string; param: string | null }): void {
  expect(message).toMatch(/\.$/);
  expect(message.startsWith(param ?? '\0') || /^\p{Lu}/u.test(message), message).toBe(true);
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
export async function json(response: Response | Promise<Response>): Promise<any> {
  return (await response).json();
}
