import { Hono } from 'hono';
import * as z from 'zod';
import { boundedRecord } from '../bounded-record.ts';
import { parsePersona } from '../conversation/persona.ts';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { keptText } from '../kept-text.ts';
import { modelOfNewSession } from '../models/speakers.ts';
import { parseInput, readJsonObject, readOptionalJsonObject } from '../request-body.ts';
import { createSession, createSessionId, type Session, type SessionFields } from '../session/session.ts';
import type { SessionExport } from '../session/session-calls.ts';
import { messageFeedbackRoutes } from './message-feedback.ts';
import { publicMessage, sessionMessageRoutes } from './session-messages.ts';

const MIN_TTL_SECONDS = 60;
// As OpenAI bounds them.
const MAX_METADATA = 16;
const MAX_METADATA_KEY = 64;
const MAX_METADATA_VALUE = 512;

/** Tandem's own form: the conversation is kept here. A session is open to the key that it was made with, and to no other. */
export function sessionRoutes(dependencies: AppDependencies) {
  const { settings, model, sessions } = dependencies;
  const fieldsSchema = sessionFieldsSchema(settings.sessionTtlSeconds);
  const newSchema = newSessionSchema(settings.sessionTtlSeconds);

  /** The fields that a body has; null is as good as absent. */
  function fieldsOf(body: z.infer<typeof fieldsSchema>): Partial<SessionFields> {
    const { persona, metadata, ttl_seconds: ttlSeconds } = body;
    const { tokenizer, config } = model;
    return {
      ...(persona != null && {
        persona: parsePersona(persona, { tokenizer, maxPositions: config.maxPositions, param: 'persona' }),
      }),
      ...(metadata != null && { metadata }),
      ...(ttlSeconds != null && { ttlSeconds }),
    };
  }

  return new Hono<AppEnv>()
    .post('/', async (c) => {
      const { keyId } = c.get('caller');
      const defaults = { persona: [], metadata: {}, ttlSeconds: settings.sessionTtlSeconds };
      const body = parseInput(newSchema, await readOptionalJsonObject(c));
      const fields = { ...defaults, ...fieldsOf(body) };
      const id = createSessionId();
      const session = createSession({
        ...{ ...fields, keyId, now: nowSeconds(dependencies) },
        model: await modelOfNewSession(dependencies, { sessionId: id, wanted: body.model ?? null }),
      });
      await sessions(id, (object) => object.create(session));
      c.set('openedSession', id);
      return c.json(publicSession(id, session), 201, { location: `/v1/sessions/${id}` });
    })
    .get('/:id', async (c) => {
      const id = c.req.param('id');
      const session = await sessions(id, (object) => object.read(c.get('caller')));
      return c.json(publicSession(id, found(session)));
    })
    .patch('/:id', async (c) => {
      const id = c.req.param('id');
      const fields = fieldsOf(parseInput(fieldsSchema, await readJsonObject(c)));
      const session = await sessions(id, (object) => object.edit(c.get('caller'), fields));
      return c.json(publicSession(id, found(session)));
    })
    .delete('/:id', async (c) => {
      const erased = await sessions(c.req.param('id'), (object) => object.erase(c.get('caller')));
      if (!erased) throw new ApiError('session_not_found');
      return c.body(null, 204);
    })
    .get('/:id/export', async (c) => {
      const id = c.req.param('id');
      const held = found(await sessions(id, (object) => object.export(c.get('caller'))));
      c.header('content-disposition', `attachment; filename="${id}.json"`);
      return c.json(publicExport(id, held, nowSeconds(dependencies)));
    })
    .route('/', sessionMessageRoutes(dependencies))
    .route('/', messageFeedbackRoutes(dependencies));
}

const metadata = boundedRecord({
  key: keptText(MAX_METADATA_KEY),
  value: keptText(MAX_METADATA_VALUE),
  most: MAX_METADATA,
  tooMany: `must hold at most ${MAX_METADATA} texts`,
  wrongKey: `is no key for a text: keys have at most ${MAX_METADATA_KEY} characters, and are not "__proto__"`,
});

/** @param maxTtlSeconds the longest that the edge's owner keeps a session */
export function sessionFieldsSchema(maxTtlSeconds: number) {
  return z.strictObject({
    persona: z
      .union([z.string(), z.array(z.string()).max(100)], 'must be text, or a list of at most 100 texts')
      .nullish(),
    metadata: metadata.nullish(),
    ttl_seconds: z.int().min(MIN_TTL_SECONDS).max(maxTtlSeconds).nullish(),
  });
}

/** A session may ask for the model that it is to be on, for good. */
export function newSessionSchema(maxTtlSeconds: number) {
  return sessionFieldsSchema(maxTtlSeconds).extend({
    model: z.string().nullish().describe('The model that it is on for good; left out, the edge chooses.'),
  });
}

export function found<Found>(value: Found | null): Found {
  if (value === null) throw new ApiError('session_not_found');
  return value;
}

export function publicSession(id: string, session: Session) {
  return {
    id,
    object: 'session' as const,
    ...(session.model !== undefined && { model: session.model }),
    persona: session.persona,
    metadata: session.metadata,
    messages: session.messages.map((message) => publicMessage(id, message)),
    created_at: session.createdAt,
    expires_at: session.expiresAt,
    ttl_seconds: session.ttlSeconds,
  };
}

/** Everything that is held, as it is held: also what the other routes leave out. */
export function publicExport(id: string, { session, turns }: SessionExport, exportedAt: number) {
  const tokenIds = (index: number) => {
    const { ids } = session.messages[index]!;
    return ids === undefined ? {} : { token_ids: ids };
  };
  const { messages, ...fields } = publicSession(id, session);
  return {
    ...fields,
    object: 'session.export' as const,
    exported_at: exportedAt,
    key_id: session.keyId,
    revision: session.revision,
    messages: messages.map((message, index) => ({ ...message, ...tokenIds(index) })),
    turns,
  };
}
