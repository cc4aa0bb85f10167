import { sign, verify } from 'hono/jwt';
import * as z from 'zod';

/** What a session token says. Times are seconds since 1970. */
export interface SessionClaims {
  keyId: string;
  /** The web page that it was made for. */
  origin: string;
  /** The one session that it opens. */
  sessionId: string | null;
  /** When a key was traded for the first of this chain of tokens. */
  authenticatedAt: number;
  issuedAt: number;
  expiresAt: number;
}

export interface SessionTokenSettings {
  secret: string;
  ttlSeconds: number;
}

// Past this a page trades its key anew, and shows again that a person is there where that is asked for.
const MAX_CHAIN_SECONDS = 86_400;

const ALGORITHM = 'HS256';

// JWT's own names where there are any; `sid` and `auth_time` are OpenID Connect's.
const payloadSchema = z.object({
  sub: z.string(),
  aud: z.string(),
  sid: z.string().nullable(),
  auth_time: z.number(),
  iat: z.number(),
  exp: z.number(),
});

/** A new token, of a new chain or of that of an older one. */
export async function issueSessionToken(
  claims: Pick<SessionClaims, 'keyId' | 'origin' | 'sessionId'> & { authenticatedAt?: number },
  { now, settings }: { now: number; settings: SessionTokenSettings },
): Promise<{ token: string; expiresAt: number }> {
  const authenticatedAt = claims.authenticatedAt ?? now;
  const expiresAt = Math.min(now + settings.ttlSeconds, authenticatedAt + MAX_CHAIN_SECONDS);
  const payload: z.input<typeof payloadSchema> = {
    sub: claims.keyId,
    aud: claims.origin,
    sid: claims.sessionId,
    auth_time: authenticatedAt,
    iat: now,
    exp: expiresAt,
  };
  return { token: await sign(payload, settings.secret, ALGORITHM), expiresAt };
}

/** What a token says, or null for one that is forged, expired or nonsense. */
export async function readSessionToken(
  token: string,
  { now, settings }: { now: number; settings: SessionTokenSettings },
): Promise<SessionClaims | null> {
  // Times are compared here, by the clock that is handed in, and only once the signature is right.
  const options = { alg: ALGORITHM, exp: false, iat: false, nbf: false } as const;
  const verified = await verify(token, settings.secret, options).catch(() => null);
  const payload = payloadSchema.safeParse(verified);
  if (!payload.success || payload.data.exp <= now) return null;
  const { sub, aud, sid, auth_time, iat, exp } = payload.data;
  return {
    keyId: sub,
    origin: aud,
    sessionId: sid,
    authenticatedAt: auth_time,
    issuedAt: iat,
    expiresAt: exp,
  };
}

/** Whether a token that is still good is half used up, so that its holder should get the next one. */
export function isDueForRefresh({ issuedAt, expiresAt }: SessionClaims, now: number): boolean {
  return now >= (issuedAt + expiresAt) / 2;
}
