/**
 * What is counted besides requests, for Prometheus: `tandem_edge_{name}_total`. A label has a fixed list of values, or those that the
 * settings name, or the registry of channels; never what a client makes up.
 */
export const COUNTERS = {
  replies: {
    labels: ['model', 'outcome'],
    help: 'Replies that backends were asked for, by any way, and what came of them: answered, or the error.',
  },
  backend_attempts: {
    labels: ['backend', 'outcome'],
    help: 'Times that a backend was asked, and what came of it. A reply may take several.',
  },
  backend_ejections: {
    labels: ['backend'],
    help: 'Times that an isolate left a backend out after failures in a row.',
  },
  flagged: {
    labels: ['part'],
    help: 'Messages and replies that the word filter flagged.',
  },
  uncounted_requests: {
    labels: [],
    help: 'Requests that were served without their quota, since the key’s object did not answer.',
  },
  unstored_replies: {
    labels: [],
    help: 'Replies that their session does not have, since its object did not answer.',
  },
  inbound_messages: {
    labels: ['channel', 'end'],
    help: 'Times that a message from a channel was worked on, and how that ended.',
  },
  webhook_attempts: {
    labels: ['outcome'],
    help: 'Times that a delivery was sent to whom webhooks and callbacks are for.',
  },
  webhook_dead_letters: {
    labels: ['reason'],
    help: 'Deliveries that were given up, and wait to be replayed.',
  },
  webhooks_disabled: {
    labels: ['reason'],
    help: 'Webhooks that were disabled since nothing got through, or their receivers wanted no more.',
  },
} as const satisfies Record<string, { labels: readonly string[]; help: string }>;

export type CounterName = keyof typeof COUNTERS;
export type LabelsOf<Name extends CounterName> = Record<(typeof COUNTERS)[Name]['labels'][number], string>;

/** By name and label values, as `[name, ...values]` in JSON. */
export type Counts = Record<string, number>;

export function addCount<Name extends CounterName>(counts: Counts, name: Name, labels: LabelsOf<Name>): void {
  const values = COUNTERS[name].labels.map((label) => (labels as Record<string, string>)[label]);
  const key = JSON.stringify([name, ...values]);
  counts[key] = (counts[key] ?? 0) + 1;
}

export function addCounts(sum: Counts, added: Counts): void {
  for (const [key, count] of Object.entries(added)) sum[key] = (sum[key] ?? 0) + count;
}

/** The counts of one counter, each with its labels. */
export function countsOf(
  counts: Counts,
  name: CounterName,
): { labels: Record<string, string>; value: number }[] {
  return Object.entries(counts).flatMap(([key, value]) => {
    const [counter, ...values] = JSON.parse(key) as string[];
    if (counter !== name) return [];
    const labels = COUNTERS[name].labels.map((label, index) => [label, values[index] ?? '']);
    return [{ labels: Object.fromEntries(labels) as Record<string, string>, value }];
  });
}
