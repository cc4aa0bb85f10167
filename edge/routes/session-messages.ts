import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { queryInteger } from '../query-integer.ts';
import { parseMessage } from '../conversation/text.ts';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { messagesSchema, readConversation, type Transcript } from '../openai/messages.ts';
import { generationFields } from '../openai/generation-fields.ts';
import { generationPlan } from '../openai/parameters.ts';
import { pieces } from '../openai/pieces.ts';
import { parseInput, readJsonObject } from '../request-body.ts';
import { createMessageId, type Message } from '../session/session.ts';
import type { MessageState } from '../session/session-calls.ts';
import { refusalError, type Said, takeTurn, type TurnAnswer } from '../session/take-turn.ts';
import { nameTurn } from '../session/turn-name.ts';
import type { MessageAnswer } from '../session/turn-record.ts';
import { answer } from './answer.ts';
import { publicFeedback } from './message-feedback.ts';
import { prepareCallbacks, readCallback } from './callbacks.ts';

// A session goes on with one reply, whose tokens nobody sees.
const { n: _, logprobs: __, ...replyFields } = generationFields;
export const sessionMessageSchema = z.strictObject({
  content: z.string().describe('What the person says.'),
  ...replyFields,
  no_repeat_replies: z
    .boolean()
    .nullish()
    .describe('false lets a reply come again that the session has had; else it gives way to another beam.'),
  messages: messagesSchema
    .nullish()
    .describe(
      'What was said before, in the form of chat completions. Read only where the session cannot be reached: the reply goes on from there, and is not stored.',
    ),
  async: z.boolean().nullish().describe('Answers at once with the address where the reply will be.'),
  callback_url: z
    .string()
    .nullish()
    .describe('Of a message that is not waited for: who is sent the reply, signed, once it is there.'),
  stream: z
    .boolean()
    .nullish()
    .describe(
      'Sends server-sent events, as `Accept: text/event-stream` does. A reply is searched as a whole, so its words come together once it is found.',
    ),
});

export const MAX_PAGE = 100;
const pageSchema = z.strictObject({
  limit: queryInteger().min(1).max(MAX_PAGE).default(20),
  after: z.string().optional(),
});

const EVENT_STREAM = /(^|,)\s*text\/event-stream\s*(,|;|$)/i;
const RESPOND_ASYNC = /(^|,)\s*respond-async\s*(,|;|$)/i;
/** When to ask again for a reply that is not there yet. */
const POLL_SECONDS = 1;
/** What a turn may take besides the backend: the way to the session and back. */
const LEASE_MARGIN_MS = 5_000;

