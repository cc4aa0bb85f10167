import { quantile } from '../../../../infra/load/quantile.ts';
import { slope } from '../../statistics.ts';
import type { MemoryOfModel, MemorySample, OverheadOfModel, OverloadOfModel } from '../results.ts';

/** What the server is to reach. */
export const TARGETS = { goodputShare: 0.9, overheadMs: 2, growthShare: 0.05 };

export interface OverloadVerdict {
  deadlineMs: number;
  /** The best goodput at any load, requests a second, and that at twice what the server can carry. */
  peak: number;
  atTwice: number;
  p99Ms: number | undefined;
  isReached: boolean;
}

export function judgeOverload({ deadlines }: OverloadOfModel): OverloadVerdict[] {
  return deadlines.map(({ deadlineMs, points }) => {
    const peak = Math.max(...points.map(({ figures }) => figures.goodput));
    const { figures } = points.find(({ fraction }) => fraction === 2)!;
    const p99Ms = figures.latencyMs?.p99;
    const isReached =
      figures.goodput >= TARGETS.goodputShare * peak && p99Ms !== undefined && p99Ms <= deadlineMs;
    return { deadlineMs, peak, atTwice: figures.goodput, p99Ms, isReached };
  });
}

/** Milliseconds that the server adds at the median. */
export function addedMs({ servedMs, bareMs }: OverheadOfModel): number {
  return servedMs.p50 - bareMs.p50;
}

export interface MemoryVerdict {
  part: 'server' | 'workers';
  /** Medians of the first and the last tenth after the warm-up, bytes. */
  first: number;
  last: number;
  /** Bytes that a request adds, by least squares. */
  perRequest: number;
  isLevel: boolean;
}

// Heaps and arenas grow until they have seen the largest of what comes.
const WARM_UP_SHARE = 0.3;

export function judgeMemory({ samples }: MemoryOfModel): MemoryVerdict[] {
  const steady = samples.slice(Math.floor(WARM_UP_SHARE * samples.length));
  const tenth = Math.max(1, Math.floor(steady.length / 10));
  return (['server', 'workers'] as const).map((part) => {
    const median = (of: MemorySample[]) =>
      quantile(
        of.map((sample) => sample[part]),
        0.5,
      );
    const [first, last] = [median(steady.slice(0, tenth)), median(steady.slice(-tenth))];
    const perRequest = slope(steady.map((sample) => ({ x: sample.requests, y: sample[part] })));
    return { part, first, last, perRequest, isLevel: last <= first * (1 + TARGETS.growthShare) };
  });
}
