import type { BackendErrorCode } from '../protocol/backend-error.ts';
import type { FinishReason, InferenceObserver } from '../server/inference-record.ts';
import { QUEUE_SECONDS, REPLY_SECONDS } from './buckets.ts';
import type { Instruments } from './instruments.ts';

const FINISH_REASONS: FinishReason[] = ['stop', 'length'];
// What an operator is alerted by. The others are their clients' mistakes.
const REJECTIONS: BackendErrorCode[] = [
  'inference_failed',
  'worker_lost',
  'not_ready',
  'queue_full',
  'overloaded',
  'deadline_exceeded',
];

export interface InferenceMetrics {
  onInference: InferenceObserver;
  /** Makes a model's counters, which are 0 and not absent until something happens: an alert on an absent series never fires. */
  begin(model: string): void;
}

/** What became of requests, seen from their clients. */
export function inferenceMetrics(instruments: Instruments): InferenceMetrics {
  const successes = instruments.counter(
    'request_success_total',
    'Rows that were answered, by why they ended.',
    ['finished_reason'],
  );
  const rejections = instruments.counter(
    'request_rejected_total',
    'Requests that were not answered, by why.',
    ['reason'],
  );
  const latency = instruments.histogram(
    'e2e_request_latency_seconds',
    'From the arrival of an answered request to its answer.',
    REPLY_SECONDS,
  );
  const readTime = instruments.histogram(
    'request_read_time_seconds',
    "From a request's arrival to the queue: until its body had come and was checked.",
    QUEUE_SECONDS,
  );
  const begin = (model: string) => {
    for (const reason of FINISH_REASONS) successes.inc({ model_name: model, finished_reason: reason }, 0);
    for (const reason of REJECTIONS) rejections.inc({ model_name: model, reason }, 0);
  };
  const onInference: InferenceObserver = (record) => {
    const { model = '', failure, finishReasons, startedAtMs, queuedAtMs, endedAtMs } = record;
    if (queuedAtMs !== undefined) readTime.observe({ model_name: model }, (queuedAtMs - startedAtMs) / 1000);
    if (failure !== undefined) rejections.inc({ model_name: model, reason: failure });
    if (finishReasons === undefined) return;
    latency.observe({ model_name: model }, (endedAtMs - startedAtMs) / 1000);
    for (const reason of finishReasons) successes.inc({ model_name: model, finished_reason: reason });
  };
  return { onInference, begin };
}
