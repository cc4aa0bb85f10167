import { describe, expect, it } from 'vitest';
import { formatCount, formatMs, formatTime, formatWindow } from '../../../../edge/pages/console/format.ts';

describe('what the console writes', () => {
  it.each([
    [null, '–'],
    [1.09, '1.1 ms'],
    [41.3, '41 ms'],
    [999.4, '999 ms'],
    [1_234, '1.23 s'],
    [60_000, '60 s'],
  ])('of %d milliseconds is %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it.each([
    [86_400, 'a day'],
    [3_600, 'an hour'],
    [7_200, 'in 2 hours'],
    [90, 'in 90 seconds'],
    [2_592_000, 'in 30 days'],
  ])('of a window of %d seconds is %s', (seconds, text) => {
    expect(formatWindow(seconds)).toBe(text);
  });

  it('of counts and moments can be read', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatTime(1_800_000_000)).toBe('2027-01-15 08:00 UTC');
  });
});
