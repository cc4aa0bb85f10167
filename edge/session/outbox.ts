import { EVENT_TYPES, type EventType, type Publication } from '../webhooks/outbound/events.ts';
import { ownerOf } from '../webhooks/outbound/owner.ts';
import type { WebhooksObject } from '../webhooks/outbound/webhooks-object.ts';

const OUTBOX = 'outbox:';
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 600_000;
/** A key's webhooks answer in milliseconds; past this they are away. */
const PATIENCE_MS = 1_000;

interface OutboxOptions {
  storage: DurableObjectStorage;
  /** The webhooks of a key, by their owner's name; null where the edge has none at all. */
  webhooksOf: ((owner: string) => Pick<DurableObjectStub<WebhooksObject>, 'interest' | 'publish'>) | null;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Takes what went wrong where nobody waits for an answer. */
  report: (problem: { event: string; cause: unknown }) => void;
}

interface Letter {
  owner: string;
  publications: Publication[];
}

/**
 * What a session's object has to tell the webhooks of its key. It is kept together with the change that it tells of, and until
 * they have it: no kill between the two loses it.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #letters: Map<string, Letter> | null = null;
  #sending: Promise<void> | null = null;
  /** Failed attempts since the last that did not, and when the last one, or the oldest letter, came. */
  #failures = { count: 0, lastAt: 0 };

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** What somebody wants to be told of. While nobody can be asked it is everything: who is told sorts it out. */
  async interest(keyId: string | null): Promise<ReadonlySet<EventType>> {
    const { webhooksOf } = this.#options;
    if (webhooksOf === null) return new Set();
    const late = new Promise<EventType[]>((resolve) => setTimeout(resolve, PATIENCE_MS, [...EVENT_TYPES]));
    const asked = webhooksOf(ownerOf(keyId)).interest();
    return new Set(await Promise.race([asked, late]).catch(() => EVENT_TYPES));
  }

  /** To be called within the same turn of the event loop as the change that it tells of. */
  put(keyId: string | null, publications: Publication[]): void {
    const [first] = publications;
    if (first === undefined) return;
    const letter = { owner: ownerOf(keyId), publications };
    if (this.#all().size === 0) this.#failures = { count: 0, lastAt: this.#options.now() };
    this.#options.storage.kv.put(OUTBOX + first.event.id, letter);
    this.#all().set(OUTBOX + first.event.id, letter);
  }

  /** When to send next; null where nothing is left. */
  get nextAt(): number | null {
    if (this.#all().size === 0) return null;
    const { count, lastAt } = this.#failures;
    return lastAt + Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, count - 1), LAST_RETRY_MS);
  }

  /** Hands over what is there, oldest first. What fails stays, and `nextAt` says until when. */
  async send(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    await this.#sending;
  }

  async #send(): Promise<void> {
    const { webhooksOf, storage, now, report } = this.#options;
    try {
      for (const [key, { owner, publications }] of this.#all()) {
        // Where there are none any more, there is nobody to tell.
        await webhooksOf?.(owner).publish(publications);
        storage.kv.delete(key);
        this.#all().delete(key);
      }
      this.#failures = { count: 0, lastAt: 0 };
    } catch (cause) {
      this.#failures = { count: this.#failures.count + 1, lastAt: now() };
      report({ event: 'webhooks_not_told', cause });
    }
  }

  #all(): Map<string, Letter> {
    this.#letters ??= new Map(this.#options.storage.kv.list<Letter>({ prefix: OUTBOX }));
    return this.#letters;
  }
}
