import { stringify } from 'yaml';

export interface InferenceServiceOptions {
  name: string;
  /** Where the cluster finds the model repository: pvc://CLAIM/PATH, s3://…, gs://…. */
  storageUri: string;
  device: 'gpu' | 'cpu';
}

/**
 * A KServe InferenceService that serves the model repository with Triton.
 * Source: https://kserve.github.io/website/docs/model-serving/predictive-inference/frameworks/triton
 */
export function inferenceService({ name, storageUri, device }: InferenceServiceOptions): string {
  const gpu = { 'nvidia.com/gpu': '1' };
  return stringify({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    // A Kubernetes name has no capitals, underscores or dots.
    metadata: {
      name: name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, ''),
    },
    spec: {
      predictor: {
        model: {
          modelFormat: { name: 'triton' },
          runtime: 'kserve-tritonserver',
          protocolVersion: 'v2',
          storageUri,
          ...(device === 'gpu' && { resources: { limits: gpu, requests: gpu } }),
        },
      },
    },
  });
}
