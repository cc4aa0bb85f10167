import { DurableObject } from 'cloudflare:workers';
import type { KeyLimits } from '../limits/key-limits.ts';
import {
  type Buckets,
  type Decision,
  reserve,
  settle,
  type Standing,
  standings,
  withoutFull,
} from '../limits/quotas.ts';

/** What an owner has made and may revoke, and what quotas are counted for: a key, an integration. */
export interface OwnedRecord {
  id: string;
  policy: { limits: KeyLimits };
  /** Seconds since 1970. */
  revokedAt: number | null;
}

/** How a record is stored. */
export interface RecordForm<Kept extends OwnedRecord> {
  /** In KV: this and the record's id. */
  kvPrefix: string;
  encode(record: Kept): string;
  decode(value: string): Kept;
}

export interface Reservation {
  /** The session whose own quotas apply too. */
  sessionId: string | null;
  tokens: number;
  /** Tokens that the same request has taken before, where it may cost more than those. */
  held?: number;
}

// Full buckets of sessions that are over are looked for this often.
const PRUNE_INTERVAL_MS = 3_600_000;
// KV takes one write a second for a key.
const FIRST_RETRY_MS = 2_000;
const NEXT_RETRY_MS = 30_000;
const REVOKED_KEPT_SECONDS = 30 * 86_400;
const SESSION_PREFIX = 'session:';

/**
 * One record, which is the truth, and its quotas. Changes come one after the other here, and KV, which
 * may be a minute behind, is written from here alone: so nothing that was read late from KV is written
 * back over a revocation. Requests are counted exactly, for all of them pass through one thread.
 *
 * Storage: `record`; `buckets`, of the record; `session:` and a session's id, that session's; `unpublished`, while KV
 * has an older record.
 */
export abstract class RecordObject<Kept extends OwnedRecord> extends DurableObject<Cloudflare.Env> {
  protected abstract readonly form: RecordForm<Kept>;
  /** What storage holds, once it was read: each request asks for both. */
  #record: Kept | null = null;
  #bucketsOfRecord: Buckets | null = null;
  #publishing: Promise<void> = Promise.resolve();

  /** The record, or null for one that never was. */
  read(): Kept | null {
    const value = this.#record === null ? this.ctx.storage.kv.get<string>('record') : undefined;
    if (value !== undefined) this.#record = this.form.decode(value);
    return this.#record;
  }

  create(record: Kept): Promise<void> {
    return this.#write(record);
  }

  /**
   * Takes a request and its tokens from the quotas. Null where the record is revoked, which is known here at once.
   * What was taken survives this object; a machine that dies may forget the last milliseconds, which is cheaper than
   * that each request waits for a disk.
   */
  async reserve({ sessionId, tokens, held }: Reservation): Promise<Decision | null> {
    const record = this.read();
    if (record === null || record.revokedAt !== null) return null;
    const limits = limitsOf(record, sessionId);
    const decision = reserve(limits, this.#buckets(sessionId), { tokens, held, nowMs: Date.now() });
    if (decision.granted) this.#keep(decision.buckets, sessionId);
    if (sessionId !== null && hasSessionQuotas(limits) && (await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + PRUNE_INTERVAL_MS);
    return decision;
  }

  /** Replaces the tokens of a reservation by those that were used. */
  settle({ sessionId, tokens }: Reservation, used: number): void {
    const record = this.read();
    if (record === null) return;
    const limits = limitsOf(record, sessionId);
    const change = { reserved: tokens, used, nowMs: Date.now() };
    this.#keep(settle(limits, this.#buckets(sessionId), change), sessionId);
  }

  /** How the record's own quotas stand; null where there is none. */
  usage(): Standing[] | null {
    const record = this.read();
    return record && standings(limitsOf(record, null), this.#buckets(null), Date.now());
  }

  override async alarm(): Promise<void> {
    if (this.ctx.storage.kv.get('unpublished')) await this.#publishOrRetry();
    if (this.#prune() > 0 && (await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + PRUNE_INTERVAL_MS);
  }

  /** Answers the record after the change, or null where there is nothing to change. */
  protected async change(change: (record: Kept) => Kept | null): Promise<Kept | null> {
    const record = this.read();
    const changed = record && change(record);
    if (changed !== null) await this.#write(changed);
    return changed;
  }

  /** Keeps a record and publishes it; where KV does not take it, that is tried again until it does. */
  async #write(record: Kept): Promise<void> {
    this.#record = record;
    this.ctx.storage.kv.put('record', this.form.encode(record));
    this.ctx.storage.kv.put('unpublished', true);
    // With the change: an object that breaks down before KV has answered publishes by it.
    await this.ctx.storage.setAlarm(Date.now() + FIRST_RETRY_MS);
    await this.#publish().catch(() => {});
  }

  /** By an alarm of its own: one that fails is rung again by the runtime a few times only, and an outage may be longer. */
  async #publishOrRetry(): Promise<void> {
    try {
      await this.#publish();
    } catch {
      await this.ctx.storage.setAlarm(Date.now() + NEXT_RETRY_MS);
    }
  }

  /** One after the other: of two writes under way at once the older could arrive last. */
  #publish(): Promise<void> {
    const published = this.#publishing.then(() => this.#publishNewest());
    this.#publishing = published.catch(() => {});
    return published;
  }

  async #publishNewest(): Promise<void> {
    const record = this.read()!;
    const value = this.form.encode(record);
    const expiry = record.revokedAt === null ? {} : { expirationTtl: REVOKED_KEPT_SECONDS };
    await this.env.KEYS.put(this.form.kvPrefix + record.id, value, expiry);
    // What was changed meanwhile is published next.
    if (this.ctx.storage.kv.get('record') === value) this.ctx.storage.kv.delete('unpublished');
  }

  /** How many sessions' buckets are left. */
  #prune(): number {
    const limits = this.read()?.policy.limits ?? {};
    const nowMs = Date.now();
    let left = 0;
    for (const [key, buckets] of [...this.ctx.storage.kv.list<Buckets>({ prefix: SESSION_PREFIX })]) {
      if (Object.keys(withoutFull(limits, buckets, nowMs)).length > 0) left += 1;
      else this.ctx.storage.kv.delete(key);
    }
    return left;
  }

  #buckets(sessionId: string | null): Buckets {
    this.#bucketsOfRecord ??= this.ctx.storage.kv.get<Buckets>('buckets') ?? {};
    const ofSession = sessionId === null ? {} : this.ctx.storage.kv.get<Buckets>(SESSION_PREFIX + sessionId);
    return { ...this.#bucketsOfRecord, ...ofSession };
  }

  #keep(buckets: Buckets, sessionId: string | null): void {
    const { requests, tokens, ...ofSession } = buckets;
    const unconfirmed = { allowUnconfirmed: true };
    const ofRecord = defined({ requests, tokens });
    if (Object.keys(ofRecord).length > 0) {
      this.#bucketsOfRecord = ofRecord;
      void this.ctx.storage.put('buckets', ofRecord, unconfirmed);
    }
    if (sessionId !== null && Object.keys(ofSession).length > 0)
      void this.ctx.storage.put(SESSION_PREFIX + sessionId, ofSession, unconfirmed);
  }
}

function limitsOf({ policy }: OwnedRecord, sessionId: string | null): KeyLimits {
  const { requests, tokens } = policy.limits;
  return sessionId === null ? defined({ requests, tokens }) : policy.limits;
}

function hasSessionQuotas(limits: KeyLimits): boolean {
  return limits['session-requests'] !== undefined || limits['session-tokens'] !== undefined;
}

function defined<T extends object>(object: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
