import { type RunShape, sequencesOf } from './run-shape.ts';

// Half of the weight is the last three runs' or so: load changes within minutes.
const WEIGHT_OF_NEWEST = 0.2;
// Errors are rarer than runs, so they are remembered for longer.
const WEIGHT_OF_NEWEST_ERROR = 0.05;
// A run that stalled for a minute says that stalls happen, not that each run may: its square alone would outweigh hundreds of runs.
const LARGEST_ERROR = 1;
// For the same reason a run counts as at most so many times longer than predicted. A device that has turned slower is known after some.
const LARGEST_RISE = 4;
// With so many sequences a step takes twice as long as with hardly any, as measured with 400M in int8 on a processor
// (BENCHMARKS.md, how the cost grows). It holds until runs of several sizes have been measured.
const SEQUENCES_THAT_DOUBLE_A_STEP = 12;
// Beside measured runs, whose weights add up to 1.
const PRIOR_WEIGHT = 0.02;

/** One run as it was: its shape, the tokens of its longest sequence and its time. */
export interface MeasuredRun {
  shape: RunShape;
  steps: number;
  ms: number;
}

/**
 * How long a run takes, learned from the runs so far: steps × (base + slope × sequences). A step of the decoder reads all weights,
 * which takes as long for one sequence as for many, and multiplies each sequence by them. The line is fitted by least
 * squares, in which a run counts the less the longer ago it was; lengths that nobody forces are taken to be the usual ones.
 */
export class ServiceTime {
  #usualSteps = 0;
  /** Weighted means over runs: x are sequences, y is the time of a step. */
  #means: { x: number; y: number; xx: number; xy: number } | undefined;
  #meanSquaredError = 0;
  #line = { base: 1, slope: 1 / SEQUENCES_THAT_DOUBLE_A_STEP };

  record({ shape, steps, ms }: MeasuredRun): void {
    if (this.isMeasured) this.#recordError(ms / this.predictMs(shape) - 1);
    const x = sequencesOf(shape);
    // What was no time at all, to the clock, bounds nothing.
    const most = (this.isMeasured && LARGEST_RISE * this.#stepMs(x)) || Number.POSITIVE_INFINITY;
    const y = Math.min(ms / steps, most);
    const newest = { x, y, xx: x * x, xy: x * y };
    if (this.#means === undefined) {
      this.#means = newest;
      this.#usualSteps = steps;
    } else {
      for (const key of ['x', 'y', 'xx', 'xy'] as const)
        this.#means[key] += WEIGHT_OF_NEWEST * (newest[key] - this.#means[key]);
      this.#recordSteps(shape, steps);
    }
    this.#line = fitLine(this.#means);
  }

  /** Whether predictions are milliseconds. Before any run they only compare. */
  get isMeasured(): boolean {
    return this.#means !== undefined;
  }

  /** How far predictions are off, as a share: the root of the mean squared error. */
  get uncertainty(): number {
    return Math.sqrt(this.#meanSquaredError);
  }

  predictMs(shape: RunShape): number {
    return this.#stepsOf(shape) * this.#stepMs(sequencesOf(shape));
  }

  #stepMs(sequences: number): number {
    const { base, slope } = this.#line;
    return base + slope * sequences;
  }

  #recordError(error: number): void {
    const bounded = Math.min(error, LARGEST_ERROR);
    this.#meanSquaredError += WEIGHT_OF_NEWEST_ERROR * (bounded ** 2 - this.#meanSquaredError);
  }

  /** Lengths count the start token, which costs no step. */
  #stepsOf({ minLength, maxLength }: RunShape): number {
    const most = maxLength - 1;
    return this.isMeasured ? Math.min(most, Math.max(minLength - 1, this.#usualSteps)) : most;
  }

  /** A length that the request forced says nothing of others, except that they are not shorter, or not longer. */
  #recordSteps({ minLength, maxLength }: RunShape, steps: number): void {
    const usual = this.#usualSteps;
    const isForced = steps < usual ? steps >= maxLength - 1 : steps <= minLength;
    if (!isForced) this.#usualSteps += WEIGHT_OF_NEWEST * (steps - this.#usualSteps);
  }
}

/** Never falls, and is never below zero: a run with more rows takes longer. */
function fitLine(means: { x: number; y: number; xx: number; xy: number }): { base: number; slope: number } {
  // The prior is two points of the line that has its shape and goes through the means.
  const scale = means.y / (1 + means.x / SEQUENCES_THAT_DOUBLE_A_STEP);
  const far = 2 * SEQUENCES_THAT_DOUBLE_A_STEP;
  const mix = (measured: number, prior: number) => (measured + PRIOR_WEIGHT * prior) / (1 + PRIOR_WEIGHT);
  const x = mix(means.x, far / 2);
  const y = mix(means.y, 2 * scale);
  const xx = mix(means.xx, (far * far) / 2);
  const xy = mix(means.xy, (far * 3 * scale) / 2);
  const slope = Math.max(0, (xy - x * y) / (xx - x * x));
  const base = y - slope * x;
  // A line that would start below zero is one through zero.
  return base >= 0 ? { base, slope } : { base: 0, slope: y / x };
}
