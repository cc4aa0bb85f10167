import { nowSeconds } from '../../dependencies.ts';
import { ApiError } from '../../errors.ts';
import { describeError, LoggableError } from '../../observability/describe-error.ts';
import { figuresEntry } from '../../observability/log-entry.ts';
import { RequestFigures } from '../../observability/request-figures.ts';
import type { ChannelCall, Outcome } from '../channels/channel.ts';
import { outcomeOf } from '../channels/outcome.ts';
import { type AnyChannel, CHANNELS } from '../channels/registry.ts';
import { CALL_TIMEOUT_MS, deliver } from './call-channel.ts';
import { longestTurnMs } from './conversation-turn.ts';
import { findReply } from './find-reply.ts';
import type { InboundDependencies } from './inbound-dependencies.ts';
import type { Inbox, Work } from './inbox-calls.ts';
import type { Integration } from '../integrations/find-integration.ts';
import { SENTENCES } from './sentences.ts';

/** A conversation that goes on and on leaves its place to others after this; its inbox looks after the rest. */
const MAX_RUN_MS = 60_000;
/** What lies between the end of a call and the inbox's word that it is known. */
const MARGIN_MS = 2_000;
/** So long before it would go out typing is shown anew. */
const TYPING_MARGIN_MS = 1_000;
const DELIVERY_LEASE_MS = CALL_TIMEOUT_MS + MARGIN_MS;

/** Of a message that was taken as often as it may be, without a word how it went: it may be what kills. */
const UNKNOWN_END = 'Nobody came to an end with it.';

/** How a message was dealt with, for the log and the metrics. */
type End = 'delivered' | 'refused' | 'given_up' | 'expired' | 'no_integration' | 'tried_later' | 'lost';

/**
 * Answers what waits in an inbox, one message after the other: takes it, finds its reply, has the inbox keep it,
 * delivers it, and only then is done with it. At any of these points this may end for good, and whoever takes the message
 * next goes on from there.
 */
export async function answerWaiting(inbox: Inbox, dependencies: InboundDependencies): Promise<void> {
  const leaseMs = longestTurnMs(dependencies) + MARGIN_MS;
  const startedAt = dependencies.now();
  let work = await inbox.take(leaseMs);
  while (work !== null) {
    const end = await answerOne(work, inbox, dependencies);
    if (end === 'tried_later' || end === 'lost') return;
    const goesOn = dependencies.now() - startedAt < MAX_RUN_MS;
    work = await inbox.finish(work.token, goesOn ? leaseMs : null);
  }
}

async function answerOne(work: Work, inbox: Inbox, dependencies: InboundDependencies): Promise<End> {
  const figures = new RequestFigures();
  const startedAt = dependencies.now();
  // Before anything that may fail: what is too late is not met for ever.
  const isLate = startedAt >= work.deadline;
  const integration = isLate ? null : await dependencies.findIntegration(work.integrationId);
  const channel = integration && CHANNELS.get(integration.channel);
  const { end, reason } =
    integration && channel
      ? await new Answering({ work, inbox, integration, channel, figures }, dependencies).run()
      : { end: isLate ? ('expired' as const) : ('no_integration' as const), reason: null };
  if (integration && (end === 'refused' || end === 'given_up')) {
    const failure = { at: nowSeconds(dependencies), reason: reason ?? end };
    // To tell of it is no reason to fail.
    await integration.noteFailure(failure).catch(() => {});
  }
  dependencies.log({
    event: 'inbound_message',
    request_id: work.message.deliveryId,
    integration: work.integrationId,
    ...(channel && { channel: channel.name }),
    end,
    ...(reason !== null && { reason }),
    ms: dependencies.now() - startedAt,
    ...figuresEntry(figures),
  });
  dependencies.liveFigures?.count(null, figures);
  dependencies.liveFigures?.add('inbound_messages', { channel: channel?.name ?? 'unknown', end });
  if (end === 'delivered') dependencies.liveFigures?.timeInbound(dependencies.now() - work.receivedAt);
  return end;
}

interface Answered {
  end: End;
  /** Why it is not delivered; nothing that anybody said. */
  reason: string | null;
}

