import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call of a bot to a channel's API. */
export interface ApiCall {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  body: any;
}

/** What a call does: a message is shown, once for each key where the channel knows such. */
export type Effect = { conversation: string; text: string; key: string | null } | 'nothing';

export type Fault = 'busy' | 'broken' | 'cut before' | 'cut after' | null;

interface ChannelServerOptions {
  effect: (call: ApiCall) => Effect;
  /** How it says that all is well, and that it is asked too often. */
  done: object;
  busy: object;
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
    const body = await text(request);
    const call: ApiCall = {
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: body === '' ? null : JSON.parse(body),
    };
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
    if (effect !== 'nothing' && this.#held?.call(call)) {
      this.#show(effect);
      this.#held.arrived();
      this.#held = null;
      return;
    }
    const fault = effect === 'nothing' ? null : this.fault();
    response.setHeader('content-type', 'application/json');
    switch (fault) {
      case 'busy':
        response.writeHead(429, { 'retry-after': '1' }).end(JSON.stringify(this.#options.busy));
        return;
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

  #show({ conversation, text, key }: Exclude<Effect, 'nothing'>): void {
    if (key !== null && this.#keys.has(key)) return;
    if (key !== null) this.#keys.add(key);
    this.shown.set(conversation, [...this.shownIn(conversation), text]);
  }
}
