import { type KeyLimits, QUOTA_NAMES, type Quota, type QuotaName } from './key-limits.ts';
import { type Bucket, levelAt, take, waitMs } from './token-bucket.ts';

export type Buckets = Partial<Record<QuotaName, Bucket>>;

/** How much of one quota is left. */
export interface Standing {
  name: QuotaName;
  limit: number;
  windowSeconds: number;
  /** Whole units; 0 also where the bucket owes. */
  remaining: number;
  /** Until there is one more; 0 for a full bucket. */
  nextMs: number;
  fullMs: number;
}

export interface Decision {
  granted: boolean;
  /** Unchanged where it was not granted. */
  buckets: Buckets;
  standings: Standing[];
  /** The quotas that were too low. */
  exceeded: QuotaName[];
  /** Until a request would be granted. */
  waitMs: number;
}

/**
 * Takes one request and `tokens` from all quotas that apply, or nothing from any. It is granted while each holds one
 * unit at least: what a reply will cost is not known, and a reservation that had to fit would leave the last part of
 * each quota unused. So a quota of tokens may owe, at most once what a request reserves.
 * @param options.held tokens that the same request has taken before, which are not in its own way: then no request is taken again
 */
export function reserve(
  limits: KeyLimits,
  buckets: Buckets,
  { tokens, held = 0, nowMs }: { tokens: number; held?: number | undefined; nowMs: number },
): Decision {
  const quotas = applicable(limits).filter(({ name }) => held === 0 || isOfTokens(name));
  const waits = quotas.map(({ name, quota }) => {
    const own = held === 0 ? 0 : amountFor(name, quota, held);
    const level = levelAt(quota, buckets[name], nowMs) + own;
    return { name, ms: waitMs(quota, level, 1) };
  });
  const exceeded = waits.filter(({ ms }) => ms > 0);
  const granted = exceeded.length === 0;
  const taken = granted
    ? change(quotas, buckets, (name, quota) => amountFor(name, quota, tokens), nowMs)
    : buckets;
  return {
    granted,
    buckets: taken,
    standings: quotas.map(({ name, quota }) => standing(name, quota, taken[name], nowMs)),
    exceeded: exceeded.map(({ name }) => name),
    waitMs: Math.max(0, ...exceeded.map(({ ms }) => ms)),
  };
}

/** How quotas stand, nothing taken. */
export function standings(limits: KeyLimits, buckets: Buckets, nowMs: number): Standing[] {
  return applicable(limits).map(({ name, quota }) => standing(name, quota, buckets[name], nowMs));
}

/** Replaces a reservation by what was used: gives back what is left of it, or takes, even into debt, what is missing. */
export function settle(
  limits: KeyLimits,
  buckets: Buckets,
  { reserved, used, nowMs }: { reserved: number; used: number; nowMs: number },
): Buckets {
  const tokenQuotas = applicable(limits).filter(({ name }) => isOfTokens(name));
  return change(tokenQuotas, buckets, (name, quota) => used - amountFor(name, quota, reserved), nowMs);
}

/** The buckets that are worth keeping: a full one says no more than none. */
export function withoutFull(limits: KeyLimits, buckets: Buckets, nowMs: number): Buckets {
  const kept = applicable(limits).filter(
    ({ name, quota }) => levelAt(quota, buckets[name], nowMs) < quota.limit,
  );
  return Object.fromEntries(kept.map(({ name }) => [name, buckets[name]]));
}

function applicable(limits: KeyLimits): { name: QuotaName; quota: Quota }[] {
  return QUOTA_NAMES.flatMap((name) => {
    const quota = limits[name];
    return quota === undefined ? [] : [{ name, quota }];
  });
}

/** Whether a quota counts tokens, and not requests. */
export function isOfTokens(name: QuotaName): boolean {
  return name === 'tokens' || name === 'session-tokens';
}

/** Never more than a whole bucket, which one that is never settled would otherwise owe for several windows. */
function amountFor(name: QuotaName, quota: Quota, tokens: number): number {
  return isOfTokens(name) ? Math.min(tokens, quota.limit) : 1;
}

function change(
  quotas: { name: QuotaName; quota: Quota }[],
  buckets: Buckets,
  amountOf: (name: QuotaName, quota: Quota) => number,
  nowMs: number,
): Buckets {
  const changed = quotas.map(({ name, quota }) => {
    return [name, take(quota, buckets[name], { amount: amountOf(name, quota), nowMs })];
  });
  return { ...buckets, ...Object.fromEntries(changed) };
}

function standing(name: QuotaName, quota: Quota, bucket: Bucket | undefined, nowMs: number): Standing {
  const level = levelAt(quota, bucket, nowMs);
  const remaining = Math.max(Math.floor(level), 0);
  return {
    name,
    ...quota,
    remaining,
    nextMs: level >= quota.limit ? 0 : waitMs(quota, level, Math.min(remaining + 1, quota.limit)),
    fullMs: waitMs(quota, level, quota.limit),
  };
}
