import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { sign, verify } from 'hono/jwt';
import * as z from 'zod';
import { isLoopback } from '../../keys/loopback.ts';

/**
 * Who has shown the admin token gets a cookie that stands for it: signed with the token, so that a new one ends all
 * logins; for the console's pages alone and no script; for eight hours. The token itself is kept nowhere.
 */
interface LoginOptions {
  adminToken: string;
  /** Seconds since 1970. */
  now: number;
}

export const LOGIN_SECONDS = 8 * 3_600;

const ALGORITHM = 'HS256';
// A page's session token, were its secret the same, has an origin here.
const AUDIENCE = 'console';
const payloadSchema = z.object({ aud: z.literal(AUDIENCE), exp: z.number() });

export async function logIn(c: Context, { adminToken, now }: LoginOptions): Promise<void> {
  const payload: z.input<typeof payloadSchema> = { aud: AUDIENCE, exp: now + LOGIN_SECONDS };
  const login = await sign(payload, signingKey(adminToken), ALGORITHM);
  setCookie(c, cookieName(c), login, { ...cookieOptions(c), maxAge: LOGIN_SECONDS });
}

export async function isLoggedIn(c: Context, { adminToken, now }: LoginOptions): Promise<boolean> {
  const login = getCookie(c, cookieName(c));
  if (login === undefined) return false;
  // Times are compared here, by the clock that is handed in, and only once the signature is right.
  const options = { alg: ALGORITHM, exp: false, iat: false, nbf: false } as const;
  const verified = await verify(login, signingKey(adminToken), options).catch(() => null);
  const payload = payloadSchema.safeParse(verified);
  return payload.success && payload.data.exp > now;
}

export function logOut(c: Context): void {
  deleteCookie(c, cookieName(c), cookieOptions(c));
}

/** Whether the way to the browser is encrypted, or does not leave its machine. */
export function isSafeWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname);
}

function signingKey(adminToken: string): string {
  return `console login\n${adminToken}`;
}

/** Browsers take a `__Secure-` name by https alone; on this machine's own loopback there is none. */
function cookieName(c: Context): string {
  return isHttps(c) ? '__Secure-tandem-console' : 'tandem-console';
}

function cookieOptions(c: Context) {
  return { path: '/console', httpOnly: true, secure: isHttps(c), sameSite: 'Strict' } as const;
}

function isHttps(c: Context): boolean {
  return new URL(c.req.url).protocol === 'https:';
}
