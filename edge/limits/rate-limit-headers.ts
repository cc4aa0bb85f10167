import type { QuotaName } from './key-limits.ts';
import type { Standing } from './quotas.ts';

/**
 * How quotas stand, twice: as `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11), with every
 * quota, and as OpenAI's `x-ratelimit-*`, with the tightest of each kind.
 */
export function rateLimitHeaders(standings: Standing[]): Record<string, string> {
  if (standings.length === 0) return {};
  return {
    'ratelimit-policy': standings.map(policyItem).join(', '),
    ratelimit: standings.map(limitItem).join(', '),
    ...openaiHeaders('requests', standings),
    ...openaiHeaders('tokens', standings),
  };
}

// The draft's registry has no unit for a model's tokens yet. To leave it out would say "requests".
const UNIT: Record<QuotaName, string> = {
  requests: '',
  tokens: ';qu="tokens"',
  'session-requests': '',
  'session-tokens': ';qu="tokens"',
};

function policyItem({ name, limit, windowSeconds }: Standing): string {
  return `"${name}";q=${limit}${UNIT[name]};w=${windowSeconds}`;
}

/** `t` is the time within which no more than `r` can be used: until the next unit. A full bucket has none. */
function limitItem({ name, remaining, nextMs }: Standing): string {
  const window = nextMs > 0 ? `;t=${wholeSeconds(nextMs)}` : '';
  return `"${name}";r=${remaining}${window}`;
}

function openaiHeaders(unit: 'requests' | 'tokens', standings: Standing[]): Record<string, string> {
  const [tightest] = standings
    .filter(({ name }) => name.endsWith(unit))
    .toSorted((a, b) => a.remaining - b.remaining);
  if (tightest === undefined) return {};
  return {
    [`x-ratelimit-limit-${unit}`]: String(tightest.limit),
    [`x-ratelimit-remaining-${unit}`]: String(tightest.remaining),
    [`x-ratelimit-reset-${unit}`]: formatDuration(tightest.fullMs),
  };
}

/** Up, so that nobody comes back too early, and never 0. */
export function wholeSeconds(ms: number): number {
  return Math.max(Math.ceil(ms / 1_000), 1);
}

/** A time as OpenAI writes it: "0s", "820ms", "7.5s", "6m0s", "23h59m1s". */
export function formatDuration(ms: number): string {
  const whole = Math.ceil(ms);
  if (whole > 0 && whole < 1_000) return `${whole}ms`;
  if (whole < 60_000) return `${whole / 1_000}s`;
  const seconds = Math.ceil(whole / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${seconds % 60}s`;
}
