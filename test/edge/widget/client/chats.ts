import { vi } from 'vitest';
import type { ChatChange, ChatState } from '../../../../edge/widget/client/chat.ts';
import type { ClientStorage } from '../../../../edge/widget/client/storage.ts';
import { type ClientOptions, TandemClient } from '../../../../edge/widget/client/tandem-client.ts';
import type { TestApp } from '../../test-app.ts';

export const URL = 'https://edge.example';

export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** What stands between a client and the edge: answers in its place, throws, or lets the request through. */
export type Way = (sent: Sent, through: () => Promise<Response>) => Promise<Response>;

/** Of all clients in the test that runs: requests that the edge has not begun to answer. */
let underWay = new Set<Sent>();

/** The edge under test as a client's `fetch`; `origin` is what a browser would say. */
export function fetchOf(
  app: TestApp,
  { origin, way = (_, through) => through() }: { origin?: string; way?: Way } = {},
) {
  const sent: Sent[] = [];
  const fetch = async (input: unknown, init: object = {}) => {
    const {
      method = 'GET',
      body,
      signal,
      headers = {},
    } = init as RequestInit & {
      body?: string;
      headers?: Record<string, string>;
    };
    signal?.throwIfAborted();
    const request = { method, path: String(input).slice(URL.length), headers, body };
    sent.push(request);
    const ofThisTest = underWay.add(request);
    const response = way(request, () =>
      app.request(method, request.path, {
        headers: { ...headers, ...(origin !== undefined && { origin }) },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      }),
    ).finally(() => ofThisTest.delete(request));
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    return Promise.race([response, aborted]);
  };
  return { fetch: fetch as typeof globalThis.fetch, sent };
}

/** A client of the edge under test, and what it has told so far. */
export function clientOf(
  app: TestApp,
  { origin, way, ...options }: Partial<ClientOptions> & { origin?: string; way?: Way } = {},
) {
  const { fetch, sent } = fetchOf(app, { ...(origin && { origin }), ...(way && { way }) });
  const client = new TandemClient({ url: URL, fetch, ...options });
  const changes: ChatChange[] = [];
  const states: ChatState[] = [];
  client.subscribe((state, change) => {
    changes.push(change);
    states.push(state);
  });
  const told = (type: ChatChange['type']) => changes.filter((change) => change.type === type);
  return { client, changes, states, sent, told };
}

/** Messages as they are shown: "user: hi (done)". */
export const shown = ({ messages }: ChatState) =>
  messages.map(({ role, content, status }) => `${role}: ${content} (${status})`);

/** One browser's storage, as several of its tabs see it: each is told of what the others do. */
export function sharedStorage({ hasLocks = true } = {}) {
  let kept: string | null = null;
  let turn = Promise.resolve();
  const tabs = new Set<() => void>();
  return (): ClientStorage => {
    let own = () => {};
    return {
      get: () => kept,
      set: (text) => {
        if (text === kept) return;
        kept = text;
        for (const tell of tabs) if (tell !== own) queueMicrotask(() => tabs.has(tell) && tell());
      },
      subscribe: (onChange) => {
        own = onChange;
        tabs.add(onChange);
        return () => tabs.delete(onChange);
      },
      ...(hasLocks && {
        exclusively: (work: () => Promise<void>) => {
          turn = turn.then(work);
          return turn;
        },
      }),
    };
  };
}

/** Lets the client's pauses go by, which are not waited for in earnest, until something has come. */
export async function passing<Result>(promise: Promise<Result>): Promise<Result> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  while (!isSettled) await passTime(1_000);
  return promise;
}

// What the edge may take of real time while a second of the false one goes by: on a busy machine its own limits would be over at once.
const PATIENCE_MS = 50;

export async function passTime(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  let waited = 0;
  do {
    await scheduler.wait(1);
    waited += 1;
  } while (underWay.size > 0 && waited < PATIENCE_MS);
}

export function fakePauses(): void {
  underWay = new Set();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
}
