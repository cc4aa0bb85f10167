import { describe, expect, it } from 'vitest';
import { formatQuota, parseDuration, parseQuota } from '../../../infra/commands/keys/choices.ts';

describe('parseQuota', () => {
  it.each([
    ['1000/day', { limit: 1_000, window_seconds: 86_400 }],
    ['60/minute', { limit: 60, window_seconds: 60 }],
    ['1/second', { limit: 1, window_seconds: 1 }],
    ['5/hour', { limit: 5, window_seconds: 3_600 }],
  ])('reads %s, and writes it back', (text, quota) => {
    expect(parseQuota(text)).toEqual(quota);
    expect(formatQuota(quota)).toBe(text);
  });

  it('reads "none" as no quota', () => {
    expect(parseQuota('none')).toBe(null);
  });

  it.each(['', '1000', '0/day', '-1/day', '1.5/day', '1000/week', '1000 / day', '1e3/day', '/day'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseQuota(text)).toThrow(/1000\/day/);
    },
  );
});

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['90s', 90],
    ['30m', 1_800],
    ['12h', 43_200],
    ['7d', 604_800],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '7', 'd', '-1d', '1.5h', '1w'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(/12h/);
  });
});
