import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faster, fitRunCost, meanRelativeError, runMs } from '../../../gpu-backend/simulator/run-cost.ts';

const shapes = [
  { rows: 1, beams: 1, steps: 60 },
  { rows: 1, beams: 10, steps: 15 },
  { rows: 8, beams: 10, steps: 60 },
];

describe('fitRunCost', () => {
  it('finds the cost that runs were made of', () => {
    const costs = fc.record({
      stepMs: fc.double({ min: 0.01, max: 100, noNaN: true }),
      sequenceMs: fc.double({ min: 0.001, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(costs, (cost) => {
        const runs = shapes.map((shape) => ({ ...shape, ms: runMs(cost, shape) }));
        const fitted = fitRunCost(runs);
        expect(fitted.stepMs / cost.stepMs).toBeCloseTo(1, 3);
        expect(fitted.sequenceMs / cost.sequenceMs).toBeCloseTo(1, 3);
        expect(meanRelativeError(fitted, runs)).toBeLessThan(1e-3);
      }),
    );
  });

  it('refuses runs that say nothing of what a sequence costs', () => {
    const [run] = shapes.map((shape) => ({ ...shape, ms: 100 }));
    expect(() => fitRunCost([run!, run!])).toThrow('two numbers of sequences');
  });
});

describe('faster', () => {
  it('divides what it is told to', () => {
    const gpu = faster({ stepMs: 10, sequenceMs: 1 }, { step: 5, sequence: 100 });
    expect(gpu).toEqual({ stepMs: 2, sequenceMs: 0.01 });
  });
});
