import { sequencesOf } from '../scheduler/run-shape.ts';

/** A run that was measured: how many rows with how many beams, the tokens that each row wrote, and how long it took. */
export interface MeasuredCost {
  rows: number;
  beams: number;
  steps: number;
  ms: number;
}

/** time = steps × (stepMs + sequenceMs × rows × beams). */
export interface RunCost {
  stepMs: number;
  sequenceMs: number;
}

/**
 * Fits the cost of a run to measured ones, so that the squares of the relative errors are least: a step reads all weights
 * once, and multiplies each sequence by them. There is no constant, for measured runs have none: a reply of a quarter of the
 * length takes a quarter of the time.
 * @param measured of two numbers of sequences at least
 */
export function fitRunCost(measured: readonly MeasuredCost[]): RunCost {
  // ms ≈ stepMs × p + sequenceMs × q, divided by ms: 1 ≈ stepMs × p/ms + sequenceMs × q/ms.
  const sums = { pp: 0, pq: 0, qq: 0, p: 0, q: 0 };
  for (const { rows, beams, steps, ms } of measured) {
    const p = steps / ms;
    const q = (steps * sequencesOf({ rows, width: beams })) / ms;
    sums.pp += p * p;
    sums.pq += p * q;
    sums.qq += q * q;
    sums.p += p;
    sums.q += q;
  }
  const determinant = sums.pp * sums.qq - sums.pq ** 2;
  if (!(determinant > 0)) throw new Error('A cost needs runs of two numbers of sequences at least.');
  return {
    stepMs: (sums.p * sums.qq - sums.q * sums.pq) / determinant,
    sequenceMs: (sums.q * sums.pp - sums.p * sums.pq) / determinant,
  };
}

export function runMs({ stepMs, sequenceMs }: RunCost, run: Omit<MeasuredCost, 'ms'>): number {
  return run.steps * (stepMs + sequenceMs * sequencesOf({ rows: run.rows, width: run.beams }));
}

/** How far the fit is from what was measured: the mean of |fitted / measured − 1|. */
export function meanRelativeError(cost: RunCost, measured: readonly MeasuredCost[]): number {
  return measured.reduce((sum, run) => sum + Math.abs(runMs(cost, run) / run.ms - 1), 0) / measured.length;
}

/** Another device, by how many times faster it does a step and, in a step, each sequence. */
export function faster(cost: RunCost, times: { step: number; sequence: number }): RunCost {
  return { stepMs: cost.stepMs / times.step, sequenceMs: cost.sequenceMs / times.sequence };
}
