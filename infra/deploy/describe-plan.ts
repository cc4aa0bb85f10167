import { formatBytes } from '../terminal/quantities.ts';
import { formatTable } from '../terminal/table.ts';
import { plainLine } from '../terminal/plain-text.ts';
import type { Bundle } from './bundle.ts';
import type { Plan, Way } from './plan.ts';

/** What is deployed, in words: the program's version and its commit. */
export interface Release {
  name: string;
  /** Undefined where it was not bundled: nothing goes up. */
  bundle: Bundle | undefined;
}

/** The preview: what is there, what comes in its place and how, and all that is made or changed on the way. */
export function describePlan(plan: Plan, { name, bundle }: Release): string {
  const { worker, address, traffic, way } = plan;
  const now = traffic.map(({ version_id, percentage }) => `${version_id} (${percentage} %)`).join(', ');
  const size = bundle && `, ${formatBytes(bundle.bytes)}, ${formatBytes(bundle.gzipBytes)} with gzip`;
  const head = formatTable(
    ['worker', address === null ? worker : `${worker} at ${address}`],
    [
      ['now', now || 'nothing'],
      ['next', `${name}${size ?? ''}`],
      ['how', describeWay(way)],
    ],
  );
  const rows = changes(plan);
  return rows.length === 0
    ? `${head}\n\nNothing but the code changes.`
    : `${head}\n\n${formatTable(['', 'what', 'name', ''], rows)}`;
}

function describeWay(way: Way): string {
  if (way.kind === 'gradual')
    return 'tried with no request of anybody’s, then 10 %, 50 % and all of them; back if it is not well';
  if (way.because === 'first') return 'at once: there is no version that it could share requests with';
  return `at once and without a way back: Durable Objects’ migrations (${way.migrations.join(', ')}) hold for all versions`;
}

function changes({ namespaces, queues, secrets, bindings }: Plan): string[][] {
  return [
    ...namespaces.map((name) => ['+', 'KV namespace', name, 'is made']),
    ...queues.map((name) => ['+', 'queue', name, 'is made']),
    ...Object.keys(secrets.given).map((name) => ['+', 'secret', name, 'as given']),
    ...secrets.made.map((name) => ['+', 'secret', name, 'is made at random']),
    ...secrets.asked.map((name) => ['+', 'secret', name, 'is asked for']),
    ...bindings.map(({ name, from, to }) => {
      if (from === undefined) return ['+', 'binding', name, short(to!)];
      if (to === undefined) return ['-', 'binding', name, short(from)];
      return ['~', 'binding', name, `${short(from)} → ${short(to)}`];
    }),
  ];
}

const MOST_CHARS = 60;

function short(text: string): string {
  const line = plainLine(text);
  return line.length <= MOST_CHARS ? line : `${line.slice(0, MOST_CHARS - 1)}…`;
}
