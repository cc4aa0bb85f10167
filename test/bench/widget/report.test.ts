import { describe, expect, it } from 'vitest';
import { summarizeFrames } from './frames.ts';
import { renderWidget } from './report.ts';

describe('frames', () => {
  it('are counted by the time that they took', () => {
    const steady = Array.from({ length: 61 }, (_, frame) => (frame * 1_000) / 60);
    expect(summarizeFrames(steady).perSecond).toBeCloseTo(60);
    expect(summarizeFrames([0, 10, 20, 70])).toEqual({ perSecond: 3 / 0.07, p99Ms: 50, longestMs: 50 });
  });
});

describe('the report', () => {
  it('has each speed beside what is to be reached', () => {
    const report = renderWidget({
      date: '2026-11-23T00:00:00Z',
      cpu: 'a processor',
      browser: 'Chrome/1',
      loadBefore: 0.1,
      pages: 10,
      history: 1_000,
      wordsPerSecond: 40,
      speeds: [
        {
          slowdown: 1,
          paintMs: { p50: 12.3, p99: 20 },
          frames: { perSecond: 59.9, p99Ms: 17, longestMs: 33 },
        },
        { slowdown: 4, paintMs: { p50: 41, p99: 60 }, frames: { perSecond: 40, p99Ms: 50, longestMs: 80 } },
      ],
    });
    expect(report).toContain('|  | this machine | 4 times slower | to reach |');
    expect(report).toContain('has loaded, p50 | 12 ms | 41 ms | under 50 ms |');
    expect(report).toContain('is streamed | 60 | 40 | 60 |');
  });
});
