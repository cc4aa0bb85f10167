import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { clientTimeoutMs } from '../backends/deadline.ts';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import type { KeyObject } from '../keys/key-object.ts';
import { Charge } from '../limits/charge.ts';
import { type Decision, isOfTokens } from '../limits/quotas.ts';
import { rateLimitHeaders, wholeSeconds } from '../limits/rate-limit-headers.ts';
import { describeError } from '../observability/describe-error.ts';
import type { Reservation } from '../records/record-object.ts';
import { isSessionId } from '../session/session.ts';

// A key's object answers in milliseconds; past this it is away.
const PATIENCE_MS = 1_000;

/**
 * Holds the quotas of a key for routes that ask the model. What a request may cost is taken before it runs, since
 * many may run at once, and replaced by what it did cost once that is known.
 *
 * While a key's object is away its requests are served uncounted, and the log says so: a quota guards a
 * budget, bursts are still bounded, and a person in the middle of a conversation is worth more than the count.
 * @param options.tokens the most that one prompt and one reply cost: more of them are reserved before the model is asked
 */
export function quota(dependencies: AppDependencies, { tokens }: { tokens: number }) {
  const { keyObject, log, waitUntil } = dependencies;

  return createMiddleware<AppEnv>(async (c, next) => {
    const reservations: Reservation[] = [];
    const charge = new Charge(reserveMore);
    c.set('charge', charge);
    const { keyId } = c.get('caller');
    if (keyId === null || c.req.method !== 'POST') return next();

    const key = keyObject(keyId);
    const first = { sessionId: sessionOf(c), tokens };
    const decision = await take(key, first, dependencies);
    if (decision === 'unavailable') {
      c.set('uncounted', true);
      return next();
    }
    const { standings } = admit(c, decision);
    charge.reserved = tokens;
    const countsTokens = standings.some(({ name }) => isOfTokens(name));
    if (countsTokens) reservations.push(first);
    await next();
    if (!countsTokens) return;
    const settled = untilDone(c).then((left) => {
      const reserved = reservations.reduce((sum, each) => sum + each.tokens, 0);
      // A client that stops waiting before a reply is counted has made the model work all the same.
      const used = charge.tokens ?? (left || gaveTooLittleTime(c, dependencies) ? reserved : 0);
      if (used === reserved) return;
      return Promise.all(reservations.map((each) => key.settle(each, each === first ? used : 0)));
    });
    // What cannot be settled stays reserved.
    waitUntil(
      settled.catch((error) => log({ event: 'quota_not_settled', key: keyId, cause: describeError(error) })),
    );

    /** For many prompts or replies, before the model is asked. Where no tokens are counted there is nothing to take. */
    async function reserveMore(more: number): Promise<void> {
      if (reservations.length === 0) return;
      const further = { ...first, tokens: more, held: first.tokens };
      const granted = await take(key, further, dependencies);
      if (granted === 'unavailable') return;
      refuseUnlessGranted(granted);
      reservations.push(further);
    }
  });
}

/** The session that is counted for: the token's, or the one that the address names. */
function sessionOf(c: Context<AppEnv>): string | null {
  const named = c.get('caller').sessionId ?? c.req.param('id') ?? '';
  return isSessionId(named) ? named : null;
}

async function take(
  key: KeyObject,
  reservation: Reservation,
  { wait, waitUntil }: Pick<AppDependencies, 'wait' | 'waitUntil'>,
): Promise<Decision | null | 'unavailable'> {
  const reserved: Promise<Decision | null> = key.reserve(reservation);
  const late = wait(PATIENCE_MS).then(() => 'unavailable' as const);
  const decision = await Promise.race([reserved, late]).catch(() => 'unavailable' as const);
  if (decision === 'unavailable') {
    // The object may only be slow: nobody would settle what it takes.
    const givenBack = reserved.then((late) => (late?.granted ? key.settle(reservation, 0) : undefined));
    waitUntil(givenBack.catch(() => {}));
  }
  return decision;
}

/** @throws {ApiError} as `refuseUnlessGranted` */
function admit(c: Context<AppEnv>, decision: Decision | null): Decision {
  const headers = rateLimitHeaders(decision?.standings ?? []);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return refuseUnlessGranted(decision);
}

/** @throws {ApiError} invalid_api_key for a key that was revoked a moment ago, rate_limit_exceeded */
function refuseUnlessGranted(decision: Decision | null): Decision {
  if (decision === null) throw new ApiError('invalid_api_key');
  const { granted, standings, exceeded, waitMs } = decision;
  if (granted) return decision;
  const quotas = standings
    .filter(({ name }) => exceeded.includes(name))
    .map(({ name, limit, windowSeconds }) => `${name} (${limit} in ${windowSeconds} seconds)`);
  throw new ApiError('rate_limit_exceeded', {
    message: `The quota of ${quotas.join(' and ')} is used up. Try again in ${wholeSeconds(waitMs)} seconds.`,
    retryAfterSeconds: wholeSeconds(waitMs),
  });
}

/** Whether a backend was still at work when the client's own time was over. */
function gaveTooLittleTime(c: Context<AppEnv>, { settings }: Pick<AppDependencies, 'settings'>): boolean {
  const timeoutMs = clientTimeoutMs((name) => c.req.header(name));
  if (timeoutMs === null || timeoutMs >= settings.backends.timeoutMs) return false;
  return c.get('figures').calls.some(({ asked }) => asked.some(({ outcome }) => outcome === 'late'));
}

/**
 * Resolves when the work is done: whether it ended because the client had gone. A stream may go on: who reads its end late, or
 * never, is charged at once.
 */
async function untilDone(c: Context<AppEnv>): Promise<boolean> {
  const error = await (c.get('underWay') ?? Promise.resolve()).then(
    () => c.error,
    (thrown: unknown) => thrown,
  );
  return error instanceof ApiError && error.code === 'client_closed_request';
}
