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
    const response = way(request, () =>
      app.request(method, request.path, {
        headers: { ...headers, ...(origin !== undefined && { origin }) },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      }),
    );
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

export async function passTime(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  // The edge works in its own time.
  await scheduler.wait(1);
}

export function fakePauses(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
}