/** The messages of a session: something is said, and what was said is read. */
export function sessionMessageRoutes(dependencies: AppDependencies) {
  const { settings, model, sessions } = dependencies;
  const replyMs = settings.backends.timeoutMs;

  /** @throws {ApiError} invalid_value, … for a body that is wrong, before the session is looked for */
  async function readRequest(c: Context<AppEnv>, sessionId: string) {
    const body = await readJsonObject(c);
    // How the answer is sent is no part of what is asked: the same key may come with and without.
    const { stream, ...request } = parseInput(sessionMessageSchema, body);
    const isStream = stream ?? EVENT_STREAM.test(c.req.header('accept') ?? '');
    const isAsync = request.async ?? RESPOND_ASYNC.test(c.req.header('prefer') ?? '');
    if (isStream && isAsync) throw notBoth();
    const callback = { url: request.callback_url, isAsync, caller: c.get('caller') };
    const callbackUrl = readCallback(dependencies, callback);
    const { maxMessageChars: maxChars, maxNumBeams } = settings;
    const content = parseMessage(request.content, { maxChars, param: 'content' });
    const { tokenizer, config } = model;
    const transcript: Transcript | null =
      request.messages == null
        ? null
        : readConversation([...request.messages, { role: 'user', content }], {
            maxChars,
            maxPositions: config.maxPositions,
            tokenizer,
          });
    const key = c.req.header('idempotency-key');
    const said: Said = {
      sessionId,
      opener: c.get('caller'),
      content,
      plan: {
        ...generationPlan(request, { model, maxNumBeams }),
        mayRepeat: request.no_repeat_replies === false,
      },
      // Once all of it is read: of lists within each other without end no fingerprint can be made.
      named: key === undefined ? null : await nameTurn(key, { ...request, async: isAsync }),
      leaseMs: replyMs + LEASE_MARGIN_MS,
      patienceMs: replyMs,
    };
    return { said, isAsync, isStream, transcript, callbackUrl };
  }

  /** The address of a message whose reply is not awaited. */
  async function enqueue(c: Context<AppEnv>, said: Said, callbackUrl: string | null) {
    const { sessionId, opener, content, plan, named, leaseMs } = said;
    const charge = c.get('charge');
    if (callbackUrl !== null) await prepareCallbacks(dependencies, opener.keyId);
    const id = createMessageId();
    const turn = {
      ...{ id, ...(named ?? { name: id, fingerprint: '' }) },
      work: {
        ...{ content, plan, leaseMs, requestId: c.get('requestId'), keyId: opener.keyId },
        reservedTokens: charge.reserved,
        safety: c.get('caller').policy.safety,
        callbackUrl,
      },
    };
    const taken = await sessions(sessionId, (session) => session.enqueue(opener, turn));
    c.header('preference-applied', 'respond-async');
    switch (taken.outcome) {
      case 'answered':
        c.header('idempotent-replayed', 'true');
        return c.json(taken.answer);
      case 'queued':
        // To be replaced by what it did cost. One that was queued before has been paid for.
        if (taken.id === id) charge.count(charge.reserved);
        c.header('location', `/v1/sessions/${sessionId}/messages/${taken.id}`);
        c.header('retry-after', String(POLL_SECONDS));
        return c.json(
          publicState(sessionId, taken.id, { status: 'queued', acceptedAt: taken.acceptedAt }),
          202,
        );
      default:
        throw refusalError(taken);
    }
  }

  return new Hono<AppEnv>()
    .post('/:id/messages', async (c) => {
      const { said, isAsync, isStream, transcript, callbackUrl } = await readRequest(c, c.req.param('id'));
      if (isAsync) return enqueue(c, said, callbackUrl);
      const onSessionTime = (ms: number) => c.get('figures').add('session', ms);
      return answer<TurnAnswer>(c, dependencies, {
        generate: async (call) => {
          const turn = takeTurn(dependencies, said, { call, transcript, onSessionTime });
          // Where the client goes away, the turn still comes to its end, and the next one need not wait for its lease.
          dependencies.waitUntil(turn.catch(() => {}));
          const taken = await turn;
          if (!taken.answer.stored) dependencies.liveFigures?.add('unstored_replies', {});
          // A stream that has begun has sent its headers.
          if (taken.replayed && !c.finalized) c.header('idempotent-replayed', 'true');
          return taken;
        },
        whole: (taken) => taken.answer,
        events: isStream ? (taken) => replyEvents(taken.answer) : null,
      });
    })
    .get('/:id/messages', async (c) => {
      const id = c.req.param('id');
      const page = parseInput(pageSchema, c.req.query());
      const session = await sessions(id, (object) => object.read(c.get('caller')));
      if (session === null) throw new ApiError('session_not_found');
      return c.json(publicPage(id, session.messages, page));
    })
    .get('/:id/messages/:message', async (c) => {
      const { id, message: messageId } = c.req.param();
      const state = await sessions(id, (session) => session.message(c.get('caller'), messageId));
      if (state === null) throw new ApiError('message_not_found');
      if (state.status === 'queued') c.header('retry-after', String(POLL_SECONDS));
      return c.json(publicState(id, messageId, state));
    });
}

export function publicMessage(sessionId: string, message: Message) {
  const { id, role, content, model, feedback, createdAt } = message;
  return {
    object: 'session.message' as const,
    id,
    session_id: sessionId,
    status: 'completed' as const,
    role,
    content,
    ...(model !== undefined && { model }),
    ...(feedback !== undefined && { feedback: publicFeedback(feedback) }),
    created_at: createdAt,
  };
}

/** @throws {ApiError} invalid_value where `after` is no message of the session, or no longer */
function publicPage(sessionId: string, messages: Message[], page: z.infer<typeof pageSchema>) {
  const { limit, after } = page;
  const index = after === undefined ? -1 : messages.findIndex(({ id }) => id === after);
  if (after !== undefined && index === -1) {
    const message = 'after: must be the id of a message of this session.';
    throw new ApiError('invalid_value', { param: 'after', message });
  }
  const data = messages
    .slice(index + 1, index + 1 + limit)
    .map((message) => publicMessage(sessionId, message));
  return {
    object: 'list' as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: index + 1 + limit < messages.length,
  };
}

function publicState(sessionId: string, id: string, state: MessageState) {
  switch (state.status) {
    case 'completed':
      return state.answer;
    case 'kept':
      return publicMessage(sessionId, state.message);
    case 'queued':
    case 'failed': {
      const created_at = Math.floor(state.acceptedAt / 1_000);
      const error = state.status === 'failed' ? { error: state.failure } : {};
      const { status } = state;
      return {
        object: 'session.message' as const,
        id,
        session_id: sessionId,
        status,
        role: 'assistant' as const,
        created_at,
        ...error,
      };
    }
  }
}

/** The words of a reply as they are to be shown, then the reply as it is without a stream. */
export function* replyEvents(reply: MessageAnswer) {
  const { id, session_id } = reply;
  for (const { text } of pieces(reply.content, null))
    yield { object: 'session.message.delta' as const, id, session_id, delta: text };
  yield reply;
}

function notBoth(): ApiError {
  const message = 'stream: a reply that is not awaited cannot be streamed. Leave out "stream" or "async".';
  return new ApiError('invalid_value', { param: 'stream', message });
}
