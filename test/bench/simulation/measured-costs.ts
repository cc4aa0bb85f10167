import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { MeasuredCost } from '../../../gpu-backend/simulator/run-cost.ts';
import { spread } from '../statistics.ts';

const resultsSchema = z.object({
  date: z.string(),
  machine: z.object({ cpu: z.string(), threads: z.int() }),
  sections: z.array(
    z.object({
      model: z.string(),
      measurements: z.array(
        z.object({
          contender: z.string(),
          point: z.object({ rows: z.int(), beams: z.int(), output: z.int() }),
          seconds: z.array(z.number().positive()).min(1),
        }),
      ),
    }),
  ),
});

export interface MeasuredCosts {
  /** What was measured, where and when. */
  source: string;
  runs: MeasuredCost[];
}

/**
 * Runs out of the results that `npm run bench:generation` keeps, each with the median of its times.
 * @throws {Error} with one line, for a file that is none or has no runs of this contender
 */
export async function readMeasuredCosts(file: string, contender: string): Promise<MeasuredCosts> {
  const parsed = resultsSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} holds no results of bench:generation.`);
  const { date, machine, sections } = parsed.data;
  const measurements = sections.flatMap((section) => section.measurements);
  const own = measurements.filter((measurement) => measurement.contender === contender);
  if (own.length === 0) {
    const known = [...new Set(measurements.map((measurement) => measurement.contender))].join(', ');
    throw new Error(`${file} has no runs of "${contender}"; it has those of ${known}.`);
  }
  const models = [...new Set(sections.map(({ model }) => model))].join(', ');
  return {
    source: `${contender}, ${models}, on ${machine.cpu} with ${machine.threads} threads, ${date.slice(0, 10)}`,
    runs: own.map(({ point, seconds }) => ({
      rows: point.rows,
      beams: point.beams,
      steps: point.output,
      ms: spread(seconds).median * 1000,
    })),
  };
}
