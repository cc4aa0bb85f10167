import { table } from '../report/markdown.ts';
import type { Percentiles } from '../statistics.ts';
import type { Tokenization } from './tokenization.ts';

/** What a run of `npm run bench:edge` found. */
export interface EdgeResults {
  date: string;
  cpu: string;
  versions: Record<string, string>;
  /** Of the machine before the run: processes that wanted a processor, on the average of a minute. */
  loadBefore: number;
  rounds: number;
  atOnce: number;
  /** Milliseconds of a reply through the edge, and of the same request straight to the backend. */
  instant: {
    edge: Percentiles;
    backend: Percentiles;
    withKey: Percentiles;
    /** Through a worker that passes requests on, and one that asks the rate limiter before. */
    bare: Percentiles;
    limited: Percentiles;
    /** Behind Miniflare's stand-in for the serving of static files. */
    asServed: Percentiles;
  };
  real: { edge: Percentiles; backend: Percentiles };
  /** Of workerd's process for a request, in milliseconds; null where the system does not tell. */
  cpuMs: { oneByOne: number; atOnce: number } | null;
  requestsPerSecond: number;
  tokenization: Tokenization;
  bundle: { bytes: number; gzipBytes: number };
  startupMs: number;
}

/** What is to be reached, at most. */
export const TARGETS = { addedMs: 3, cpuMs: 5, gzipBytes: 500_000, startupMs: 60 };

export function renderEdge(results: EdgeResults): string {
  const { date, cpu, versions, loadBefore, rounds } = results;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${date.slice(0, 10)} with \`npm run bench:edge\`, ${cpu}, ${named.join(', ')}; the machine's load before the run was`,
    `${loadBefore.toFixed(1)} (0 is a quiet machine). ${rounds} requests of each kind took turns of 100, with a conversation of several turns.\n`,
    table(['', 'measured', 'to reach'], measuredRows(results)),
    '',
    table(
      ['a reply, ms', 'p50', 'p99'],
      [
        ['through the edge, backend answers at once', ...percentiles(results.instant.edge)],
        ['the same with a key and its quotas', ...percentiles(results.instant.withKey)],
        ['the same behind the simulated static files', ...percentiles(results.instant.asServed)],
        ['through a worker that only passes it on', ...percentiles(results.instant.bare)],
        ['the same, asking the rate limiter before', ...percentiles(results.instant.limited)],
        ['straight from that backend', ...percentiles(results.instant.backend)],
        ['through the edge, real backend', ...percentiles(results.real.edge)],
        ['straight from the real backend', ...percentiles(results.real.backend)],
      ],
    ),
    '',
    `Processor time is that of workerd's whole process, its HTTP included, so more than Cloudflare would count. The rate limiter is a`,
    `simulation, which each request waits for; Cloudflare's own keeps its counts in the machine that the worker runs on. Its serving of static`,
    `files is simulated too, by three workers in JavaScript before this one: most figures are without them. A key's quotas are two calls to its`,
    `Durable Object; the real backend computes on the processors that the worker runs on.`,
  ].join('\n');
}

function measuredRows(results: EdgeResults): string[][] {
  const { instant, real, cpuMs, tokenization, bundle, atOnce } = results;
  const added = ({ edge, backend }: EdgeResults['real'], which: keyof Percentiles) =>
    edge[which] - backend[which];
  const { edge, fresh, rust, chars, conversation } = tokenization;
  return [
    ['time that the edge adds, p50', milliseconds(added(instant, 'p50')), `${TARGETS.addedMs} ms`],
    ['of this, workerd passing a request on', milliseconds(instant.bare.p50 - instant.backend.p50), ''],
    ['of this, the local rate limiter', milliseconds(instant.limited.p50 - instant.bare.p50), ''],
    ['of this, Tandem itself', milliseconds(instant.edge.p50 - instant.limited.p50), ''],
    ['time that the edge adds, p99', milliseconds(added(instant, 'p99')), ''],
    [
      'the same behind simulated static files, p50',
      milliseconds(instant.asServed.p50 - instant.backend.p50),
      '',
    ],
    ['the same with a key and its quotas, p50', milliseconds(instant.withKey.p50 - instant.backend.p50), ''],
    ['the same with the real backend, p50', milliseconds(added(real, 'p50')), ''],
    [
      'processor time a request',
      cpuMs === null ? 'not told here' : milliseconds(cpuMs.oneByOne),
      `${TARGETS.cpuMs} ms`,
    ],
    [
      `the same, ${atOnce} at once`,
      cpuMs === null ? 'not told here' : milliseconds(cpuMs.atOnce),
      `${TARGETS.cpuMs} ms`,
    ],
    [`requests a second, ${atOnce} at once`, results.requestsPerSecond.toFixed(0), ''],
    [`tokenization, ${chars} characters`, `${edge.toFixed(0)} µs`, ''],
    ['the same, its words met for the first time', `${fresh.toFixed(0)} µs`, ''],
    ['the same by the Rust library', rust === null ? 'not measured' : `${rust.toFixed(0)} µs`, ''],
    ['tokenization of all that the model reads', `${conversation.toFixed(0)} µs`, ''],
    ['bundle, gzip', `${(bundle.gzipBytes / 1_000).toFixed(0)} KB`, `${TARGETS.gzipBytes / 1_000} KB`],
    ['start', milliseconds(results.startupMs), `${TARGETS.startupMs} ms`],
  ];
}

function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function percentiles({ p50, p99 }: Percentiles): string[] {
  return [p50.toFixed(2), p99.toFixed(2)];
}
