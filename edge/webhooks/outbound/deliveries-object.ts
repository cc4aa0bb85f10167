import { DurableObject } from 'cloudflare:workers';
import type { LiveFigures } from '../../figures/live-figures.ts';
import { describeError } from '../../observability/describe-error.ts';
import {
  afterAttempt,
  type Delivery,
  type DeliveryFailure,
  failed,
  isGivenUp,
  isSuccess,
  newDelivery,
  type Outcome,
  replayed,
} from './delivery.ts';
import { type DeliveryFilter, DeliveryStore } from './delivery-store.ts';
import type { Publication } from './events.ts';
import { parseDeliveriesName } from './owner.ts';
import type { DisabledReason, Webhook } from './subscription.ts';

/** Makes an attempt, or says why there is none to make: what was to be told is not there any more, or may not be sent. */
export type Courier = (
  delivery: Delivery,
) => Promise<Outcome | Extract<DeliveryFailure, 'erased' | 'refused'>>;

/** Connections that one invocation may have open at once; a receiver has to bear no more either. */
const LANES = 6;
/** Attempts of one alarm: below the requests that an invocation may make on the free plan. */
const ATTEMPTS_PER_ALARM = 42;
/** Where the webhook cannot be read, or the alarm failed by itself. */
const RETRY_MS = 10_000;
const FAILING_SINCE = 'failing_since';
const PAUSED_UNTIL = 'paused_until';

/**
 * The deliveries of one webhook, or of a key's callbacks: those on their way, those that arrived lately, and the dead letters.
 * Its alarm rings when the next is due and makes some attempts side by side. An attempt is noted once it is over: killed
 * before that, the object makes it again, with the same `webhook-id`.
 *
 * Storage: a table (`delivery-store.ts`); `failing_since`; `paused_until`, while the receiver wants to be left alone.
 */
export abstract class DeliveriesObject extends DurableObject<Cloudflare.Env> {
  readonly #store = new DeliveryStore(this.ctx.storage);
  readonly #underWay = new Set<string>();

  /** Signs for a webhook, and sends. */
  protected abstract courier(webhook: Webhook): Promise<Courier>;

  protected abstract readonly delaysSeconds: readonly number[];

  protected abstract report(entry: { event: string } & Record<string, unknown>): void;

  /** Null where nobody reads what is counted. */
  protected abstract readonly figures: Pick<LiveFigures, 'add'> | null;

  async accept(publications: Publication[]): Promise<void> {
    const now = Date.now();
    for (const publication of publications) this.#store.add(newDelivery(publication, now));
    await this.#planWake();
  }

  list(filter: DeliveryFilter): Delivery[] {
    return this.#store.list(filter);
  }

  read(id: string): Delivery | null {
    return this.#store.read(id);
  }

  /** Sends one anew, delivered or not; null where it is not known any more. */
  async replay(id: string): Promise<Delivery | null> {
    const delivery = this.#store.read(id);
    if (delivery === null) return null;
    const again = delivery.status === 'pending' ? delivery : replayed(delivery, Date.now());
    if (again !== delivery) this.#store.update(again);
    // Of one that is pending too: the object may have broken down between that and its alarm.
    await this.#planWake();
    return again;
  }

  /** Sends all dead letters anew. @returns how many there were */
  async replayFailed(): Promise<number> {
    const now = Date.now();
    let count = 0;
    for (const delivery of this.#store.all('failed')) {
      if (delivery.event.type === 'webhook.test') continue;
      this.#store.update(replayed(delivery, now));
      count += 1;
    }
    await this.#planWake();
    return count;
  }

  /** Sends an event at once and once only, whatever comes of it. */
  async test(publication: Publication, webhook: Webhook): Promise<Delivery> {
    const courier = await this.courier(webhook);
    const delivery = newDelivery(publication, Date.now());
    const tried = this.#after(delivery, await courier(delivery), []);
    this.#store.add(tried);
    await this.#planWake();
    return tried;
  }

  async erase(): Promise<void> {
    await this.#store.erase();
  }

