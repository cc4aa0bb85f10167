import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type AppDependencies, type AppEnv, nowSeconds } from '../../dependencies.ts';
import { ApiError, errorResponse } from '../../errors.ts';
import { clientKey, countRequest } from '../../middleware/rate-limit.ts';
import { describeError } from '../../observability/describe-error.ts';
import {
  type InboundMessage,
  MalformedPayload,
  type Received,
  type ReceivedRequest,
} from '../channels/channel.ts';
import { type AnyChannel, CHANNELS } from '../channels/registry.ts';
import { answerWaiting } from './answer-waiting.ts';
import { mayBeReplayed } from './inbox.ts';
import { inboxName } from './inbox-calls.ts';
import type { Integration } from '../integrations/find-integration.ts';

/** Slack's and Discord's payloads have some KB, Meta's, which hold several messages, more. */
const MAX_BODY_BYTES = 256 * 1024;
/** Longer ids are nobody's. */
const MAX_ID_CHARS = 512;
const RETRY_AFTER_SECONDS = 30;

/**
 * What channels call. Between a request and its answer lie its verification and its conversation's inbox, and nothing else:
 * neither the model nor the queue has to be there.
 */
export function inboundRoutes(dependencies: AppDependencies) {
  const { findIntegration, inbox, log, rateLimiter, waitUntil } = dependencies;

  /** @throws {ApiError} invalid_signature, the same for an integration that there is not */
  async function verified(c: Context<AppEnv>, request: ReceivedRequest) {
    const id = c.req.param('integration')!;
    const known = await verifiedBy(await findIntegration(id), request);
    if (known !== null) return known;
    await countRequest(rateLimiter, clientKey(c.req.header('cf-connecting-ip')));
    // It may be one, or have a secret, of the last minute.
    const newest = await verifiedBy(await findIntegration(id, { newest: true }), request);
    if (newest !== null) return newest;
    throw new ApiError('invalid_signature');
  }

  async function verifiedBy(integration: Integration | null, request: ReceivedRequest) {
    const { channel, settings } = openChannel(integration);
    const isGenuine = await channel.verify(request, settings, nowSeconds(dependencies));
    return integration !== null && isGenuine ? { integration, channel, settings } : null;
  }

  /** Keeps a message. @throws {ApiError} inbox_full, inbox_unavailable: the channel sends it again later */
  async function keep(integration: Integration, message: InboundMessage, { exchange = false } = {}) {
    const conversation = inbox(await inboxName(integration.id, message.conversation));
    const arrival = { integrationId: integration.id, message, exchange };
    const acceptance = await conversation.accept(arrival).catch((cause) => {
      throw new ApiError('inbox_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
    });
    if (acceptance === 'full') throw new ApiError('inbox_full', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    return conversation;
  }

  /** Once it is verified: what comes from elsewhere than it is to be answered is dropped, and so is what may have come before. */
  function isHeardBy({ places }: Integration) {
    return (message: InboundMessage) =>
      (places === null || places.includes(message.place)) && !mayBeReplayed(message, dependencies.now());
  }

  async function respond(received: Received, integration: Integration): Promise<Response> {
    switch (received.kind) {
      case 'answer':
        return received.response;
      case 'ignored':
        return new Response(null);
      case 'messages': {
        const heard = received.messages.filter(isHeardBy(integration));
        // Nothing is promised that does not come: Discord shows for 15 minutes that the bot is thinking.
        if (heard.length === 0) return new Response(null);
        await Promise.all(heard.map((message) => keep(integration, message)));
        return received.response;
      }
      case 'exchange': {
        const { message, exchange } = received;
        if (!isHeardBy(integration)(message)) return new Response(null);
        const conversation = await keep(integration, message, { exchange: true });
        // Without the queue: somebody waits.
        const report = (cause: unknown) => log({ event: 'exchange_failed', cause: describeError(cause) });
        waitUntil(answerWaiting(conversation, dependencies).catch(report));
        const reply = conversation.awaitReply(message.id, exchange.patienceMs);
        return exchange.respond(await reply.catch(() => null));
      }
    }
  }

  return new Hono<AppEnv>().on(
    ['GET', 'POST'],
    '/:integration',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => errorResponse(c, new ApiError('request_too_large')),
    }),
    async (c) => {
      const request = await receive(c);
      const { integration, channel, settings } = await verified(c, request);
      return respond(parsed(channel, request, settings), integration);
    },
  );
}

async function receive(c: Context<AppEnv>): Promise<ReceivedRequest> {
  const method = c.req.method === 'GET' ? 'GET' : 'POST';
  const body = new Uint8Array(await c.req.raw.arrayBuffer());
  return { method, url: c.req.url, headers: c.req.raw.headers, body };
}

/** What verifies where there is no integration, in the time that it would take if there were. */
const NOBODYS = {
  channel: CHANNELS.get('slack')!,
  settings: { signingSecret: ['nobody'], botToken: ['nobody'] },
};

function openChannel(integration: Integration | null): { channel: AnyChannel; settings: unknown } {
  const channel = integration && CHANNELS.get(integration.channel);
  if (!integration || !channel) return NOBODYS;
  return { channel, settings: channel.settings.parse(integration.settings) };
}

/** @throws {ApiError} malformed_payload */
function parsed(channel: AnyChannel, request: ReceivedRequest, settings: unknown): Received {
  try {
    const received = channel.parse(request, settings);
    for (const { id, conversation } of messagesOf(received)) {
      if (id.length > MAX_ID_CHARS || conversation.length > MAX_ID_CHARS)
        throw new MalformedPayload('An id of the payload is too long.');
    }
    return received;
  } catch (error) {
    if (!(error instanceof MalformedPayload)) throw error;
    throw new ApiError('malformed_payload', { message: error.message });
  }
}

function messagesOf(received: Received): InboundMessage[] {
  if (received.kind === 'messages') return received.messages;
  return received.kind === 'exchange' ? [received.message] : [];
}
