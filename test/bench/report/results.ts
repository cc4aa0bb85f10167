import type { BlenderbotConfig } from '../../../gpu-backend/compiler/architecture/blenderbot-config.ts';
import type { Precision } from '../../../gpu-backend/compiler/manifest.ts';
import { BASELINE } from '../contenders.ts';
import { limitSeconds, type MachineSpeed } from '../machine-limit.ts';
import type { Measured, Measurement } from '../measure.ts';
import type { SectionName } from '../options.ts';
import { type Spread, spread } from '../statistics.ts';
import { type Case, generatedTokens } from '../workload.ts';

/** All that one run of the bench found out; what is printed is made of nothing else. */
export interface BenchResults {
  /** ISO 8601, UTC. */
  date: string;
  command: string;
  versions: Record<string, string>;
  machine: MachineSpeed & { cpu: string; threads: number; memoryBytes: number; loadBefore: number };
  sections: Section[];
  /** Sections that could not be measured, and why. */
  failures: string[];
}

export interface Section extends Measured {
  /** Its place in BENCHMARKS.md. */
  name: SectionName;
  kind: 'side by side' | 'growth';
  /** What was measured: the checkpoint's name. */
  model: string;
  shape: BlenderbotConfig;
  /** Why somebody who might be expected is not there. */
  notes: string[];
}

/** A measurement as people compare it. */
export interface Comparison {
  contender: string;
  point: Case;
  seconds: Spread;
  tokensPerSecond: Spread;
  /** The baseline's median time over this one's; absent where the baseline was not measured. */
  ratio?: number;
  /** How many rows have the baseline's tokens. */
  sameRows?: number;
  limitTokensPerSecond?: number;
}

/** Every measurement of a section beside the baseline's of the same case. */
export function compare({ shape, measurements }: Section, machine: MachineSpeed): Comparison[] {
  return measurements.map((measurement) => {
    const { contender, point, sequences } = measurement;
    const seconds = spread(measurement.seconds);
    const tokens = generatedTokens(point);
    const precision = /^Tandem (.*)$/.exec(contender)?.[1] as Precision | undefined;
    const baseline = measurements.find(
      (other) => other.contender === BASELINE && isSameCase(other, measurement),
    );
    return {
      contender,
      point,
      seconds,
      tokensPerSecond: {
        median: tokens / seconds.median,
        min: tokens / seconds.max,
        max: tokens / seconds.min,
      },
      ...(baseline && {
        ratio: spread(baseline.seconds).median / seconds.median,
        sameRows: sequences.filter((ids, row) => ids.join() === baseline.sequences[row]?.join()).length,
      }),
      ...(precision && { limitTokensPerSecond: tokens / limitSeconds(shape, point, precision, machine) }),
    };
  });
}

function isSameCase(a: Measurement, b: Measurement): boolean {
  return JSON.stringify(a.point) === JSON.stringify(b.point);
}
