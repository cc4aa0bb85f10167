import { describe, expect, it } from 'vitest';
import type { Standing } from '../../../edge/limits/quotas.ts';
import { formatDuration, rateLimitHeaders, wholeSeconds } from '../../../edge/limits/rate-limit-headers.ts';

const standing = (name: Standing['name'], remaining: number, nextMs: number, fullMs: number): Standing => ({
  name,
  limit: 60,
  windowSeconds: 60,
  remaining,
  nextMs,
  fullMs,
});

describe('rateLimitHeaders', () => {
  it('names every quota and its state', () => {
    const headers = rateLimitHeaders([
      standing('requests', 59, 400, 1_000),
      standing('tokens', 0, 1_200, 60_000),
      standing('session-requests', 60, 0, 0),
    ]);
    expect(headers).toEqual({
      'ratelimit-policy':
        '"requests";q=60;w=60, "tokens";q=60;qu="tokens";w=60, "session-requests";q=60;w=60',
      ratelimit: '"requests";r=59;t=1, "tokens";r=0;t=2, "session-requests";r=60',
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '60',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m0s',
    });
  });

  it('shows OpenAI’s clients the tightest of a kind', () => {
    const headers = rateLimitHeaders([standing('tokens', 50, 0, 0), standing('session-tokens', 7, 0, 20)]);
    expect(headers['x-ratelimit-remaining-tokens']).toBe('7');
    expect(headers).not.toHaveProperty('x-ratelimit-limit-requests');
  });

  it('is none where nothing is limited', () => {
    expect(rateLimitHeaders([])).toEqual({});
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [0.2, '1ms'],
    [820, '820ms'],
    [1_000, '1s'],
    [7_500, '7.5s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [360_000, '6m0s'],
    [86_340_500, '23h59m1s'],
    [86_400_000, '24h0m0s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('wholeSeconds', () => {
  it.each([
    [0, 1],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
  ])('rounds %d ms up to %d', (ms, seconds) => {
    expect(wholeSeconds(ms)).toBe(seconds);
  });
});
