import { edgeMetrics } from '../../../edge/figures/metrics.ts';
import { noFigures } from '../../../edge/figures/minute-figures.ts';
import { createMetrics } from '../../../gpu-backend/metrics/metrics.ts';

/** Names in a query that begin as both tiers' metrics and the rules' records do. */
export function namesIn(query: string): string[] {
  return query.match(/\btandem[:_][a-z0-9_:]+/g) ?? [];
}

/** The series of a backend with a model. */
export async function backendMetrics(): Promise<Set<string>> {
  const metrics = createMetrics();
  metrics.watch({ models: [] });
  metrics.describeModel('m', { modelType: 'blenderbot', precision: 'fp32', files: {} } as never);
  metrics.schedulerObserver('m');
  const families = [...(await metrics.read()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return seriesOf(families.map(([, name, type]) => ({ name: name!, type: type! })));
}

/** The series of an edge that nobody has asked anything. */
export function metricsOfEdge(): Set<string> {
  const now = { version: '', model: '', candidate: null, backends: [], queue: null, channels: [] };
  return seriesOf(edgeMetrics(noFigures(), now));
}

function seriesOf(families: { name: string; type: string }[]): Set<string> {
  return new Set(
    families.flatMap(({ name, type }) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ),
  );
}
