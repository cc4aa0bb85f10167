import { describe, expect, it } from 'vitest';
import { progressLine } from '../../../infra/terminal/progress.ts';
import { formatBytes, formatSeconds } from '../../../infra/terminal/quantities.ts';

/** A progress line, a clock to move, and what was written. */
function watch({ isTTY }: { isTTY: boolean }) {
  const written: string[] = [];
  const clock = { ms: 1_000 };
  const output = { isTTY, write: (text: string) => written.push(text) };
  return { progress: progressLine('pulling x', output, () => clock.ms), clock, written };
}

const MB = 1e6;

describe('the progress line', () => {
  it('shows share, bytes, speed and the time that is left on a terminal, and goes away', () => {
    const { progress, clock, written } = watch({ isTTY: true });
    // What an earlier run fetched has no speed.
    progress.update(100 * MB, 400 * MB);
    expect(written).toEqual(['\rpulling x  25 %  100 MB of 400 MB\x1b[K']);
    for (let second = 1; second <= 5; second++) {
      clock.ms += 1_000;
      progress.update((100 + 20 * second) * MB, 400 * MB);
    }
    expect(written.at(-1)).toBe('\rpulling x  50 %  200 MB of 400 MB  20.0 MB/s  0:10 left\x1b[K');
    progress.end();
    expect(written.at(-1)).toBe('\r\x1b[K');
  });

  it('is written no more often than one can read', () => {
    const { progress, clock, written } = watch({ isTTY: true });
    for (let bytes = 0; bytes < 1_000; bytes++) {
      clock.ms += 1;
      progress.update(bytes, 1_000);
    }
    expect(written.length).toBeLessThanOrEqual(11);
  });

  it('tells the speed of the last seconds', () => {
    const { progress, clock, written } = watch({ isTTY: true });
    let done = 0;
    for (let second = 0; second < 60; second++) {
      clock.ms += 1_000;
      done += second < 30 ? 10 * MB : MB;
      progress.update(done, 1_000 * MB);
    }
    expect(written.at(-1)).toContain('  1.00 MB/s  ');
  });

  it('is a plain line now and then where no terminal is, and nothing for what is soon done', () => {
    const { progress, clock, written } = watch({ isTTY: false });
    for (let second = 0; second < 70; second++) {
      clock.ms += 1_000;
      progress.update(second * MB, 100 * MB);
    }
    progress.end();
    expect(written).toEqual([
      'pulling x  29 %  29.0 MB of 100 MB  1.00 MB/s  1:11 left\n',
      'pulling x  59 %  59.0 MB of 100 MB  1.00 MB/s  0:41 left\n',
    ]);
  });
});

describe('a quantity', () => {
  const bytes: [number, string][] = [
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1.00 kB'],
    [9_994, '9.99 kB'],
    [9_996, '10.0 kB'],
    [99_960, '100 kB'],
    [999_600, '1.00 MB'],
    [5_470_000_000, '5.47 GB'],
    [2 ** 60, '1153 PB'],
  ];
  for (const [count, text] of bytes)
    it(`of ${count} bytes is ${text}`, () => expect(formatBytes(count)).toBe(text));

  const seconds: [number, string][] = [
    [0, '0:00'],
    [0.2, '0:01'],
    [66, '1:06'],
    [3_599.5, '1:00:00'],
    [4_000, '1:06:40'],
  ];
  for (const [count, text] of seconds)
    it(`of ${count} seconds is ${text}`, () => expect(formatSeconds(count)).toBe(text));
});
