import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../../edge/widget/client/chat.ts';
import { isSoonAfter, TimeFormat } from '../../../../edge/widget/element/times.ts';

const NOON = new Date(2026, 10, 23, 12, 0).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function messageAt(createdAt: number): ChatMessage {
  return { id: 'm', role: 'user', content: '', status: 'done', createdAt };
}

describe('TimeFormat', () => {
  it.each([
    ['en', 0, 'Today'],
    ['en', -DAY, 'Yesterday'],
    ['de', 0, 'Heute'],
    ['fr', -DAY, 'Hier'],
    ['en', -3 * DAY, 'Friday, November 20'],
    ['en', -365 * DAY, 'November 23, 2025'],
  ])('names a day in %s, %d ms from now: %s', (locale, offset, day) => {
    expect(new TimeFormat(locale).day(NOON + offset, NOON)).toBe(day);
  });

  it('calls the last minute of a day yesterday a minute later', () => {
    const midnight = new Date(2026, 10, 23).getTime();
    expect(new TimeFormat('en').day(midnight - 1, midnight)).toBe('Yesterday');
  });

  it.each([
    ['en', 12_000, 'in 12 seconds'],
    ['en', 1, 'in 1 second'],
    ['en', -5_000, 'in 1 second'],
    ['en', 200_000, 'in 4 minutes'],
    ['de', 12_000, 'in 12 Sekunden'],
    ['ja', 12_000, '12 秒後'],
  ])('counts down in %s from %d ms: %s', (locale, ms, text) => {
    expect(new TimeFormat(locale).until(NOON + ms, NOON)).toBe(text);
  });

  it('tells the time as the locale does', () => {
    expect(new TimeFormat('en-GB').clock(NOON)).toBe('12:00');
    expect(new TimeFormat('en-US').clock(NOON)).toMatch(/^12:00\sPM$/);
  });
});

describe('isSoonAfter', () => {
  it.each([
    ['a minute later', NOON, NOON + MINUTE, true],
    ['five minutes later', NOON, NOON + 5 * MINUTE, false],
    ['on the next day', new Date(2026, 10, 23, 23, 59).getTime(), new Date(2026, 10, 24).getTime(), false],
  ])('joins what comes %s: %s → %s is %s', (_, before, after, isSoon) => {
    expect(isSoonAfter(messageAt(before), messageAt(after))).toBe(isSoon);
  });

  it('begins with the first message', () => {
    expect(isSoonAfter(undefined, messageAt(NOON))).toBe(false);
  });
});
