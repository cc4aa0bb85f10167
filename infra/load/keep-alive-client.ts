import { Agent as HttpAgent, type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** How a request was answered. */
export interface Answered {
  /** 0 where the connection broke or nothing came in time. */
  status: number;
  headers: IncomingHttpHeaders;
}

/**
 * Posts JSON to one address, over as many kept connections as there are requests at once; bodies of answers are not looked at.
 * Node's own client and not fetch: it takes a third of the processor that a server beside it needs as well.
 */
export class KeepAliveClient {
  readonly #url: URL;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent;
  readonly #request: typeof requestHttp;

  /** @param options.timeoutMs how long nothing may come; forever where it is left out */
  constructor({
    url,
    headers = {},
    timeoutMs = 0,
  }: {
    url: string;
    headers?: Record<string, string>;
    timeoutMs?: number;
  }) {
    this.#url = new URL(url);
    this.#headers = { 'content-type': 'application/json', ...headers };
    this.#timeoutMs = timeoutMs;
    const isTls = this.#url.protocol === 'https:';
    const keeping = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
    this.#agent = isTls ? new HttpsAgent(keeping) : new HttpAgent(keeping);
    this.#request = isTls ? requestHttps : requestHttp;
  }

  post(body: string): Promise<Answered> {
    const headers = { ...this.#headers, 'content-length': Buffer.byteLength(body) };
    const options = { method: 'POST', agent: this.#agent, headers, timeout: this.#timeoutMs };
    return new Promise((resolve) => {
      const unanswered = () => resolve({ status: 0, headers: {} });
      const sent = this.#request(this.#url, options, (response) => {
        response.resume();
        response.once('error', unanswered);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      });
      sent.once('timeout', () => sent.destroy());
      sent.once('error', unanswered);
      sent.end(body);
    });
  }

  /** Breaks all connections: what is under way has no answer. */
  close(): void {
    this.#agent.destroy();
  }
}
