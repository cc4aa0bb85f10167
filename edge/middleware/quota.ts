import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { clientTimeoutMs } from '../backends/deadline.ts';
import type { AppDependencies, AppEnv } from '../dependencies.ts';
import { ApiError } from '../errors.ts';
import { Charge } from '../limits/charge.ts';
import { type Decision, isOfTokens } from '../limits/quotas.ts';
import { rateLimitHeaders, wholeSeconds } from '../limits/rate-limit-headers.ts';
import { describeError } from '../observability/describe-error.ts';
import { isSessionId } from '../session/session.ts';

// A key's object answers in milliseconds; past this it is away.
const PATIENCE_MS = 1_000;

/**
 * Holds the quotas of a key for routes that ask the model. What a request may cost is taken before it runs, since
 * many may run at once, and replaced by what it did cost once that is known.
 *
 * While a key's object is away its requests are served uncounted, and the log says so: a quota guards a
 * budget, bursts are still bounded, and a person in the middle of a conversation is worth more than the count.
 * @param options.tokens the most that a request costs, as far as is known before it
 */
export function quota(dependencies: AppDependencies, { tokens }: { tokens: number }) {
  const { keyObject, log, waitUntil } = dependencies;

  return createMiddleware<AppEnv>(async (c, next) => {
    const charge = new Charge();
    c.set('charge', charge);
    const { keyId } = c.get('caller');
    if (keyId === null || c.req.method !== 'POST') return next();

    const key = keyObject(keyId);
    const reservation = { sessionId: sessionOf(c), tokens };
    const reserved: Promise<Decision | null> = key.reserve(reservation);
    const decision = await withinPatience(reserved, dependencies);
    if (decision === 'unavailable') {
      c.set('uncounted', true);
      // The object may only be slow: nobody would settle what it takes.
      const givenBack = reserved.then((late) => (late?.granted ? key.settle(reservation, 0) : undefined));
      waitUntil(givenBack.catch(() => {}));
      return next();
    }
    const { standings } = admit(c, decision);
    charge.reserved = tokens;
    await next();
    if (!standings.some(({ name }) => isOfTokens(name))) return;
    const settled = untilDone(c).then((left) => {
      // A client that stops waiting before a reply is counted has made the model work all the same.
      const used = charge.tokens ?? (left || gaveTooLittleTime(c, dependencies) ? tokens : 0);
      return used === tokens ? undefined : key.settle(reservation, used);
    });
    // What cannot be settled stays reserved.
    waitUntil(
      settled.catch((error) => log({ event: 'quota_not_settled', key: keyId, cause: describeError(error) })),
    );
  });
}

/** The session that is counted for: the token's, or the one that the address names. */
function sessionOf(c: Context<AppEnv>): string | null {
  const named = c.get('caller').sessionId ?? c.req.param('id') ?? '';
  return isSessionId(named) ? named : null;
}

async function withinPatience(
  reserved: Promise<Decision | null>,
  { wait }: Pick<AppDependencies, 'wait'>,
): Promise<Decision | null | 'unavailable'> {
  const late = wait(PATIENCE_MS).then(() => 'unavailable' as const);
  return Promise.race([reserved, late]).catch(() => 'unavailable' as const);
}

/** @throws {ApiError} invalid_api_key for a key that was revoked a moment ago, rate_limit_exceeded */
function admit(c: Context<AppEnv>, decision: Decision | null): Decision {
  if (decision === null) throw new ApiError('invalid_api_key');
  const { granted, standings, exceeded, waitMs } = decision;
  for (const [name, value] of Object.entries(rateLimitHeaders(standings))) c.header(name, value);
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
