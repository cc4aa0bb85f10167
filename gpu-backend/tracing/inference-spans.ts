import {
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { TraceParent } from '../protocol/trace-context.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { InferenceObserver, InferenceRecord } from '../server/inference-record.ts';

const ROUTE = '/v2/models/{model}/infer';

/**
 * A span for each request, in its client's trace where it has one, and in it one for the wait and one for the run.
 * They are made afterwards, from what is known of the request then.
 */
export function inferenceSpans(tracer: Tracer, clock: Clock): InferenceObserver {
  return (record) => {
    const { parent, status, startedAtMs, endedAtMs, queuedAtMs, queueMs, inferenceMs } = record;
    // Durations are the clock's that never jumps, the moment is the calendar's.
    const offsetMs = Date.now() - clock.nowMs();
    const at = (ms: number) => new Date(ms + offsetMs);
    const request = tracer.startSpan(
      `POST ${ROUTE}`,
      { kind: SpanKind.SERVER, startTime: at(startedAtMs), attributes: attributesOf(record) },
      contextOf(parent),
    );
    if (status >= 500) request.setStatus({ code: SpanStatusCode.ERROR });
    const within = trace.setSpan(ROOT_CONTEXT, request);
    if (queuedAtMs !== undefined) {
      const leftAtMs = queueMs === undefined ? endedAtMs : queuedAtMs + queueMs;
      tracer.startSpan('queue', { startTime: at(queuedAtMs) }, within).end(at(leftAtMs));
      if (inferenceMs !== undefined) {
        tracer.startSpan('run', { startTime: at(leftAtMs) }, within).end(at(leftAtMs + inferenceMs));
      }
    }
    request.end(at(endedAtMs));
  };
}

function attributesOf({ status, failure, model, requestId, rows }: InferenceRecord) {
  return {
    'http.request.method': 'POST',
    'http.route': ROUTE,
    'http.response.status_code': status,
    ...(failure !== undefined && { 'error.type': failure }),
    ...(model !== undefined && { 'tandem.model_name': model }),
    'tandem.request_id': requestId,
    ...(rows !== undefined && { 'tandem.rows': rows }),
  };
}

function contextOf(parent: TraceParent | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = parent;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
