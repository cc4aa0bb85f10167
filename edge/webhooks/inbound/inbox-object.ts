import { DurableObject } from 'cloudflare:workers';
import type { Acceptance, Arrival, Inbox, Work } from './inbox-calls.ts';
import {
  afterFailure,
  deadline,
  type Failure,
  firstInLine,
  isExhausted,
  isFree,
  SEEN_MS,
  taken,
  type Waiting,
  wakeAt,
} from './inbox.ts';

/** Messages that may wait in one conversation. */
export const MAX_WAITING = 50;
/** How long a silent conversation is remembered: as long as its session, as a rule. */
const ABOUT_MS = 30 * 86_400_000;
/** What has expired goes this often; and so often is it noted that a conversation goes on. */
const SWEEP_MS = 86_400_000;

export interface About {
  integrationId: string;
  sessionId: string | null;
  persona: string[] | null;
  /** Within a day of the last message. */
  touchedAt: number;
}

interface Seen {
  expiresAt: number;
  /** To give it again where the reply is the response. */
  reply?: string;
}

/**
 * The messages of one conversation that are to be answered, and those that were: each is kept before the channel is told that
 * it has arrived, and leaves when it is dealt with. Who answers is whoever takes the first in line: the queue's consumer,
 * or, where that does not come, this object by its alarm. As long as something waits an alarm is set.
 *
 * What is stored is in STORAGE.md.
 */
