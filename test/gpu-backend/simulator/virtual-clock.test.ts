import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../gpu-backend/simulator/virtual-clock.ts';

describe('VirtualClock', () => {
  it('calls back whatever was not called off, at its moment and in order', async () => {
    const timers = fc.array(
      fc.record({ delayMs: fc.integer({ min: -5, max: 50 }), isCancelled: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(timers, async (all) => {
        const clock = new VirtualClock();
        const called: { index: number; atMs: number }[] = [];
        const cancels = all.map(({ delayMs }, index) =>
          clock.after(delayMs, () => called.push({ index, atMs: clock.nowMs() })),
        );
        for (const [index, { isCancelled }] of all.entries()) if (isCancelled) cancels[index]!();
        await clock.run();
        const expected = all
          .map(({ delayMs, isCancelled }, index) => ({ index, atMs: Math.max(0, delayMs), isCancelled }))
          .filter(({ isCancelled }) => !isCancelled)
          .sort((a, b) => a.atMs - b.atMs || a.index - b.index)
          .map(({ index, atMs }) => ({ index, atMs }));
        expect(called).toEqual(expected);
      }),
    );
  });

  it('lets promises go on before time does, and never waits for Infinity', async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    clock.after(Number.POSITIVE_INFINITY, () => seen.push(-1));
    clock.after(1, () => void Promise.resolve().then(() => clock.after(1, () => seen.push(clock.nowMs()))));
    clock.after(3, () => seen.push(clock.nowMs()));
    await clock.run();
    expect(seen).toEqual([2, 3]);
  });

  it('may be told to call off a timer twice, or too late', async () => {
    const clock = new VirtualClock();
    let calls = 0;
    const cancel = clock.after(1, () => calls++);
    clock.after(2, () => cancel());
    clock.after(3, () => calls++);
    await clock.run();
    cancel();
    expect(calls).toBe(2);
  });
});
