import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import packageJson from '../../package.json' with { type: 'json' };
import type { Log } from '../log.ts';
import type { Clock } from '../scheduler/clock.ts';
import { inferenceSpans } from './inference-spans.ts';
import { TellingExporter } from './telling-exporter.ts';
import type { Tracing } from './tracing.ts';

/** Sends spans by OTLP over HTTP, in batches, in the background. Its options are OpenTelemetry's variables. */
export function openOtlpTracing({ clock, log }: { clock: Clock; log: Log }): Tracing {
  const service = { 'service.name': 'tandem-gpu-backend', 'service.version': packageJson.version };
  const provider = new BasicTracerProvider({
    // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins.
    resource: resourceFromAttributes(service).merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new TellingExporter(new OTLPTraceExporter(), log))],
  });
  return {
    onInference: inferenceSpans(provider.getTracer(service['service.name']), clock),
    // Whoever does not take the last spans must not keep the server from ending.
    close: () => provider.shutdown().catch(() => {}),
  };
}
