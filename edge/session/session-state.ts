import type { KvSessions } from './kv-sessions.ts';
import type { Session } from './session.ts';
import type { TurnRecord } from './turn-record.ts';
import { type Held, upkeep } from './upkeep.ts';

const HELD = 'held';
const RECORD = 'turn:';

interface SessionStateOptions {
  sessionId: string;
  storage: DurableObjectStorage;
  kv: KvSessions;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Takes what went wrong where nobody waits for an answer. */
  report: (problem: { event: string; cause: unknown }) => void;
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
  readonly #records = new Map<string, { id: string; expiresAt: number }>();
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
    if (this.#held !== null) return;
    this.#loading ??= this.#read().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  /** The newest state, or null where there is none, it was deleted or has expired. */
  get session(): Session | null {
    const session = this.#held?.session ?? null;
    return session === null || this.#hasExpired(session) ? null : session;
  }

  change(session: Session): void {
    this.#hold(session, session.revision);
  }

  /** Deletes all that is known here, and in KV, if it can be reached now or once it can. */
  async erase(): Promise<void> {
    for (const name of this.#records.keys()) this.#forgetRecord(name);
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

  remember(name: string, record: TurnRecord): void {
    this.#options.storage.kv.put(RECORD + name, record);
    this.#records.set(name, record);
    this.#planWake();
  }

  /** What the alarm is for, besides turns. */
  async keepUp(): Promise<void> {
    this.#alarmAt = null;
    await this.load();
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

  async #read(): Promise<void> {
    const { storage, sessionId } = this.#options;
    const held = storage.kv.get<Held>(HELD);
    if (held !== undefined) {
      for (const [key, { id, expiresAt }] of storage.kv.list<TurnRecord>({ prefix: RECORD }))
        this.#records.set(key.slice(RECORD.length), { id, expiresAt });
      // One that should have rung is no reason to wait: it is set anew with whatever is to be done.
      const alarmAt = await storage.getAlarm();
      this.#alarmAt = alarmAt !== null && alarmAt > this.#options.now() ? alarmAt : null;
      this.#held = held;
      this.#planWake();
      return;
    }
    const session = await this.kv.get(sessionId);
    // It may have been made while KV was asked.
    if (session !== null && this.#held === null)
      this.#held = { session, revision: session.revision, changedAt: 0, unwrittenSince: null };
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
    const remembered = this.#records.values();
    return upkeep({ held: this.#held!, remembered, failures: this.#failures, now: this.#options.now() });
  }

  #planWake(): void {
    if (this.#held !== null) this.wakeBy(this.#upkeep().wakeAt);
  }

  #hasExpired({ expiresAt }: Session): boolean {
    return expiresAt * 1_000 <= this.#options.now();
  }

  #forgetRecord(name: string): void {
    this.#options.storage.kv.delete(RECORD + name);
    this.#records.delete(name);
  }

  async #forgetAll(): Promise<void> {
    this.#held = null;
    this.#records.clear();
    // With its alarm.
    await this.#options.storage.deleteAll();
  }
}
