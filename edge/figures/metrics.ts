import { COUNTERS, type CounterName, type Counts, countsOf } from './counters.ts';
import type { MetricFamily } from './exposition.ts';
import { cumulative } from './histogram.ts';
import type { MinuteFigures, RouteFigures } from './minute-figures.ts';

/** What is known where the metrics are asked for, besides what was counted. */
export interface Now {
  version: string;
  model: string;
  /** The second model, and its share of the new sessions; null where there is none. */
  candidate: { model: string; share: number } | null;
  /** Of each model, as the isolate that answers knows them. */
  backends: { model: string; name: string; ready: boolean; standing: string }[];
  /** The queue of messages from channels; null where it does not say. */
  queue: { backlog: number; oldestSeconds: number } | null;
  channels: string[];
}

/**
 * Everything that was counted by all isolates, and how things stand, as Prometheus has it. What has values that are known beforehand
 * is 0 before it has happened, so that its first time is seen as an increase.
 */
export function edgeMetrics(total: MinuteFigures, now: Now): MetricFamily[] {
  const routes = Object.entries(total.routes).map(([name, figures]) => ({
    labels: routeLabels(name),
    figures,
  }));
  const gauge = (name: string, help: string, samples: MetricFamily['samples']): MetricFamily => ({
    name: `tandem_edge_${name}`,
    ...{ help, type: 'gauge', samples },
  });
  const ofBackends = (value: (backend: Now['backends'][number]) => number) =>
    now.backends.map((backend) => ({
      labels: { model: backend.model, backend: backend.name },
      value: value(backend),
    }));
  const ofQueue = (value: (queue: NonNullable<Now['queue']>) => number) =>
    now.queue === null ? [] : [{ labels: {}, value: value(now.queue) }];
  return [
    gauge('info', 'The version of the worker that answers, and its model.', [
      { labels: { version: now.version, model: now.model }, value: 1 },
    ]),
    gauge(
      'candidate_share',
      'Of the new sessions, those that the second model has, where there is one.',
      now.candidate === null ? [] : [{ labels: { model: now.candidate.model }, value: now.candidate.share }],
    ),
    {
      name: 'tandem_edge_requests_total',
      help: 'Requests of the API, by the pattern of their address.',
      type: 'counter',
      samples: routes.flatMap(({ labels, figures }) => statusSamples(labels, figures)),
    },
    {
      name: 'tandem_edge_request_duration_seconds',
      help: 'From a request that was not refused (4xx) to its answer, or to the end of its stream.',
      type: 'histogram',
      samples: routes.map(({ labels, figures }) => ({ labels, value: cumulative(figures.ms) })),
    },
    {
      name: 'tandem_edge_backend_duration_seconds',
      help: 'From the first backend that was asked for a reply to the end of the last.',
      type: 'histogram',
      samples: [{ labels: {}, value: cumulative(total.modelMs) }],
    },
    {
      name: 'tandem_edge_inbound_duration_seconds',
      help: 'From the arrival of a message of a channel to the end of its reply’s delivery.',
      type: 'histogram',
      samples: [{ labels: {}, value: cumulative(total.inboundMs) }],
    },
    {
      name: 'tandem_edge_tokens_total',
      help: 'Tokens of prompts and replies.',
      type: 'counter',
      samples: [{ labels: {}, value: total.tokens }],
    },
    ...(Object.keys(COUNTERS) as CounterName[]).map((name) => counterFamily(name, total.counts, now)),
    gauge(
      'backend_ready',
      'Whether a backend answers the isolate that was asked for these metrics, for a model.',
      ofBackends(({ ready }) => Number(ready)),
    ),
    gauge(
      'backend_ejected',
      'Whether the isolate that was asked for these metrics leaves a backend out, for a model.',
      ofBackends(({ standing }) => Number(standing === 'ejected')),
    ),
    gauge(
      'inbound_queue_messages',
      'Wake-ups in the queue of messages from channels.',
      ofQueue(({ backlog }) => backlog),
    ),
    gauge(
      'inbound_queue_age_seconds',
      'How long the oldest of them waits.',
      ofQueue(({ oldestSeconds }) => oldestSeconds),
    ),
  ];
}

function routeLabels(name: string): Record<string, string> {
  const [method, route] = name.split(' ') as [string, string];
  return { method, route };
}

function statusSamples(labels: Record<string, string>, { statuses }: RouteFigures): MetricFamily['samples'] {
  return Object.entries(statuses).map(([status, value]) => ({ labels: { ...labels, status }, value }));
}

function counterFamily(name: CounterName, counts: Counts, now: Now): MetricFamily {
  const counted = countsOf(counts, name);
  const isCounted = (zero: Record<string, string>) =>
    counted.some(({ labels }) => Object.entries(zero).every(([label, value]) => labels[label] === value));
  const zeros = zerosOf(name, now).filter((zero) => !isCounted(zero));
  return {
    name: `tandem_edge_${name}_total`,
    help: COUNTERS[name].help,
    type: 'counter',
    samples: [...counted, ...zeros.map((labels) => ({ labels, value: 0 }))],
  };
}

/** What alerts look for the first one of. */
function zerosOf(name: CounterName, { backends, channels }: Now): Record<string, string>[] {
  switch (name) {
    case 'replies':
      return unique(backends.map(({ model }) => model)).map((model) => ({ model, outcome: 'answered' }));
    case 'backend_attempts':
      return unique(backends.map((one) => one.name)).map((backend) => ({ backend, outcome: 'answered' }));
    case 'backend_ejections':
      return unique(backends.map((one) => one.name)).map((backend) => ({ backend }));
    case 'uncounted_requests':
    case 'unstored_replies':
      return [{}];
    case 'flagged':
      return [{ part: 'message' }, { part: 'reply' }];
    case 'inbound_messages':
      return channels.flatMap((channel) => INBOUND_ENDS.map((end) => ({ channel, end })));
    case 'webhook_attempts':
      return [{ outcome: 'delivered' }, { outcome: 'failed' }];
    case 'webhook_dead_letters':
      return [{ reason: 'attempts' }, { reason: 'gone' }, { reason: 'refused' }];
    case 'webhooks_disabled':
      return [{ reason: 'failing' }, { reason: 'gone' }];
  }
}

// A backend that has both models is counted as one.
const unique = (names: string[]) => [...new Set(names)];

const INBOUND_ENDS = ['delivered', 'refused', 'given_up', 'expired'];
