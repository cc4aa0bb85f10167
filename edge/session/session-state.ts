import type { KvSessions } from './kv-sessions.ts';
import type { Outbox } from './outbox.ts';
import type { Session } from './session.ts';
import type { TurnRecord } from './turn-record.ts';
import { type Held, upkeep } from './upkeep.ts';

const HELD = 'held';
const RECORD = 'turn:';
const WATCH = 'watch';
/** When a session was changed that was read from KV and is not in storage: long ago. */
const IN_KV_ALONE = 0;

interface SessionStateOptions {
  sessionId: string;
  storage: DurableObjectStorage;
  kv: KvSessions;
  outbox: Pick<Outbox, 'nextAt'>;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Takes what went wrong where nobody waits for an answer. */
  report: (problem: { event: string; cause: unknown }) => void;
}

/** Somebody wants to be told that the session has expired. */
interface Watch {
  keyId: string | null;
  /** When it does, once the object holds the session no more; milliseconds since 1970. */
  at: number | null;
}

/**
 * What an object keeps: its session and what it remembers of turns, in its own storage at once, in KV a little later.
 * `upkeep.ts` says when; here it is done.
 */
export class SessionState {
  readonly kv: KvSessions;
  readonly #options: SessionStateOptions;
  #held: Held | null = null;
  #loading: Promise<void> | null = null;
  /** Of the records in storage, what is needed to find them. */
  readonly #records = new Map<string, Pick<TurnRecord, 'id' | 'expiresAt' | 'status'>>();
  #alarmAt: number | null = null;
  #writing: Promise<void> | null = null;
  #failures = { count: 0, lastAt: 0 };

  constructor(options: SessionStateOptions) {
    this.kv = options.kv;
    this.#options = options;
  }

