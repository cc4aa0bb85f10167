import { Hono } from 'hono';
import * as z from 'zod';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { parsePersona } from '../conversation/persona.ts';
import { generateReplies } from '../conversation/reply.ts';
import { parseMessage } from '../conversation/text.ts';
import { joinTurns } from '../conversation/turns.ts';
import { ApiError } from '../errors.ts';
import { usage } from '../openai/usage.ts';
import {
  addExchange,
  createSession,
  createSessionId,
  isSessionId,
  type Session,
} from '../session/session.ts';
import { backendCall } from './backend-call.ts';
import { parseInput, readJsonObject, readOptionalJsonObject } from '../request-body.ts';

const createSchema = z.strictObject({
  persona: z
    .union([z.string(), z.array(z.string()).max(100)], 'must be text, or a list of at most 100 texts')
    .nullish(),
});
const messageSchema = z.strictObject({ content: z.string() });

/**
 * Tandem's own form: the conversation is kept here. Whoever knows a session's id may read and continue it.
 */
export function sessionRoutes(dependencies: AppDependencies) {
  const { settings, model, sessions } = dependencies;
  const ttlSeconds = settings.sessionTtlSeconds;

  /** @throws {ApiError} session_not_found */
  async function findSession(id: string): Promise<Session> {
    const session = isSessionId(id) ? await sessions.get(id) : null;
    if (session === null) throw new ApiError('session_not_found');
    return session;
  }

  return new Hono<AppEnv>()
    .post('/', async (c) => {
      const { persona } = parseInput(createSchema, await readOptionalJsonObject(c));
      const lines = parsePersona(persona ?? [], {
        tokenizer: model.tokenizer,
        maxPositions: model.config.maxPositions,
        param: 'persona',
      });
      const id = createSessionId();
      const session = createSession({ persona: lines, now: nowSeconds(dependencies), ttlSeconds });
      await sessions.put(id, session);
      c.set('openedSession', id);
      return c.json(publicSession(id, session), 201, { location: `/v1/sessions/${id}` });
    })
    .get('/:id', async (c) => {
      const id = c.req.param('id');
      return c.json(publicSession(id, await findSession(id)));
    })
    .delete('/:id', async (c) => {
      const id = c.req.param('id');
      await findSession(id);
      await sessions.delete(id);
      return c.body(null, 204);
    })
    .post('/:id/messages', async (c) => {
      const { content } = parseInput(messageSchema, await readJsonObject(c));
      const said = parseMessage(content, { maxChars: settings.maxMessageChars, param: 'content' });
      const id = c.req.param('id');
      const session = await findSession(id);
      const question = { role: 'user' as const, content: said, createdAt: nowSeconds(dependencies) };

      const { replies, promptTokens, droppedTurns, truncated } = await generateReplies(dependencies, {
        conversation: {
          persona: session.persona,
          turns: joinTurns([...session.messages, question]),
        },
        parameters: { ...model.config.recommendedGeneration, num_return_sequences: 1 },
        alreadySaid: session.messages
          .filter(({ role }) => role === 'assistant')
          .map(({ content }) => content),
        call: backendCall(c),
      });
      const reply = replies[0]!;
      const answer = { role: 'assistant' as const, content: reply.text, createdAt: nowSeconds(dependencies) };
      // Both at once, and only now: a generation that fails leaves the session as it was. Meanwhile the session
      // may have been deleted, which stays so, or may have grown. What happens between this reading and this
      // writing, or elsewhere within KV's minute, is still lost: KV cannot order turns.
      const current = await findSession(id);
      await sessions.put(id, addExchange(current, [question, answer], ttlSeconds));

      return c.json({
        object: 'session.message',
        session_id: id,
        ...publicMessage(answer),
        finish_reason: reply.finishReason,
        dropped_turns: droppedTurns,
        truncated,
        usage: usage([reply], promptTokens),
      });
    });
}

function publicSession(id: string, session: Session) {
  return {
    id,
    object: 'session',
    persona: session.persona,
    messages: session.messages.map(publicMessage),
    created_at: session.createdAt,
    expires_at: session.expiresAt,
  };
}

function publicMessage({ role, content, createdAt }: Session['messages'][number]) {
  return { role, content, created_at: createdAt };
}
