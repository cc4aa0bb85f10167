import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call of a bot to a channel's API. */
export interface ApiCall {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  /** Of JSON or of a form. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  body: any;
}

/** What a call does: a message is shown, once for each key where the channel knows such; or it is not let in. */
export type Effect = { conversation: string; text: string; key: string | null } | 'nothing' | 'refused';

export type Fault = 'busy' | 'broken' | 'cut before' | 'cut after' | null;

interface ChannelServerOptions {
  effect: (call: ApiCall) => Effect;
  /** How it says that all is well, and that it is asked too often. */
  done: object;
  busy: () => { status: number; headers?: Record<string, string>; body: object };
}

/** A channel's API on this machine: it shows messages to people, and has the faults that such servers have. */
export class ChannelServer {
  url = '';
  readonly calls: ApiCall[] = [];
  /** What people see, by conversation. */
  readonly shown = new Map<string, string[]>();
  /** The next call's. */
  fault: () => Fault = () => null;
  readonly #keys = new Set<string>();
  readonly #options: ChannelServerOptions;
  #held: { call: (call: ApiCall) => boolean; arrived: () => void } | null = null;
  readonly #server = createServer(async (request, response) => {
    const raw = await text(request);
    const { method, url, headers } = request;
    const call: ApiCall = { method: method!, path: url!, headers, raw, body: parsed(raw, headers) };
    this.calls.push(call);
    this.#answer(call, response);
  });

  constructor(options: ChannelServerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Takes the next call of a kind, and never answers it. Resolves when it has come. */
  swallow(call: (call: ApiCall) => boolean): Promise<void> {
    return new Promise((arrived) => {
      this.#held = { call, arrived };
    });
  }

  shownIn(conversation: string): string[] {
    return this.shown.get(conversation) ?? [];
  }

  #answer(call: ApiCall, response: ServerResponse): void {
    const effect = this.#options.effect(call);
    response.setHeader('content-type', 'application/json');
    if (effect === 'refused') {
      response.writeHead(401).end('{}');
      return;
    }
    if (effect !== 'nothing' && this.#held?.call(call)) {
      this.#show(effect);
      this.#held.arrived();
      this.#held = null;
      return;
    }
    const fault = effect === 'nothing' ? null : this.fault();
    switch (fault) {
      case 'busy': {
        const { status, headers, body } = this.#options.busy();
        response.writeHead(status, headers).end(JSON.stringify(body));
        return;
      }
      case 'broken':
        response.writeHead(503).end('out of order');
        return;
      case 'cut before':
        response.destroy();
        return;
    }
    if (effect !== 'nothing') this.#show(effect);
    if (fault === 'cut after') response.destroy();
    else response.end(JSON.stringify(this.#options.done));
  }

  #show({ conversation, text, key }: Exclude<Effect, string>): void {
    if (key !== null && this.#keys.has(key)) return;
    if (key !== null) this.#keys.add(key);
    this.shown.set(conversation, [...this.shownIn(conversation), text]);
  }
}

function parsed(raw: string, headers: IncomingHttpHeaders): unknown {
  if (raw === '') return null;
  const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
  return isForm ? Object.fromEntries(new URLSearchParams(raw)) : JSON.parse(raw);
}
