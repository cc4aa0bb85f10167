import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, chooseBackend } from '../../../edge/backends/choose-backend.ts';

const ready = (name: string, load: number, weight = 1): Candidate & { name: string } => ({
  name,
  load,
  weight,
  standing: 'ready',
});
const draws =
  (...numbers: number[]) =>
  () =>
    numbers.shift()!;
/** Numbers that repeat, evenly spread over [0, 1). */
function spread(count: number): () => number {
  let index = 0;
  // A step without a common divisor with the count, so that pairs of draws are spread, too.
  return () => ((index++ * 7_919) % count) / count;
}

describe('chooseBackend', () => {
  it.each([
    { name: 'the less loaded of the two drawn', loads: [5, 1, 0], numbers: [0, 0], chosen: 'b' },
    { name: 'the first drawn of two alike', loads: [2, 2, 0], numbers: [0, 0], chosen: 'a' },
    { name: 'never the same twice', loads: [9, 1, 5], numbers: [0.99, 0.99], chosen: 'b' },
  ])('takes $name', ({ loads, numbers, chosen }) => {
    const candidates = loads.map((load, index) => ready('abc'[index]!, load));
    expect(chooseBackend(candidates, draws(...numbers))?.name).toBe(chosen);
  });

  it('measures load by weight', () => {
    const candidates = [ready('light', 1, 1), ready('heavy', 3, 4)];
    expect(chooseBackend(candidates, draws(0, 0))?.name).toBe('heavy');
  });

  it('draws by weight where all are as busy as their weights let them', () => {
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    const random = spread(10_007);
    for (let time = 0; time < 10_000; time++) {
      const candidates = [ready('a', 0, 1), ready('b', 1, 2), ready('c', 6, 7)];
      counts[chooseBackend(candidates, random)!.name]! += 1;
    }
    expect(counts['a']! / 10_000).toBeCloseTo(0.1, 1);
    expect(counts['c']! / 10_000).toBeCloseTo(0.7, 1);
  });

  it('prefers those that are ready to those that are full, and both to those that fail', () => {
    const [full, failing] = [
      { ...ready('full', 0), standing: 'paused' as const },
      { ...ready('failing', 0), standing: 'ejected' as const },
    ];
    expect(chooseBackend([failing, full, ready('loaded', 99)], draws(0))?.name).toBe('loaded');
    expect(chooseBackend([failing, full], draws(0))?.name).toBe('full');
    expect(chooseBackend([failing], draws(0))?.name).toBe('failing');
    expect(chooseBackend([], draws())).toBeNull();
  });

  it('always takes one of the best standing, and never the most loaded of three or more', () => {
    const candidate = fc.record({
      weight: fc.constant(1),
      load: fc.nat(50),
      standing: fc.constantFrom<Candidate['standing'][]>('ready', 'paused', 'ejected'),
    });
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 1, maxLength: 8 }), unit, unit, (candidates, one, two) => {
        const chosen = chooseBackend(candidates, draws(one, two))!;
        const order = ['ready', 'paused', 'ejected'];
        const best = Math.min(...candidates.map(({ standing }) => order.indexOf(standing)));
        expect(order.indexOf(chosen.standing)).toBe(best);
        const group = candidates.filter(({ standing }) => standing === chosen.standing);
        const others = group.filter((other) => other !== chosen);
        if (others.length > 0) expect(others.some(({ load }) => load >= chosen.load)).toBe(true);
      }),
    );
  });

  it('keeps queues short: none grows far beyond the others when answers take their time', () => {
    const random = spread(100_003);
    const candidates = Array.from({ length: 10 }, (_, index) => ready(String(index), 0));
    for (let request = 0; request < 10_000; request++) {
      chooseBackend(candidates, random)!.load += 1;
      // Answers come one for one, from whoever has work.
      if (request >= 200) candidates[Math.floor(random() * 10)]!.load -= 1;
    }
    const loads = candidates.map(({ load }) => load);
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThan(60);
  });
});
