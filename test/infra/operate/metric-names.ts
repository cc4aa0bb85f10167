import { createMetrics } from '../../../gpu-backend/metrics/metrics.ts';

/** Names in a query that begin as the backend's metrics and the rules' records do. */
export function namesIn(query: string): string[] {
  return query.match(/\btandem[:_][a-z0-9_:]+/g) ?? [];
}

/** The series of a backend with a model. */
export async function backendMetrics(): Promise<Set<string>> {
  const metrics = createMetrics();
  metrics.watch({ models: [] });
  metrics.describeModel('m', { modelType: 'blenderbot', precision: 'fp32', files: {} } as never);
  metrics.schedulerObserver('m');
  const names = new Set<string>();
  for (const [, name, type] of (await metrics.read()).matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    if (type === 'histogram') for (const part of ['bucket', 'sum', 'count']) names.add(`${name}_${part}`);
    else names.add(name!);
  }
  return names;
}
