import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { queryInteger } from '../query-integer.ts';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { OWNER } from '../keys/caller.ts';
import { digestOf, isKeyId } from '../keys/key-text.ts';
import { parseInput } from '../request-body.ts';
import { isSessionId } from '../session/session.ts';
import { describeForList, listSessions, type SessionSummary } from '../session/session-list.ts';
import { isIntegrationId } from '../webhooks/integrations/integration-record.ts';
import { found, publicExport, publicSession } from './sessions.ts';

export const MAX_SESSIONS_PAGE = 200;
const RETRY_AFTER_SECONDS = 5;

const listSchema = z.strictObject({
  limit: queryInteger().min(1).max(MAX_SESSIONS_PAGE).default(50),
  after: z.string().max(2_000).optional(),
  key: z.string().refine(isOwnerId, 'must be the id of a key or an integration').optional(),
  search: z.string().max(200).optional(),
});

/** Sessions are a key's, or an integration's. */
function isOwnerId(id: string): boolean {
  return isKeyId(id) || isIntegrationId(id);
}

/** Everybody's sessions, for who has the admin token. Who sees or erases what somebody said leaves a line in the log. */
export function adminSessionRoutes(dependencies: AppDependencies) {
  const { sessions, sessionNamespace, log } = dependencies;

  /** By the digest of the session's id: who knows the id finds the line, and the line tells nobody the id. */
  async function audit(c: Context<AppEnv>, action: 'read' | 'export' | 'erase', id: string) {
    const session = (await digestOf(id)).slice(0, 16);
    log({ event: 'admin_session', action, request_id: c.get('requestId'), session_sha256: session });
  }

  /** One that was made a moment ago is in no list yet. */
  async function findById(id: string): Promise<SessionSummary[]> {
    const session = await sessions(id, (object) => object.read(OWNER));
    return session === null ? [] : [{ id, ...describeForList(session) }];
  }

  return new Hono<AppEnv>()
    .get('/', async (c) => {
      const { limit, after = null, key = null, search } = parseInput(listSchema, c.req.query());
      const sought = search?.trim() || null;
      if (sought !== null && isSessionId(sought))
        return c.json(publicList({ sessions: await findById(sought), next: null }));
      const query = { limit, after, keyId: key, search: sought };
      return c.json(publicList(await listSessions(sessionNamespace, query).catch(unavailable)));
    })
    .get('/:id', async (c) => {
      const id = c.req.param('id');
      const session = found(await sessions(id, (object) => object.read(OWNER)));
      await audit(c, 'read', id);
      return c.json({ ...publicSession(id, session), key_id: session.keyId });
    })
    .delete('/:id', async (c) => {
      const id = c.req.param('id');
      if (!(await sessions(id, (object) => object.erase(OWNER)))) throw new ApiError('session_not_found');
      await audit(c, 'erase', id);
      return c.body(null, 204);
    })
    .get('/:id/export', async (c) => {
      const id = c.req.param('id');
      const held = found(await sessions(id, (object) => object.export(OWNER)));
      await audit(c, 'export', id);
      c.header('content-disposition', `attachment; filename="${id}.json"`);
      return c.json(publicExport(id, held, nowSeconds(dependencies)));
    });
}

function publicList({ sessions, next }: Awaited<ReturnType<typeof listSessions>>) {
  return { object: 'list', data: sessions.map(publicSummary), next };
}

export function publicSummary(session: SessionSummary) {
  return {
    id: session.id,
    object: 'session.summary',
    key_id: session.keyId,
    created_at: session.createdAt,
    updated_at: session.updatedAt,
    expires_at: session.expiresAt,
    message_count: session.messageCount,
    metadata: session.metadata,
    metadata_complete: session.isMetadataComplete,
  };
}

function unavailable(cause: unknown): never {
  if (cause instanceof ApiError) throw cause;
  throw new ApiError('session_store_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}