  override async alarm(): Promise<void> {
    try {
      this.#store.forgetEnded(Date.now());
      if (this.#store.due(Date.now(), 1).length > 0) await this.#attemptDue();
      if (this.#store.nextWake() === null) await this.#store.erase();
      else await this.#planWake();
    } catch (cause) {
      // An alarm of our own: one that fails is rung again by the runtime a few times only.
      this.report({ event: 'webhook_deliveries_failed', cause: describeError(cause) });
      await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    }
  }

  async #attemptDue(): Promise<void> {
    const { webhookId } = this.#names;
    const webhook = await this.#webhooks.active(webhookId);
    if (webhook === null) return this.#failPending('disabled');
    const courier = await this.courier(webhook);
    let left = ATTEMPTS_PER_ALARM;
    const take = () => (left-- > 0 ? this.#takeDue() : null);
    const lane = async () => {
      for (let next = take(); next !== null; next = take()) await this.#attempt(next, courier);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  #takeDue(): Delivery | null {
    const now = Date.now();
    if ((this.#pausedUntil ?? 0) > now) return null;
    const due = this.#store.due(now, LANES + 1);
    const next = due.find(({ event }) => !this.#underWay.has(event.id)) ?? null;
    if (next !== null) this.#underWay.add(next.event.id);
    return next;
  }

  async #attempt(delivery: Delivery, courier: Courier): Promise<void> {
    const outcome = await courier(delivery).catch((error) => {
      this.#underWay.delete(delivery.event.id);
      throw error;
    });
    const attempted = this.#after(delivery, outcome, this.delaysSeconds);
    this.#store.update(attempted);
    // Noted first: until then another lane would find it due.
    this.#underWay.delete(delivery.event.id);
    const { callbackUrl, failure } = attempted;
    if (typeof outcome === 'object')
      this.figures?.add('webhook_attempts', { outcome: isSuccess(outcome) ? 'delivered' : 'failed' });
    if (failure !== null) {
      this.report({ event: 'webhook_delivery_failed', ...this.#logged, failure });
      this.figures?.add('webhook_dead_letters', { reason: failure });
    }
    // A callback's address is its own: it says nothing of the next one's.
    if (typeof outcome !== 'object' || callbackUrl !== null) return;
    this.#noteHealth(outcome);
    if (failure === 'gone') await this.#disable('gone');
    else if (isGivenUp(attempted, this.#failingSince)) await this.#disable('failing');
  }

  #after(
    delivery: Delivery,
    outcome: Awaited<ReturnType<Courier>>,
    delaysSeconds: readonly number[],
  ): Delivery {
    const now = Date.now();
    return typeof outcome === 'string'
      ? failed(delivery, outcome, now)
      : afterAttempt(delivery, outcome, { now, random: Math.random(), delaysSeconds });
  }

  #noteHealth(outcome: Outcome): void {
    const { kv } = this.ctx.storage;
    if (isSuccess(outcome)) {
      if (this.#failingSince !== null) kv.delete(FAILING_SINCE);
      return;
    }
    if (this.#failingSince === null) kv.put(FAILING_SINCE, outcome.at);
    const asksForRest = (outcome.status === 429 || outcome.status === 503) && outcome.retryAfterSeconds;
    if (asksForRest) kv.put(PAUSED_UNTIL, Date.now() + asksForRest * 1_000);
  }

  async #disable(reason: DisabledReason): Promise<void> {
    await this.#webhooks.disable(this.#names.webhookId, reason);
    this.report({ event: 'webhook_disabled', ...this.#logged, reason });
    this.figures?.add('webhooks_disabled', { reason });
    this.#failPending('disabled');
  }

  #failPending(failure: DeliveryFailure): void {
    const now = Date.now();
    for (const delivery of this.#store.all('pending')) {
      if (this.#underWay.has(delivery.event.id)) continue;
      this.#store.update(failed(delivery, failure, now));
      this.figures?.add('webhook_dead_letters', { reason: failure });
    }
  }

  async #planWake(): Promise<void> {
    const next = this.#store.nextWake();
    if (next === null) return;
    const wakeAt = Math.max(next, this.#pausedUntil ?? 0);
    const alarmAt = await this.ctx.storage.getAlarm();
    if (alarmAt === null || alarmAt > wakeAt) await this.ctx.storage.setAlarm(wakeAt);
  }

  get #failingSince(): number | null {
    return this.ctx.storage.kv.get<number>(FAILING_SINCE) ?? null;
  }

  get #pausedUntil(): number | null {
    return this.ctx.storage.kv.get<number>(PAUSED_UNTIL) ?? null;
  }

  get #names() {
    return parseDeliveriesName(this.ctx.id.name!);
  }

  get #logged() {
    const { owner, webhookId } = this.#names;
    return { key: owner, webhook: webhookId };
  }

  get #webhooks() {
    return this.env.WEBHOOKS.getByName(this.#names.owner);
  }
}
