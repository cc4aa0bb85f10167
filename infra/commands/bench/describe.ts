import { type Load, type MeasuredLoad, WARM_UP_SHARE } from '../../load/measure-load.ts';
import { formatTable } from '../../terminal/table.ts';

/** "4 clients", "2.5 requests/s" */
export function describeLoad(load: Load): string {
  if ('rate' in load) return `${load.rate} requests/s`;
  return load.clients === 1 ? '1 client' : `${load.clients} clients`;
}

const HEADER = ['LOAD', 'OFFERED', 'ANSWERED', 'IN TIME', 'P50', 'P90', 'P99', 'NOT ANSWERED'];

export function loadTable(measured: MeasuredLoad[]): string {
  return formatTable(HEADER, measured.map(rowOf));
}

function rowOf({ load, figures, lateMs }: MeasuredLoad): string[] {
  const { offered, throughput, goodput, latencyMs, refused } = figures;
  const latencies = (['p50', 'p90', 'p99'] as const).map((share) =>
    latencyMs === undefined ? '-' : `${latencyMs[share].toFixed(latencyMs[share] < 10 ? 1 : 0)} ms`,
  );
  const others = Object.entries(refused).map(([status, requests]) => `${requests} × ${nameOf(status)}`);
  // A rate of answers that were all still under way is not known, and is not 0.
  const rates = [offered, throughput, goodput].map((rate) =>
    rate === 0 && lateMs !== undefined ? '-' : `${rate.toFixed(2)}/s`,
  );
  return [describeLoad(load), ...rates, ...latencies, others.join(', ') || '-'];
}

function nameOf(status: string): string {
  return status === '0' ? 'no answer' : status;
}

/** That replies take longer than a load lasted, and how long it would have to. */
export function lateNote({ load, seconds }: MeasuredLoad, lateMs: number): string {
  const enough = Math.ceil((ANSWERS_TO_SEE * lateMs) / (1_000 * (1 - WARM_UP_SHARE)));
  return `${describeLoad(load)}: no answer came while it was counted, within ${seconds} s; the quickest took ${(lateMs / 1_000).toFixed(1)} s. With --seconds ${enough} one sees how many it answers.`;
}

/** One after the other, and there is a rate. */
const ANSWERS_TO_SEE = 4;

/** A load and its figures, for programs. */
export function loadFacts({ load, seconds, figures, lateMs }: MeasuredLoad) {
  const { requests, offered, throughput, goodput, latencyMs, refused, latenessMs } = figures;
  return {
    ...load,
    seconds,
    requests,
    offered_per_second: offered,
    throughput_per_second: throughput,
    goodput_per_second: goodput,
    latency_ms: latencyMs ?? null,
    not_answered: refused,
    lateness_ms: latenessMs,
    late_ms: lateMs ?? null,
  };
}

// Later than this, and the figures are this machine's more than the server's.
const TOO_LATE_MS = 100;

/** What one should know to read the table. */
export function hints(measured: MeasuredLoad[], deadlineMs: number): string[] {
  const isRefused = measured.some(({ figures }) => '429' in figures.refused);
  const isLate = measured.some(({ figures }) => figures.latenessMs > TOO_LATE_MS);
  return [
    `In time is within ${deadlineMs} ms. The first quarter of each load is not counted.`,
    ...(isRefused
      ? [
          '429 is a limit of the edge or of the key, and says nothing of its speed: see "tandem keys --help" and wrangler.toml.',
        ]
      : []),
    ...(isLate ? ['This machine sent later than it was to: it, too, was at its limit.'] : []),
  ];
}
