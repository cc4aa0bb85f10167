import { Hono } from 'hono';
import * as z from 'zod';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { issueSessionToken } from '../keys/session-token.ts';
import { parseInput, readOptionalJsonObject } from '../request-body.ts';
import { isSessionId } from '../session/session.ts';

export const sessionTokenSchema = z.strictObject({
  session_id: z.string().refine(isSessionId, 'must be the id of a session').nullish(),
  turnstile_token: z.string().max(2_048).nullish(),
});

/**
 * Where a browser trades its publishable key for a session token. With the id of a session, which is a secret of
 * those who speak in it, the token opens that one: this is how a page comes back to its conversation. Whether
 * there is such a session is not looked up, so nothing is told of it here.
 */
export function sessionTokenRoutes(dependencies: AppDependencies) {
  const { settings, checkPerson } = dependencies;

  return new Hono<AppEnv>().post('/', async (c) => {
    const request = parseInput(sessionTokenSchema, await readOptionalJsonObject(c));
    const { kind, keyId } = c.get('caller');
    if (kind !== 'publishable') throw new ApiError('publishable_key_required');
    if (settings.sessionTokens === null) throw new ApiError('session_tokens_unavailable');
    if (checkPerson !== null) {
      if (!request.turnstile_token) throw new ApiError('turnstile_failed', { param: 'turnstile_token' });
      await checkPerson(request.turnstile_token, c.req.header('cf-connecting-ip'));
    }
    const sessionId = request.session_id ?? null;
    const { token, expiresAt } = await issueSessionToken(
      { keyId: keyId!, origin: c.req.header('origin')!, sessionId },
      { now: nowSeconds(dependencies), settings: settings.sessionTokens },
    );
    return c.json({ object: 'session_token', token, session_id: sessionId, expires_at: expiresAt }, 201);
  });
}
