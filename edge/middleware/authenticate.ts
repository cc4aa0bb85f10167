import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { type AppDependencies, type AppEnv, nowSeconds } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { DEVELOPMENT_CALLER } from '../keys/caller.ts';
import { type Identified, identify } from '../keys/identify.ts';
import { looksLikeKey } from '../keys/key-text.ts';
import { checkOrigin } from '../keys/origin.ts';
import { isDueForRefresh, issueSessionToken } from '../keys/session-token.ts';
import { allowOnly } from './cors.ts';
import { clientKey, countRequest } from './rate-limit.ts';

/** Where a publishable key is traded; it opens nothing else. */
const SESSION_TOKENS_PATH = '/v1/session-tokens';

/**
 * Finds the caller before any route runs, refuses it where its page may not be here, and hands a browser
 * its next session token in time, in `x-tandem-session-token`: when half the time of the last is over, or when the
 * route has opened a session, which that token then opens.
 */
export function authenticate(dependencies: AppDependencies) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const { caller, claims } = await findCaller(c, dependencies);
    const origin = c.req.header('origin');
    checkOrigin(caller, { origin, tokenOrigin: claims?.origin ?? null, method: c.req.method });
    if (caller.kind === 'publishable' && !c.req.path.startsWith(SESSION_TOKENS_PATH))
      throw new ApiError('publishable_key_not_allowed');
    if (origin !== undefined) allowOnly(c, origin);
    c.set('caller', caller);
    await next();
    if (claims !== null) await handOutNextToken(c, { claims, dependencies });
  });
}

async function findCaller(c: Context<AppEnv>, dependencies: AppDependencies): Promise<Identified> {
  const { settings, keys, rateLimiter } = dependencies;
  const authorization = c.req.header('authorization') ?? '';
  const credential = bearerToken(authorization);
  // SDKs insist on some key, so in development any word will do; but one of ours is to be tried in earnest, also where "Bearer" is
  // forgotten.
  const word = credential ?? authorization;
  const isEarnest = looksLikeKey(word) || word.startsWith('eyJ');
  if (settings.developmentMode && !isEarnest) return { caller: DEVELOPMENT_CALLER, claims: null };
  if (credential === null) throw new ApiError('missing_api_key');
  return identify(credential, {
    keys,
    sessionTokens: settings.sessionTokens,
    now: nowSeconds(dependencies),
    countAttempt: () => countRequest(rateLimiter, clientKey(c.req.header('cf-connecting-ip'))),
  });
}

/** One form alone, OpenAI's: what may hold a key is what logs and proxies know to hide. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

async function handOutNextToken(
  c: Context<AppEnv>,
  { claims, dependencies }: { claims: NonNullable<Identified['claims']>; dependencies: AppDependencies },
): Promise<void> {
  const now = nowSeconds(dependencies);
  const sessionId = c.get('openedSession') ?? claims.sessionId;
  if (sessionId === claims.sessionId && !isDueForRefresh(claims, now)) return;
  const settings = dependencies.settings.sessionTokens!;
  const { token } = await issueSessionToken({ ...claims, sessionId }, { now, settings });
  c.header('x-tandem-session-token', token);
}
