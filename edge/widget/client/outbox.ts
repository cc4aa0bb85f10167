import type { ChatMessage } from './chat.ts';
import type { ChatStore } from './chat-store.ts';
import { type Connection, waitFor } from './connection.ts';
import type { EdgeApi } from './edge-api.ts';
import type { KeptSession } from './kept-session.ts';
import { pauseBefore } from './patience.ts';
import { dropUnsent, findSaid, putUnsent, type Unsent, unsentMessage } from './record.ts';
import type { ClientStorage } from './storage.ts';
import { asTandemError, chatError, isSessionGone, TandemError } from './tandem-error.ts';
import { browser } from './browser.ts';

interface OutboxParts {
  store: ChatStore;
  storage: ClientStorage;
  edge: EdgeApi;
  session: KeptSession;
  connection: Connection;
  life: AbortSignal;
  parameters: Record<string, unknown> | undefined;
  wordMs: number;
}

/** A message on its way. */
interface Delivery {
  id: string;
  /** Aborted by who wants no reply any more. */
  stop: AbortController;
  /** No more pauses between words. */
  isHurried: boolean;
}

interface Waiter {
  entry: Unsent;
  resolve(reply: ChatMessage): void;
  reject(error: TandemError): void;
}

/** Sends what was said, one message after the other, until each has its reply or has failed. */
export class Outbox {
  readonly #parts: OutboxParts;
  /** Whoever waits for a reply, by the message's id. */
  readonly #waiters = new Map<string, Waiter>();
  /** What was sent, or found, by this client: the rest is another's, unless both can take turns. */
  readonly #own = new Set<string>();
  #delivery: Delivery | null = null;
  #draining: Promise<void> | null = null;
  /** Whether the edge may have kept a message that has failed or was stopped here. */
  #isUncertain = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    parts.life.addEventListener('abort', () => {
      for (const { reject } of this.#waiters.values()) reject(closed());
    });
  }

  /** Takes over what an earlier visit has left. */
  adopt(): void {
    for (const { id } of this.#parts.store.record.unsent) this.#own.add(id);
    this.drain();
  }

  /** @returns the reply */
  put(entry: Unsent): Promise<ChatMessage> {
    const { store, life } = this.#parts;
    if (life.aborted) return Promise.reject(closed());
    const message = unsentMessage(entry);
    const after = store.latestReply;
    const kept: Unsent = { ...(after && { after }), ...entry };
    const isNew = !store.record.unsent.some(({ id }) => id === entry.id);
    this.#own.add(entry.id);
    store.keep((record) => putUnsent(record, kept));
    store.dispatch({ type: 'queued', message }, isNew ? { type: 'message', message } : { type: 'progress' });
    const reply = new Promise<ChatMessage>((resolve, reject) => {
      this.#waiters.set(entry.id, { entry: kept, resolve, reject });
    });
    // Nobody need look at it.
    reply.catch(() => {});
    this.drain();
    return reply;
  }

  stop(): void {
    if (this.#delivery === null) return;
    const isShown = this.#parts.store.state.messages.some(({ status }) => status === 'streaming');
    if (isShown) this.#delivery.isHurried = true;
    else this.#delivery.stop.abort();
  }

  /** Gives up what the record has no more: another client has sent it, or the conversation was left. */
  forget(error: TandemError): void {
    const kept = new Set(this.#parts.store.record.unsent.map(({ id }) => id));
    if (this.#delivery !== null && !kept.has(this.#delivery.id)) this.#delivery.stop.abort();
    for (const [id, { reject }] of this.#waiters) {
      if (kept.has(id)) continue;
      this.#waiters.delete(id);
      reject(error);
    }
  }

  /** Tells those whose messages another client has sent what came of it. */
  settle(): void {
    const { record, state } = this.#parts.store;
    for (const [id, { entry }] of this.#waiters) {
      if (id === this.#delivery?.id) continue;
      const kept = record.unsent.find((unsent) => unsent.id === id);
      const at = kept ? -1 : findSaid(entry, state.messages);
      // A question that is done has its reply behind it.
      if (at >= 0) this.#take(id)?.resolve(state.messages[at + 1]!);
      else if (kept?.error) this.#take(id)?.reject(new TandemError(kept.error.code, kept.error.message));
      else if (kept?.status === 'stopped') this.#take(id)?.reject(stopped());
    }
  }

  /** Sends what is queued, unless that is under way. */
  drain(): void {
    if (this.#draining !== null || this.#next() === undefined) return;
    const { storage } = this.#parts;
    const work = async () => {
      for (let entry = this.#next(); entry !== undefined; entry = this.#next()) await this.#deliver(entry);
    };
    this.#draining = (storage.exclusively?.(work) ?? work()).finally(() => {
      this.#draining = null;
      // What came at the last moment.
      this.drain();
    });
  }

  #next(): Unsent | undefined {
    const { store, storage, life } = this.#parts;
    if (life.aborted) return undefined;
    const mayTakeOver = storage.exclusively !== undefined;
    return store.record.unsent.find(
      ({ id, status }) => status === 'queued' && (mayTakeOver || this.#own.has(id)),
    );
  }

  async #deliver(entry: Unsent): Promise<void> {
    const delivery = { id: entry.id, stop: new AbortController(), isHurried: false };
    this.#delivery = delivery;
    const ends = AbortSignal.any([this.#parts.life, delivery.stop.signal]);
    for (let attempt = 0; this.#delivery === delivery; attempt++) {
      const outcome = await this.#exchange(entry, delivery, ends).catch(asTandemError);
      const isOver =
        outcome instanceof TandemError
          ? await this.#fail(entry, outcome, { attempt, ends })
          : await this.#succeed(entry, outcome);
      if (isOver) this.#delivery = null;
    }
  }

  async #exchange(entry: Unsent, delivery: Delivery, ends: AbortSignal): Promise<ChatMessage> {
    const { session, store } = this.#parts;
    store.dispatch({ type: 'status', id: entry.id, status: 'sending' });
    const id = await session.id(ends);
    try {
      return await this.#say(id, entry, delivery, ends);
    } catch (error) {
      // Left in another tab, a message goes with its session, and begins no new one.
      if (!isSessionGone(error) || this.#isLeft(entry)) throw error;
      session.expire(id);
      return this.#say(await session.id(ends), entry, delivery, ends);
    }
  }

  async #say(session: string, entry: Unsent, delivery: Delivery, ends: AbortSignal): Promise<ChatMessage> {
    const { store, edge, parameters, wordMs } = this.#parts;
    const body = { ...parameters, content: entry.content };
    const createdAt = Date.now();
    let content = '';
    for await (const event of edge.say(session, body, { key: entry.id, signal: ends })) {
      // It was left while it was being typed, all of it being there.
      delivery.stop.signal.throwIfAborted();
      if ('message' in event) return event.message;
      content += event.delta;
      const reply: ChatMessage = { id: event.id, role: 'assistant', content, createdAt, status: 'streaming' };
      store.dispatch({ type: 'streaming', question: entry.id, reply });
      if (wordMs > 0 && !delivery.isHurried && !browser.document?.hidden) await waitFor(wordMs, ends);
    }
    throw new Error('A stream has ended without a reply. This is a bug.');
  }

  async #succeed({ id }: Unsent, reply: ChatMessage): Promise<true> {
    const { store, session } = this.#parts;
    this.#own.delete(id);
    store.keep((record) => ({ ...dropUnsent(record, id), latest: reply.id }));
    store.dispatch({ type: 'answered', question: id, reply }, { type: 'reply', message: reply });
    this.#take(id)?.resolve(reply);
    if (this.#isUncertain) {
      this.#isUncertain = false;
      await session.read().catch(() => {});
    }
    return true;
  }

  /** @returns whether it is not to be sent again by itself */
  async #fail(
    entry: Unsent,
    error: TandemError,
    { attempt, ends }: { attempt: number; ends: AbortSignal },
  ): Promise<boolean> {
    const { store, connection } = this.#parts;
    const failWith = (why: TandemError) => this.#giveUp(entry, why);
    if (this.#isLeft(entry)) return true;
    if (ends.aborted) return failWith(stopped());
    const pauseMs = pauseBefore(error, attempt, Math.random());
    if (pauseMs === null) return failWith(error);
    const { code, message } = error;
    const retryAt = Date.now() + pauseMs;
    store.dispatch({ type: 'status', id: entry.id, status: 'queued', error: { code, message, retryAt } });
    await connection.pause(pauseMs, ends);
    if (this.#isLeft(entry)) return true;
    return ends.aborted && failWith(stopped());
  }

  /** Closed, it is the next client's. What is not in the record any more was left, or answered elsewhere. */
  #isLeft({ id }: Unsent): boolean {
    const { store, life } = this.#parts;
    return life.aborted || !store.record.unsent.some((unsent) => unsent.id === id);
  }

  #giveUp(entry: Unsent, error: TandemError): true {
    const { store, session } = this.#parts;
    if (error.status === 0 || error.status >= 500) this.#isUncertain = true;
    const status = error.code === 'stopped' ? 'stopped' : 'failed';
    const told = chatError(error, Date.now());
    const unsent: Unsent = { ...entry, status, ...(status === 'failed' && { error: told }) };
    store.keep((record) => putUnsent(record, unsent));
    store.dispatch(
      { type: 'status', id: entry.id, status, ...(status === 'failed' && { error: told }) },
      status === 'failed' ? { type: 'error', error: told } : { type: 'progress' },
    );
    this.#take(entry.id)?.reject(error);
    // The edge has answered it when the page said it with other parameters: the history has both.
    if (error.status === 422) void session.read().catch(() => {});
    return true;
  }

  #take(id: string): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    return waiter;
  }
}

const stopped = () => new TandemError('stopped', 'It was stopped.');
const closed = () => new TandemError('closed', 'The client is closed.');
