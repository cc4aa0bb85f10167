import type { Load, MeasuredLoad } from '../../load/measure-load.ts';
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

function rowOf({ load, figures }: MeasuredLoad): string[] {
  const { offered, throughput, goodput, latencyMs, refused } = figures;
  const latencies = (['p50', 'p90', 'p99'] as const).map((share) =>
    latencyMs === undefined ? '-' : `${latencyMs[share].toFixed(latencyMs[share] < 10 ? 1 : 0)} ms`,
  );
  const others = Object.entries(refused).map(([status, requests]) => `${requests} × ${nameOf(status)}`);
  const rates = [offered, throughput, goodput].map((rate) => `${rate.toFixed(2)}/s`);
  return [describeLoad(load), ...rates, ...latencies, others.join(', ') || '-'];
}

function nameOf(status: string): string {
  return status === '0' ? 'no answer' : status;
}

/** A load and its figures, for programs. */
export function loadFacts({ load, seconds, figures }: MeasuredLoad) {
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
