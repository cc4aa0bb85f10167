import type { Log } from '../log.ts';
import type { InferenceObserver } from './inference-record.ts';

/** One line for each inference request, whatever became of it. */
export function logInferences(log: Log): InferenceObserver {
  return ({ model, status, failure, requestId, rows, queueMs, inferenceMs, parent, ...times }) => {
    log({
      event: 'inference',
      status,
      ...(failure !== undefined && { reason: failure }),
      request_id: requestId,
      ...(model !== undefined && { model }),
      ...(rows !== undefined && { rows }),
      ...(queueMs !== undefined && { queue_ms: Math.round(queueMs) }),
      ...(inferenceMs !== undefined && { inference_ms: Math.round(inferenceMs) }),
      total_ms: Math.round(times.endedAtMs - times.startedAtMs),
      ...(parent !== undefined && { trace_id: parent.traceId }),
    });
  };
}
