import type { ChatMessage } from './chat.ts';
import { readEvents } from './event-stream.ts';
import { TandemError } from './tandem-error.ts';

export interface EdgeOptions {
  /** The edge's address. */
  url: string;
  /** A publishable key in a page, a secret key on a server; none in development. */
  key?: string | undefined;
  fetch: typeof fetch;
  /** Asks whoever is there to show that they are a person, where the edge wants to know: a token of Turnstile's. */
  challenge?: (() => Promise<string>) | undefined;
  /** Told after each request whether the edge could be reached. */
  onContact(isReached: boolean): void;
}

export interface EdgeSession {
  id: string;
  metadata: Record<string, string>;
  messages: EdgeMessage[];
}

interface EdgeMessage {
  id: string;
  role: 'user' | 'assistant';
  content: string;
  /** Seconds since 1970. */
  created_at: number;
}

/** A word of a reply, or the reply. */
export type ReplyEvent = { delta: string; id: string } | { message: ChatMessage };

interface Call {
  method?: string;
  /** Under /v1. */
  path: string;
  body?: object;
  /** The session that it is about; null for none. */
  session: string | null;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

const TOKEN_HEADER = 'x-tandem-session-token';

/** The edge's sessions, for the holder of a key. */
export class EdgeApi {
  readonly #options: EdgeOptions;
  /** The newest session token, and the session that it opens. */
  #token: { text: string; session: string | null } | null = null;

  constructor(options: EdgeOptions) {
    this.#options = options;
  }

  async createSession(body: object, signal: AbortSignal): Promise<EdgeSession> {
    const response = await this.#call({
      path: '/sessions',
      method: 'POST',
      body,
      session: null,
      signal,
    });
    const session: EdgeSession = await readJson(response);
    const text = response.headers.get(TOKEN_HEADER);
    if (text !== null) this.#token = { text, session: session.id };
    return session;
  }

  async readSession(session: string): Promise<EdgeSession> {
    return readJson(await this.#call({ path: `/sessions/${session}`, session }));
  }

  async setMetadata(session: string, metadata: Record<string, string>): Promise<void> {
    await this.#call({ path: `/sessions/${session}`, method: 'PATCH', body: { metadata }, session });
  }

  async rate(session: string, message: string, body: object): Promise<void> {
    await this.#call({
      path: `/sessions/${session}/messages/${message}/feedback`,
      method: 'POST',
      body,
      session,
    });
  }

  async deleteSession(session: string): Promise<void> {
    await this.#call({ path: `/sessions/${session}`, method: 'DELETE', session });
  }

  /** Says something; the reply comes as it comes. The last event is the whole reply. */
  async *say(
    session: string,
    body: object,
    { key, signal }: { key: string; signal: AbortSignal },
  ): AsyncGenerator<ReplyEvent> {
    const response = await this.#call({
      path: `/sessions/${session}/messages`,
      method: 'POST',
      body: { ...body, stream: true },
      session,
      headers: { 'idempotency-key': key },
      signal,
    });
    try {
      for await (const data of readEvents(response.body!)) {
        if (data === '[DONE]') return;
        const event = JSON.parse(data);
        if (event.error) throw new TandemError(event.error.code, event.error.message);
        yield 'delta' in event ? event : { message: chatMessage(event) };
      }
    } catch (error) {
      throw error instanceof TandemError ? error : this.#broken(signal);
    }
    throw this.#broken(signal);
  }

  /** @throws {TandemError} */
  async #call(call: Call): Promise<Response> {
    const credential = await this.#credential(call);
    let response = await this.#send(call, credential);
    if (response.status === 401 && this.#isPublishable()) {
      // The token was too old: the page was left open, or slept.
      this.#token = null;
      response = await this.#send(call, await this.#credential(call));
    }
    if (!response.ok) throw await refusal(response);
    this.#keepToken(response, call.session);
    return response;
  }

  #isPublishable(): boolean {
    return this.#options.key?.startsWith('pk_') === true;
  }

  async #credential({ session, signal }: Call): Promise<string | undefined> {
    if (!this.#isPublishable()) return this.#options.key;
    if (this.#token === null || (session !== null && this.#token.session !== session))
      await this.#trade(session, signal);
    return this.#token?.text;
  }

  /** Of an answer that comes late, when another session is spoken in, the token is of no use. */
  #keepToken(response: Response, session: string | null): void {
    const text = response.headers.get(TOKEN_HEADER);
    const opened = this.#token?.session ?? session;
    if (text !== null && opened === session) this.#token = { text, session };
  }

  async #trade(session: string | null, signal: AbortSignal | undefined): Promise<void> {
    const { key, challenge } = this.#options;
    const body = {
      ...(session !== null && { session_id: session }),
      ...(challenge && { turnstile_token: await challenge() }),
    };
    const call: Call = { path: '/session-tokens', method: 'POST', body, session, signal };
    const response = await this.#send(call, key);
    if (!response.ok) throw await refusal(response);
    this.#token = { text: (await readJson(response)).token, session };
  }

  /** Why there was no answer, or no end of one. */
  #broken(signal: AbortSignal | undefined): TandemError {
    if (signal?.aborted) return new TandemError('stopped', 'It was stopped.');
    this.#options.onContact(false);
    return noConnection();
  }

  async #send({ method = 'GET', path, body, headers, signal }: Call, credential: string | undefined) {
    const { url, fetch, onContact } = this.#options;
    const init: RequestInit = {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: signal ?? null,
    };
    try {
      const response = await fetch(`${url.replace(/\/+$/, '')}/v1${path}`, init);
      onContact(true);
      return response;
    } catch {
      throw this.#broken(signal);
    }
  }
}

/** What the edge says of a message, as it is shown. */
export function chatMessage({ id, role, content, created_at }: EdgeMessage): ChatMessage {
  return { id, role, content, createdAt: created_at * 1_000, status: 'done' };
}

function noConnection(): TandemError {
  return new TandemError('network', 'There is no connection to the server.');
}

async function refusal(response: Response): Promise<TandemError> {
  const { status, headers } = response;
  const body = await readJson(response).catch(() => null);
  const seconds = Number.parseFloat(headers.get('retry-after') ?? '');
  return new TandemError(
    body?.error?.code ?? `http_${status}`,
    body?.error?.message ?? `The server has answered with ${status}.`,
    { status, retryAfterMs: seconds >= 0 ? seconds * 1_000 : null },
  );
}

// biome-ignore lint/suspicious/noExplicitAny: the edge's answers are as openapi.json says
async function readJson(response: Response): Promise<any> {
  return response.json().catch(() => {
    throw noConnection();
  });
}
