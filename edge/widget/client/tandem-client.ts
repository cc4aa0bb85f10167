import type { ChatMessage, ChatState } from './chat.ts';
import { type ChatListener, ChatStore } from './chat-store.ts';
import { Connection } from './connection.ts';
import { EdgeApi } from './edge-api.ts';
import { KeptSession } from './kept-session.ts';
import { Outbox } from './outbox.ts';
import { browserStorage, type ClientStorage } from './storage.ts';
import { TandemError } from './tandem-error.ts';

export interface ClientOptions {
  /** The edge's address: "https://edge.example". */
  url: string;
  /** A publishable key in a page, a secret key on a server; none where the edge is in development mode. */
  key?: string | undefined;
  /** The session to go on with, in place of the stored one; null begins a new one. */
  session?: string | null | undefined;
  /** Who the model is, in sentences; of sessions that the client makes. */
  persona?: string[] | undefined;
  /** How replies are generated: fields of POST /v1/sessions/{id}/messages, such as `temperature`. */
  parameters?: Record<string, unknown> | undefined;
  /** Where the conversation is kept between visits: the browser's storage, if left out. */
  storage?: ClientStorage | undefined;
  fetch?: typeof fetch | undefined;
  /** Gives a token of Turnstile's, where the edge wants to know that a person is there. */
  challenge?: (() => Promise<string>) | undefined;
  /** Milliseconds between the words of a reply: they come together, and may be shown as if somebody typed. 0 if left out. */
  wordMs?: number | undefined;
}

/**
 * A conversation with Tandem, without a page. What is sent is kept until it has its reply: through failures, without a
 * connection, into the next visit, and from one tab to the others.
 */
export class TandemClient {
  readonly #wanted: string | null | undefined;
  readonly #edge: EdgeApi;
  readonly #storage: ClientStorage;
  readonly #store: ChatStore;
  readonly #connection: Connection;
  readonly #session: KeptSession;
  readonly #outbox: Outbox;
  /** Ends whatever listens, asks and waits. */
  readonly #life = new AbortController();
  #hasBegun = false;

  constructor(options: ClientOptions) {
    const { url, key, challenge, persona, parameters, wordMs = 0 } = options;
    const life = this.#life.signal;
    const storage = options.storage ?? browserStorage(`tandem:${url}:${key ?? ''}`);
    const store = new ChatStore(storage);
    const connection = new Connection(store, life);
    const edge = new EdgeApi({
      ...{ url, key, challenge },
      fetch: options.fetch ?? ((...call) => fetch(...call)),
      onContact: (isReached) => connection.set(isReached),
    });
    const session = new KeptSession({ store, edge, connection, life, persona });
    this.#wanted = options.session;
    this.#edge = edge;
    this.#storage = storage;
    this.#store = store;
    this.#connection = connection;
    this.#session = session;
    this.#outbox = new Outbox({ store, storage, edge, session, connection, life, parameters, wordMs });
  }

  get state(): ChatState {
    return this.#store.state;
  }

  /** Calls at each change. Returns what ends that. */
  subscribe(listener: ChatListener): () => void {
    this.#store.listeners.add(listener);
    return () => this.#store.listeners.delete(listener);
  }

  /**
   * Reads back what was said before, and sends what was left unsent. Without a connection it does so when there is one.
   * @throws {TandemError} where the edge refuses
   */
  async open(): Promise<void> {
    this.#begin();
    await this.#session.read();
  }

  /**
   * Says something. The promise need not be looked at: the state tells as much.
   * @returns the reply
   * @throws {TandemError} where it has failed, was stopped, or the conversation was left
   */
  send(text: string): Promise<ChatMessage> {
    const content = text.trim();
    if (content === '') return Promise.reject(new TandemError('empty_message', 'The message is empty.'));
    this.#begin();
    return this.#outbox.put({ id: randomKey(), content, createdAt: Date.now(), status: 'queued' });
  }

  /** Sends a message again that has failed or was stopped. The edge answers it once. */
  async retry(id: string): Promise<void> {
    const entry = this.#store.record.unsent.find((unsent) => unsent.id === id);
    if (entry === undefined || entry.status === 'queued') return;
    const { error: _, ...message } = entry;
    await this.#outbox.put({ ...message, status: 'queued' });
  }

  /** Takes back the message whose reply is awaited. A reply that is being shown is shown at once as a whole: it was said. */
  stop(): void {
    this.#outbox.stop();
  }

  /** Begins a new conversation, and erases the old one, to which nobody could come back. */
  async reset(): Promise<void> {
    this.#begin();
    const { session } = this.#store.record;
    this.#store.keep(() => ({ session: null, unsent: [] }));
    this.#leave();
    // Where it cannot be erased now, it goes when it expires.
    if (session !== null) await this.#edge.deleteSession(session).catch(() => {});
  }

  /** Says who the person is, in the session's metadata: at most 16 short texts. */
  async identify(person: Record<string, string>): Promise<void> {
    await this.#session.identify(person);
  }

  /**
   * Says what the person thinks of a reply; said again it takes the place of what was said before.
   * @throws {TandemError} where there is no such reply, or the edge cannot be reached
   */
  async feedback(id: string, rating: 'up' | 'down', comment?: string): Promise<void> {
    const { session } = this.#store.record;
    if (session === null) throw new TandemError('no_session', 'Nothing has been said yet.');
    await this.#edge.rate(session, id, { rating, ...(comment !== undefined && { comment }) });
  }

  /** Ends the client. What is unsent stays for the next one. */
  close(): void {
    this.#life.abort();
    this.#store.listeners.clear();
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const wanted = this.#wanted;
    if (wanted !== undefined && wanted !== this.#store.record.session)
      this.#store.keep(() => ({ session: wanted, unsent: [] }));
    this.#session.show(this.#store.record.session, 'progress');
    this.#connection.listen();
    const unsubscribe = this.#storage.subscribe(() => this.#followOtherTab());
    this.#life.signal.addEventListener('abort', unsubscribe);
    this.#outbox.adopt();
  }

  /** Another tab has sent, been answered, or begun a new conversation. */
  #followOtherTab(): void {
    const { record, state } = this.#store;
    if (state.sessionId !== null && record.session !== state.sessionId) this.#leave();
    const unsent = new Set(record.unsent.map(({ id }) => id));
    const isBehind =
      record.session !== state.sessionId ||
      // What was said and answered while this one slept is nowhere else in the record.
      (record.latest !== undefined && this.#store.shown(record.latest)?.status !== 'done') ||
      state.messages.some(({ id, role, status }) => role === 'user' && status !== 'done' && !unsent.has(id));
    this.#store.dispatch({ type: 'session', sessionId: record.session });
    this.#store.dispatch({ type: 'unsent', messages: this.#store.unsent() });
    if (isBehind)
      void this.#session.read().then(
        () => this.#outbox.settle(),
        () => {},
      );
    this.#outbox.settle();
    this.#outbox.drain();
  }

  #leave(): void {
    this.#session.show(this.#store.record.session, 'reset');
    this.#outbox.forget(new TandemError('reset', 'A new conversation has begun.'));
  }
}

/** 128 random bits. `crypto.randomUUID` is missing on pages without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