  /**
   * To be waited for before all else. A session that is nowhere is looked for each time.
   * @throws {Error} KV's, where it is asked and does not answer
   */
  async load(): Promise<void> {
    await this.loadStored();
    if (this.#held !== null) return;
    this.#loading ??= this.#readKv().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  /** Of it what lies in the object's own storage, whether KV answers or not: all that its alarm is for. */
  async loadStored(): Promise<void> {
    const { storage, now } = this.#options;
    if (this.#held !== null) return;
    const alarmAt = await storage.getAlarm();
    const held = storage.kv.get<Held>(HELD);
    if (this.#held !== null || held === undefined) return;
    for (const [key, { id, expiresAt, status }] of storage.kv.list<TurnRecord>({ prefix: RECORD }))
      this.#records.set(key.slice(RECORD.length), { id, expiresAt, status });
    // One that should have rung is no reason to wait: it is set anew with whatever is to be done.
    this.#alarmAt = alarmAt !== null && alarmAt > now() ? alarmAt : null;
    this.#held = held;
    this.#planWake();
  }

  /** The newest state, or null where there is none, it was deleted or has expired. */
  get session(): Session | null {
    const session = this.#held?.session ?? null;
    return session === null || this.#hasExpired(session) ? null : session;
  }

  /** Keeps a new session. @returns false where that was done before: then it is as it was */
  create(session: Session): boolean {
    if (this.#options.storage.kv.get(HELD) !== undefined) return false;
    this.change(session);
    return true;
  }

  change(session: Session): void {
    this.#hold(session, session.revision);
  }

  /** Deletes all that is known here, and in KV, if it can be reached now or once it can. */
  async erase(): Promise<void> {
    for (const name of this.#records.keys()) this.#forgetRecord(name);
    this.#options.storage.kv.delete(WATCH);
    this.#hold(null, this.#held!.revision + 1);
    await this.#writeToKv();
    this.#planWake();
  }

  record(name: string): TurnRecord | null {
    const record = this.#options.storage.kv.get<TurnRecord>(RECORD + name);
    return record === undefined || record.expiresAt <= this.#options.now() ? null : record;
  }

  /** All that is remembered, the oldest first. */
  records(): { name: string; record: TurnRecord }[] {
    return [...this.#records.keys()]
      .flatMap((name) => {
        const record = this.record(name);
        return record === null ? [] : [{ name, record }];
      })
      .toSorted((one, other) => one.record.acceptedAt - other.record.acceptedAt);
  }

  /** By the id of the reply. */
  findRecord(id: string): TurnRecord | null {
    for (const [name, record] of this.#records) if (record.id === id) return this.record(name);
    return null;
  }

  /** Remembers a turn, of a session that is there. */
  remember(name: string, record: TurnRecord): void {
    const { storage, now } = this.#options;
    // A session that was read from KV comes along: an object that starts again finds records by what it holds.
    if (this.#held!.changedAt === IN_KV_ALONE) this.#keep({ ...this.#held!, changedAt: now() });
    storage.kv.put(RECORD + name, record);
    const { id, expiresAt, status } = record;
    this.#records.set(name, { id, expiresAt, status });
    this.#planWake();
  }

  /** Remembers to tell that the session has expired, also when nothing else is held of it. */
  watchExpiry(keyId: string | null): void {
    if (this.#watch() === null) this.#keepWatch({ keyId, at: null });
    this.#planWake();
  }

  /** Ends the watch of a session that has expired. @returns whose session it was; null while there is nothing to tell */
  takeExpired(): Pick<Watch, 'keyId'> | null {
    const watch = this.#watch();
    const expiryAt = watch && this.#expiryOf(watch, this.#held);
    if (expiryAt === null || expiryAt > this.#options.now()) return null;
    this.#options.storage.kv.delete(WATCH);
    return watch;
  }

  /** After something was handed over: what is next or, where nothing is left, nothing. */
  async planAnew(): Promise<void> {
    if (this.#held !== null) return this.#planWake();
    const nextAt = this.#options.outbox.nextAt ?? this.#watch()?.at ?? null;
    if (nextAt === null) await this.#deleteAll();
    else this.wakeBy(nextAt);
  }

  /** What the alarm is for, besides turns. */
  async keepUp(): Promise<void> {
    this.#alarmAt = null;
    if (this.#held === null) return;
    if (this.#upkeep().write) await this.#writeToKv();
    const now = this.#options.now();
    for (const [name, { expiresAt }] of this.#records) if (expiresAt <= now) this.#forgetRecord(name);
    if (this.#upkeep().forget) await this.#forgetAll();
    else this.#planWake();
  }

  wakeBy(time: number): void {
    if (this.#alarmAt !== null && this.#alarmAt <= time) return;
    this.#alarmAt = time;
    void this.#options.storage.setAlarm(time);
  }

  async #readKv(): Promise<void> {
    const session = await this.kv.get(this.#options.sessionId);
    // It may have been made while KV was asked.
    if (session !== null && this.#held === null)
      this.#held = { session, revision: session.revision, changedAt: IN_KV_ALONE, unwrittenSince: null };
  }

  #hold(session: Session | null, revision: number): void {
    const now = this.#options.now();
    const unwrittenSince = this.#held?.unwrittenSince ?? now;
    this.#keep({ session, revision, changedAt: now, unwrittenSince });
    this.#planWake();
  }

  #keep(held: Held): void {
    this.#held = held;
    this.#options.storage.kv.put(HELD, held);
  }

  /** One write after another: a deletion must not be overtaken by what was being written before it. */
  async #writeToKv(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { sessionId, now, report } = this.#options;
    const { session, revision } = this.#held!;
    const startedAt = now();
    try {
      if (session === null || this.#hasExpired(session)) await this.kv.delete(sessionId);
      else await this.kv.put(sessionId, session);
      this.#failures = { count: 0, lastAt: 0 };
      const held = this.#held!;
      this.#keep({ ...held, unwrittenSince: held.revision === revision ? null : startedAt });
    } catch (cause) {
      this.#failures = { count: this.#failures.count + 1, lastAt: now() };
      report({ event: 'session_write_failed', cause });
    }
  }

  #upkeep() {
    const { outbox, now } = this.#options;
    const watch = this.#watch();
    return upkeep({
      held: this.#held!,
      remembered: this.#records.values(),
      failures: this.#failures,
      untoldAt: outbox.nextAt,
      expiryAt: watch && this.#expiryOf(watch, this.#held),
      now: now(),
    });
  }

  #planWake(): void {
    // Who writes to KV plans anew after it: until then it looks as if that were still to be done.
    if (this.#held !== null && this.#writing === null) this.wakeBy(this.#upkeep().wakeAt);
  }

  #hasExpired({ expiresAt }: Session): boolean {
    return expiresAt * 1_000 <= this.#options.now();
  }

  #forgetRecord(name: string): void {
    this.#options.storage.kv.delete(RECORD + name);
    this.#records.delete(name);
  }

  #watch(): Watch | null {
    return this.#options.storage.kv.get<Watch>(WATCH) ?? null;
  }

  #keepWatch(watch: Watch): void {
    this.#options.storage.kv.put(WATCH, watch);
  }

  #expiryOf({ at }: Watch, held: Held | null): number | null {
    const { session } = held ?? {};
    return session == null ? at : session.expiresAt * 1_000;
  }

  async #forgetAll(): Promise<void> {
    const watch = this.#watch();
    const expiryAt = watch && this.#expiryOf(watch, this.#held);
    for (const name of this.#records.keys()) this.#forgetRecord(name);
    this.#held = null;
    if (watch !== null && expiryAt !== null) {
      this.#options.storage.kv.delete(HELD);
      this.#keepWatch({ ...watch, at: expiryAt });
      this.wakeBy(expiryAt);
      return;
    }
    await this.#deleteAll();
  }

  /** With the alarm. */
  async #deleteAll(): Promise<void> {
    this.#alarmAt = null;
    await this.#options.storage.deleteAll();
  }
}