interface AnsweringOptions {
  work: Work;
  inbox: Inbox;
  integration: Integration;
  channel: AnyChannel;
  figures: RequestFigures;
}

/** One message, from where it stands to where it is delivered. */
class Answering {
  readonly #options: AnsweringOptions;
  readonly #dependencies: InboundDependencies;
  #settings: unknown;
  #sentParts: number;

  constructor(options: AnsweringOptions, dependencies: InboundDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#sentParts = options.work.sentParts;
  }

  /** What nobody expects is a failure like others, so that it is not met for ever. */
  async run(): Promise<Answered> {
    const { channel, integration } = this.#options;
    try {
      this.#settings = channel.settings.parse(integration.settings);
      return await this.#answer();
    } catch (error) {
      return this.#later({ afterSeconds: null, reason: describeError(error) });
    }
  }

  async #answer(): Promise<Answered> {
    const { work, inbox } = this.#options;
    if (work.reply !== null)
      return work.exhausted ? { end: 'given_up', reason: UNKNOWN_END } : this.#deliver(work.reply);
    let reply: string;
    try {
      if (work.exhausted) throw new LoggableError(UNKNOWN_END);
      reply = await this.#findReply();
    } catch (error) {
      const failure = {
        afterSeconds: error instanceof ApiError ? error.retryAfterSeconds : null,
        sentParts: 0,
      };
      const reason = describeError(error);
      if (await inbox.tryAgain(work.token, failure)) return { end: 'tried_later', reason };
      this.#dependencies.log({ event: 'inbound_apology', request_id: work.message.deliveryId, reason });
      reply = SENTENCES.failed;
    }
    if (!(await inbox.keepReply(work.token, reply, DELIVERY_LEASE_MS))) return { end: 'lost', reason: null };
    return this.#deliver(reply);
  }

  async #deliver(reply: string): Promise<Answered> {
    const { work, inbox, channel } = this.#options;
    // Whoever waits for it has it from the inbox.
    if (work.exchange) return { end: 'delivered', reason: null };
    const calls = channel.replies(reply, work.message, this.#settings);
    for (let part = work.sentParts; part < calls.length; part++) {
      this.#sentParts = part;
      const isHeld = part === work.sentParts || (await inbox.keepSent(work.token, part, DELIVERY_LEASE_MS));
      if (!isHeld) return { end: 'lost', reason: null };
      const outcome = await this.#call(await this.#signed(calls[part]!), channel.readAnswer);
      if (outcome.outcome === 'delivered') continue;
      if (outcome.outcome === 'refused') return { end: 'refused', reason: outcome.reason };
      return this.#later(outcome);
    }
    return { end: 'delivered', reason: null };
  }

  async #later({ afterSeconds, reason }: { afterSeconds: number | null; reason: string }): Promise<Answered> {
    const { work, inbox } = this.#options;
    const isKept = await inbox.tryAgain(work.token, { afterSeconds, sentParts: this.#sentParts });
    return { end: isKept ? 'tried_later' : 'given_up', reason };
  }

  async #signed(call: ChannelCall): Promise<ChannelCall> {
    const { work, channel } = this.#options;
    return channel.sign?.(call, work.message, this.#settings, nowSeconds(this.#dependencies)) ?? call;
  }

  #findReply(): Promise<string> {
    const stopTyping = this.#showTyping(this.#options);
    return findReply(this.#dependencies, this.#options).finally(stopTyping);
  }

  /** Nobody waits for it, and nothing depends on it. @returns what ends it */
  #showTyping({ work, channel }: AnsweringOptions): () => void {
    const call = channel.typing?.(work.message, this.#settings) ?? null;
    if (call === null) return () => {};
    const show = () => void this.#call(call);
    show();
    if (channel.typingSeconds === undefined) return () => {};
    const timer = setInterval(show, channel.typingSeconds * 1_000 - TYPING_MARGIN_MS);
    return () => clearInterval(timer);
  }

  #call(call: ChannelCall, readAnswer: AnyChannel['readAnswer'] = outcomeOf): Promise<Outcome> {
    const { fetch, now, settings } = this.#dependencies;
    return deliver(call, { fetch, now, readAnswer, allowLoopback: settings.developmentMode });
  }
}
