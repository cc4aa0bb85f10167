import type { Log } from '../log.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { InferenceObserver } from '../server/inference-record.ts';

export interface Tracing {
  onInference: InferenceObserver;
  /** Sends what is left. */
  close(): Promise<void>;
}

type Environment = Record<string, string | undefined>;

/**
 * Traces where OpenTelemetry's own variables ask for them. Where they do not, nothing of it is even loaded.
 * Source: the OpenTelemetry specification's environment variables, for SDKs and for the OTLP exporter
 */
export async function openTracing(
  options: { clock: Clock; log: Log },
  environment: Environment,
): Promise<Tracing> {
  if (!isWanted(environment)) return { onInference: () => {}, close: async () => {} };
  const protocol =
    environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || environment['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol === 'grpc') {
    const message =
      'Traces are sent over HTTP, not gRPC: the endpoint must be one for OTLP/HTTP (port 4318 as a rule).';
    options.log({ event: 'configuration', level: 'warn', message });
  }
  const { openOtlpTracing } = await import('./otlp-tracing.ts');
  return openOtlpTracing(options);
}

function isWanted(environment: Environment): boolean {
  const isOff = environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  const exporter = environment['OTEL_TRACES_EXPORTER'] || 'otlp';
  const endpoint =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return !isOff && exporter === 'otlp' && Boolean(endpoint);
}