export abstract class InboxObject extends DurableObject<Cloudflare.Env> implements Inbox {
  readonly #storage = this.ctx.storage.kv;
  #about = this.#storage.get<About>('about') ?? null;
  readonly #waiting = new Map(
    [...this.#storage.list<Waiting>({ prefix: MESSAGE })].map(([, kept]) => [kept.message.id, kept]),
  );
  readonly #exchanges = new Map<string, PromiseWithResolvers<string | null>>();
  /** Known from the start: what is kept and the alarm for it are written with no wait between, together or not at all. */
  #alarmAt: number | null = null;
  /** An object that starts again looks once more. */
  #sweptAt = 0;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
    });
  }

  /** Answers what waits here. */
  protected abstract work(): Promise<void>;

  /** Erases the session of a conversation whose integration was removed for good; false where it was not. */
  protected abstract endWithIntegration(
    conversation: Pick<About, 'integrationId' | 'sessionId'>,
  ): Promise<boolean>;

  /** Logs what went wrong where nobody waits for an answer. */
  protected abstract report(problem: { event: string; cause: unknown }): void;

  async accept({ integrationId, message, exchange }: Arrival): Promise<Acceptance> {
    const { id } = message;
    if (this.#waiting.has(id) || this.#seen(id) !== null) return 'known';
    if (message.overheard && this.#about === null) return 'unaddressed';
    if (this.#waiting.size >= MAX_WAITING) return 'full';

    const now = Date.now();
    this.#touch(integrationId, now);
    const kept = { ...message, deliveryId: crypto.randomUUID() };
    this.#put({
      ...{ message: kept, receivedAt: now, exchange, reply: null },
      ...{ sentParts: 0, failures: 0, notBefore: 0, lease: null },
    });
    this.#plan();
    // Nobody waits for the queue: without it the inbox answers by itself. Of an exchange the request itself sees to its answer.
    if (!exchange) this.ctx.waitUntil(this.#tellQueue());
    return 'accepted';
  }

  async awaitReply(messageId: string, patienceMs: number): Promise<string | null> {
    const seen = this.#seen(messageId);
    if (seen !== null) return seen.reply ?? null;
    const exchange = this.#exchanges.get(messageId) ?? Promise.withResolvers<string | null>();
    this.#exchanges.set(messageId, exchange);
    const timer = setTimeout(() => exchange.resolve(null), patienceMs);
    return exchange.promise.finally(() => {
      clearTimeout(timer);
      this.#exchanges.delete(messageId);
    });
  }

  async take(leaseMs: number): Promise<Work | null> {
    const first = firstInLine(this.#waiting.values());
    const now = Date.now();
    if (first === null || !isFree(first, now)) return null;
    const token = crypto.randomUUID();
    const held = taken(first, { token, until: now + leaseMs });
    this.#put(held);
    this.#plan();
    const { message, exchange, reply, sentParts, receivedAt } = held;
    const { integrationId, sessionId, persona } = this.#about!;
    const limits = { exhausted: isExhausted(held), deadline: deadline(held) };
    const work = { message, exchange, reply, sentParts, receivedAt, ...limits };
    return { token, integrationId, sessionId, persona, ...work };
  }

  async keepSession(token: string, sessionId: string | null): Promise<boolean> {
    const isKept = this.#keepAbout(token, { sessionId });
    // A reset leaves none of what was said, here neither.
    if (isKept && sessionId === null)
      for (const [key, { expiresAt, reply }] of [...this.#storage.list<Seen>({ prefix: SEEN })])
        if (reply !== undefined) this.#storage.put(key, { expiresAt });
    return isKept;
  }

  async keepPersona(token: string, persona: string[] | null): Promise<boolean> {
    return this.#keepAbout(token, { persona });
  }

  async keepReply(token: string, reply: string, leaseMs: number): Promise<boolean> {
    return this.#change(token, { reply, failures: 0 }, leaseMs);
  }

  async keepSent(token: string, sentParts: number, leaseMs: number): Promise<boolean> {
    return this.#change(token, { sentParts }, leaseMs);
  }

  async tryAgain(token: string, failure: Failure): Promise<boolean> {
    const held = this.#held(token);
    if (held === null) return false;
    const later = afterFailure(held, failure, { now: Date.now(), random: Math.random() });
    if (later === null) return false;
    this.#put(later);
    this.#plan();
    return true;
  }

  async finish(token: string, leaseMs: number | null): Promise<Work | null> {
    const held = this.#held(token);
    if (held === null) return null;
    const { message, exchange, reply } = held;
    this.#waiting.delete(message.id);
    this.#storage.delete(MESSAGE + message.id);
    const expiresAt = Date.now() + SEEN_MS;
    const seen: Seen = exchange && reply !== null ? { expiresAt, reply } : { expiresAt };
    this.#storage.put(SEEN + message.id, seen);
    this.#exchanges.get(message.id)?.resolve(reply);
    const next = leaseMs === null ? null : await this.take(leaseMs);
    this.#plan();
    return next;
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    const dueAt = wakeAt(this.#waiting.values());
    try {
      if (dueAt !== null && dueAt <= Date.now()) await this.work();
      else if (this.#isQuiet() && (await this.endWithIntegration(this.#about!)) && this.#isQuiet())
        this.#forget();
    } catch (cause) {
      this.report({ event: 'inbox_work_failed', cause });
    }
    // It rings for each message, and there may be thousands of a week to look through.
    if (Date.now() - this.#sweptAt < SWEEP_MS || this.#sweep()) this.#plan();
    // With its alarm.
    else await this.ctx.storage.deleteAll();
  }

  async #tellQueue(): Promise<void> {
    try {
      await this.env.INBOUND_QUEUE.send({ inbox: this.ctx.id.name! });
    } catch (cause) {
      this.report({ event: 'inbound_queue_failed', cause });
      await this.#workHere();
    }
  }

  async #workHere(): Promise<void> {
    try {
      await this.work();
    } catch (cause) {
      this.report({ event: 'inbox_work_failed', cause });
    }
  }

  #held(token: string): Waiting | null {
    return this.#waiting.values().find(({ lease }) => lease?.token === token) ?? null;
  }

  async #change(token: string, change: Partial<Waiting>, leaseMs: number): Promise<boolean> {
    const held = this.#held(token);
    if (held === null) return false;
    this.#put({ ...held, ...change, lease: { token, until: Date.now() + leaseMs } });
    this.#plan();
    return true;
  }

  #keepAbout(token: string, change: Partial<About>): boolean {
    if (this.#held(token) === null) return false;
    this.#putAbout({ ...this.#about!, ...change });
    return true;
  }

  #touch(integrationId: string, now: number): void {
    if (this.#about === null)
      this.#putAbout({ integrationId, sessionId: null, persona: null, touchedAt: now });
    else if (now - this.#about.touchedAt > SWEEP_MS) this.#putAbout({ ...this.#about, touchedAt: now });
  }

  #putAbout(about: About): void {
    this.#about = about;
    this.#storage.put('about', about);
  }

  #put(waiting: Waiting): void {
    this.#waiting.set(waiting.message.id, waiting);
    this.#storage.put(MESSAGE + waiting.message.id, waiting);
  }

  #seen(messageId: string): Seen | null {
    return this.#storage.get<Seen>(SEEN + messageId) ?? null;
  }

  /** Whether nobody has written for a day or two: only then is it worth asking whether the integration still is. */
  #isQuiet(): boolean {
    return this.#waiting.size === 0 && this.#about !== null && Date.now() - this.#about.touchedAt > SWEEP_MS;
  }

  #forget(): void {
    for (const [key] of [...this.#storage.list({ prefix: SEEN })]) this.#storage.delete(key);
    this.#about = null;
    this.#sweptAt = 0;
  }

  /** Forgets what has expired; false where nothing is left that would be missed. */
  #sweep(): boolean {
    const now = Date.now();
    this.#sweptAt = now;
    let left = 0;
    for (const [key, { expiresAt }] of [...this.#storage.list<Seen>({ prefix: SEEN })]) {
      if (expiresAt > now) left += 1;
      else this.#storage.delete(key);
    }
    const isRemembered = this.#about !== null && now - this.#about.touchedAt < ABOUT_MS;
    if (left > 0 || isRemembered || this.#waiting.size > 0) return true;
    this.#about = null;
    return false;
  }

  #plan(): void {
    this.#ringAt(wakeAt(this.#waiting.values()) ?? Date.now() + SWEEP_MS);
  }

  /** One alarm is enough: one that rings too early finds nothing to do and is set anew. */
  #ringAt(time: number): void {
    if (this.#alarmAt !== null && this.#alarmAt <= time) return;
    this.#alarmAt = time;
    void this.ctx.storage.setAlarm(time);
  }
}

const MESSAGE = 'message:';
const SEEN = 'seen:';
