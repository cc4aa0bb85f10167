import { GRAPH_FILE, type Manifest } from '../compiler/manifest.ts';
import type { ModelRepository } from '../models/model-repository.ts';
import type { Instruments } from './instruments.ts';

/** Which models are ready. */
export function readinessMetrics(
  instruments: Instruments,
  repository: Pick<ModelRepository, 'models'>,
): void {
  const ready = instruments.gauge('model_ready', '1 while the model answers, else 0.', {
    collect() {
      for (const { name, status } of repository.models) {
        ready.set({ model_name: name }, status.state === 'ready' ? 1 : 0);
      }
    },
  });
}

/** What is served. The function returned is told of each build that a model is opened from. */
export function modelInfoMetrics(instruments: Instruments): (model: string, manifest: Manifest) => void {
  const info = instruments.gauge('model_info', 'What is served, in labels; always 1.', {
    labels: ['model_type', 'precision', 'build'],
  });
  const shown = new Map<string, Record<string, string>>();
  return (model, { modelType, precision, files }) => {
    const earlier = shown.get(model);
    if (earlier !== undefined) info.remove(earlier);
    // As much of the graph's hash as tells builds apart.
    const build = files[GRAPH_FILE]?.sha256.slice(0, 12) ?? '';
    const labels = { model_name: model, model_type: modelType, precision, build };
    shown.set(model, labels);
    info.set(labels, 1);
  };
}
