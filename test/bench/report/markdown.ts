import { BASELINE } from '../contenders.ts';
import { targetRatio } from '../targets.ts';
import { describeCase } from '../workload.ts';
import { chartFile } from './charts.ts';
import { type BenchResults, type Comparison, compare, type Section } from './results.ts';

/** The results as Markdown: one heading a section, one table a case. */
export function renderMarkdown(results: BenchResults): string {
  const sections = results.sections.map((section) => renderSection(section, results));
  const failures = results.failures.map((failure) => `Not measured: ${failure}`);
  return [describeRun(results), ...sections, ...failures].join('\n\n');
}

function describeRun({ date, command, versions, machine }: BenchResults): string {
  const { cpu, threads, memoryBytes, bandwidth, float32, int8, loadBefore } = machine;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${date.slice(0, 10)} with \`${command}\`: ${cpu}, ${threads} threads, ${gigabytes(memoryBytes)} of memory;`,
    `${named.join(', ')}.`,
    `The machine reads ${(bandwidth / 1e9).toFixed(1)} GB/s from memory and does ${(float32 / 1e9).toFixed(0)} billion`,
    `multiply-adds a second in float32, ${(int8 / 1e9).toFixed(0)} in int8. Its load before the run was`,
    `${loadBefore.toFixed(1)} (0 is a quiet machine).`,
  ].join('\n');
}

function renderSection(section: Section, results: BenchResults): string {
  const comparisons = compare(section, results.machine);
  const tables =
    section.kind === 'growth' ? [growthTable(comparisons)] : sideBySideTables(section, comparisons);
  // Side by side, the contenders' own table says so.
  const failures = section.contenders.flatMap(({ contender, failure }) =>
    failure === undefined || section.kind !== 'growth' ? [] : [`${contender} was not measured: ${failure}`],
  );
  const notes = [...section.notes, ...failures].map((note) => `- ${note}`).join('\n');
  const title =
    section.kind === 'growth' ? `How the cost grows: ${section.model}` : `Side by side: ${section.model}`;
  const chart = `![${title}](test/bench/results/${chartFile(section)})`;
  return [`### ${title}`, chart, ...tables, ...(notes === '' ? [] : [notes])].join('\n\n');
}

function sideBySideTables(section: Section, comparisons: Comparison[]): string[] {
  const byCase = Map.groupBy(comparisons, ({ point }) => describeCase(point));
  const cases = [...byCase].map(([name, group]) => `**${name}**\n\n${caseTable(group)}`);
  return [...cases, contenderTable(section)];
}

function caseTable(comparisons: Comparison[]): string {
  return table(
    ['', 'tokens/s', 'min – max', `× ${BASELINE}`, 'same tokens', 'limit, tokens/s', 'reached'],
    comparisons.map((comparison) => {
      const { contender, point, tokensPerSecond, ratio, sameRows, limitTokensPerSecond } = comparison;
      const { median, min, max } = tokensPerSecond;
      const target = targetRatio(contender, point);
      return [
        contender,
        figure(median),
        `${figure(min)} – ${figure(max)}`,
        ratio === undefined
          ? ''
          : `${ratio.toFixed(2)}${target === undefined ? '' : ` (to reach: ${target})`}`,
        sameRows === undefined ? '' : `${sameRows} of ${point.rows}`,
        limitTokensPerSecond === undefined ? '' : figure(limitTokensPerSecond),
        limitTokensPerSecond === undefined ? '' : percent(median / limitTokensPerSecond),
      ];
    }),
  );
}

function contenderTable({ contenders }: Section): string {
  return table(
    ['', 'model on disk', 'time to load', 'peak memory'],
    contenders.map(({ contender, modelBytes, secondsToLoad, peakBytes, failure }) =>
      failure === undefined
        ? [
            contender,
            gigabytes(modelBytes),
            `${secondsToLoad.toFixed(1)} s`,
            peakBytes === undefined ? '' : gigabytes(peakBytes),
          ]
        : [contender, gigabytes(modelBytes), `not measured: ${failure}`, ''],
    ),
  );
}

function growthTable(comparisons: Comparison[]): string {
  return table(
    ['', 'seconds', 'tokens/s', 'limit, tokens/s', 'reached'],
    comparisons.map(({ contender, point, seconds, tokensPerSecond, limitTokensPerSecond }) => [
      `${contender}, ${describeCase(point)}`,
      seconds.median.toFixed(2),
      figure(tokensPerSecond.median),
      limitTokensPerSecond === undefined ? '' : figure(limitTokensPerSecond),
      limitTokensPerSecond === undefined ? '' : percent(tokensPerSecond.median / limitTokensPerSecond),
    ]),
  );
}

export function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

/** Three significant digits. */
export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
