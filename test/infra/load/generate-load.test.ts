import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { generateClosedLoop, generateOpenLoop } from '../../../infra/load/generate-load.ts';

describe('the open loop', () => {
  it('sends at its times though earlier requests have no answer, and charges them for their wait', async () => {
    const stalled = Promise.withResolvers<void>();
    const sent: number[] = [];
    const outcomes = generateOpenLoop(
      async (index) => {
        sent.push(index);
        if (sent.length === 3) setTimeout(stalled.resolve, 50);
        await stalled.promise;
        return { status: 200 };
      },
      [1, 2, 3],
    );
    const ended = await outcomes;
    expect(sent).toEqual([0, 1, 2]);
    expect(ended.map(({ intendedAtMs }) => intendedAtMs)).toEqual([1, 2, 3]);
    for (const { endedAtMs, intendedAtMs, sentAtMs } of ended) {
      expect(sentAtMs).toBeGreaterThanOrEqual(intendedAtMs);
      expect(endedAtMs - intendedAtMs).toBeGreaterThanOrEqual(40);
    }
  });
});

describe('the closed loop', () => {
  it('has as many requests under way as there are clients, and never more', async () => {
    let underWay = 0;
    const seen = new Set<number>();
    const outcomes = await generateClosedLoop(
      async () => {
        seen.add(++underWay);
        await wait(5);
        underWay--;
        return { status: 200 };
      },
      { clients: 3, seconds: 0.1 },
    );
    expect(Math.max(...seen)).toBe(3);
    expect(outcomes.length).toBeGreaterThan(3);
  });
});
