import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Manifest } from '../compiler/manifest.ts';
import type { ModelRepository } from '../models/model-repository.ts';
import type { SchedulerObserver } from '../scheduler/observer.ts';
import type { InferenceObserver } from '../server/inference-record.ts';
import { inferenceMetrics } from './inference-metrics.ts';
import { Instruments } from './instruments.ts';
import { modelInfoMetrics, readinessMetrics } from './model-metrics.ts';
import { schedulerMetrics } from './scheduler-metrics.ts';

/** What Prometheus reads, and who tells it. */
export interface Metrics {
  contentType: string;
  /** All metrics as text. */
  read(): Promise<string>;
  onInference: InferenceObserver;
  /** An observer for a model's scheduler. */
  schedulerObserver(model: string): SchedulerObserver;
  /** To be told of each build that a model is opened from. */
  describeModel(model: string, manifest: Manifest): void;
  /** To be told of the models once. */
  watch(repository: Pick<ModelRepository, 'models'>): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const instruments = new Instruments(registry);
  const { onInference, begin } = inferenceMetrics(instruments);
  // The process: memory, processor time, open files, the event loop.
  collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    read: () => registry.metrics(),
    onInference,
    schedulerObserver: schedulerMetrics(instruments),
    describeModel: modelInfoMetrics(instruments),
    watch(repository) {
      readinessMetrics(instruments, repository);
      for (const { name } of repository.models) begin(name);
    },
  };
}
