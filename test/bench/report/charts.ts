import { GROWTH_BASE } from '../workload.ts';
import { growthChart } from './growth-chart.ts';
import { type BenchResults, compare, type Section } from './results.ts';
import { speedChart } from './speed-chart.ts';

/** The file that holds a section's chart. */
export function chartFile({ kind, model }: Section): string {
  return `${kind === 'growth' ? 'growth' : 'speed'}-${model}.svg`;
}

/** The charts as SVG, by file. */
export function drawCharts({ sections, machine }: BenchResults): Record<string, string> {
  return Object.fromEntries(
    sections.map((section) => {
      const comparisons = compare(section, machine);
      const isGrowth = section.kind === 'growth';
      const chart = isGrowth
        ? growthChart(`How the cost grows: ${section.model}`, comparisons, GROWTH_BASE)
        : speedChart(`Tokens per second: ${section.model}`, comparisons);
      return [chartFile(section), chart];
    }),
  );
}
