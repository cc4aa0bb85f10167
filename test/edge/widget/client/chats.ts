import type { ChatChange, ChatState } from '../../../../edge/widget/client/chat.ts';
import type { ClientStorage } from '../../../../edge/widget/client/storage.ts';
import { type ClientOptions, TandemClient } from '../../../../edge/widget/client/tandem-client.ts';
import type { TestApp } from '../../test-app.ts';

export const URL = 'https://edge.example';

/** The edge under test as a client's `fetch`; `origin` is what a browser would say. */
export function fetchOf(app: TestApp, origin?: string): typeof fetch {
  return async (input, init = {}) => {
    const { method = 'GET', body, signal, headers } = init as RequestInit & { body?: string };
    signal?.throwIfAborted();
    const response = app.request(method, String(input).slice(URL.length), {
      headers: { ...(headers as Record<string, string>), ...(origin && { origin }) },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    return Promise.race([response, aborted]);
  };
}

/** A client of the edge under test, and what it has told so far. */
export function clientOf(app: TestApp, options: Partial<ClientOptions> = {}) {
  const client = new TandemClient({ url: URL, fetch: fetchOf(app), ...options });
  const changes: ChatChange['type'][] = [];
  const states: ChatState[] = [];
  client.subscribe((state, { type }) => {
    changes.push(type);
    states.push(state);
  });
  return { client, changes, states };
}

/** Messages as they are shown: "user: hi (done)". */
export const shown = ({ messages }: ChatState) =>
  messages.map(({ role, content, status }) => `${role}: ${content} (${status})`);

/** One browser's storage, as several of its tabs see it. A tab is told of what the others do. */
export function sharedStorage({ hasLocks = true } = {}) {
  let kept: string | null = null;
  let turn = Promise.resolve();
  const tabs = new Set<() => void>();
  return (): ClientStorage => {
    let ownListener = () => {};
    return {
      get: () => kept,
      set: (text) => {
        const before = kept;
        kept = text;
        if (text !== before) for (const tell of tabs) if (tell !== ownListener) queueMicrotask(tell);
      },
      subscribe: (onChange) => {
        ownListener = onChange;
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
