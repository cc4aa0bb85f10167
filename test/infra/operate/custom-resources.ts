/** What Tandem uses of other projects' resources, whose schemas Kubernetes does not have. A misspelt field is refused. */
import { z } from 'zod';

const duration = z.stringFormat('duration', /^\d+(ms|[smh])$/);
const selector = z.strictObject({ matchLabels: z.record(z.string(), z.string()) });
const endpoint = z.strictObject({ port: z.string(), path: z.string().startsWith('/'), interval: duration });
const metadata = z.strictObject({ name: z.string() });

/** Source: the Prometheus Operator's API reference, monitoring.coreos.com/v1. */
export const ServiceMonitor = z.strictObject({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('ServiceMonitor'),
  metadata,
  spec: z.strictObject({ selector, endpoints: z.array(endpoint).min(1) }),
});

export const PodMonitor = z.strictObject({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('PodMonitor'),
  metadata,
  spec: z.strictObject({ selector, podMetricsEndpoints: z.array(endpoint).min(1) }),
});

const amount = z.stringFormat('amount', /^\d+(\.\d+)?$/);
const seconds = z.int().nonnegative();
const replicas = z.int().nonnegative();

/** Source: KEDA's documentation of ScaledObject and its Prometheus scaler; `behavior` is the HorizontalPodAutoscaler's. */
export const ScaledObject = z.strictObject({
  apiVersion: z.literal('keda.sh/v1alpha1'),
  kind: z.literal('ScaledObject'),
  metadata,
  spec: z.strictObject({
    scaleTargetRef: z.strictObject({ name: z.string() }),
    minReplicaCount: replicas,
    maxReplicaCount: replicas,
    pollingInterval: seconds.optional(),
    cooldownPeriod: seconds.optional(),
    advanced: z
      .strictObject({
        horizontalPodAutoscalerConfig: z.strictObject({
          behavior: z.strictObject({
            scaleUp: z.strictObject({ stabilizationWindowSeconds: seconds.max(3600) }),
            scaleDown: z.strictObject({
              stabilizationWindowSeconds: seconds.max(3600),
              policies: z.array(
                z.strictObject({
                  type: z.enum(['Pods', 'Percent']),
                  value: z.int().positive(),
                  periodSeconds: z.int().min(1).max(1800),
                }),
              ),
            }),
          }),
        }),
      })
      .optional(),
    triggers: z.array(
      z.strictObject({
        type: z.literal('prometheus'),
        metadata: z.strictObject({
          serverAddress: z.url(),
          query: z.string(),
          threshold: amount,
          activationThreshold: amount.optional(),
        }),
      }),
    ),
  }),
});
