import type { SchedulerObserver } from '../scheduler/observer.ts';
import { BATCH_ROWS, QUEUE_SECONDS, REPLY_SECONDS } from './buckets.ts';
import type { Instruments } from './instruments.ts';

/** Queue, runs and workers. What is returned makes an observer for the scheduler of each model. */
export function schedulerMetrics(instruments: Instruments): (model: string) => SchedulerObserver {
  const running = instruments.gauge('num_requests_running', 'Requests in a run now.');
  const waiting = instruments.gauge('num_requests_waiting', 'Requests that wait for a run: scale by it.');
  const queueSize = instruments.gauge('queue_size', 'The same as num_requests_waiting.');
  const batchSize = instruments.gauge('batch_current_size', 'Rows in a run now.');
  const batchRows = instruments.histogram('batch_rows', 'Rows of each run.', BATCH_ROWS);
  const promptTokens = instruments.counter('prompt_tokens_total', 'Tokens that runs read, without padding.');
  const paddingTokens = instruments.counter('padding_tokens_total', 'Padding that runs read beside them.');
  const generatedTokens = instruments.counter('generation_tokens_total', "Tokens of rows' best replies.");
  const runAgain = instruments.counter('request_run_again_total', 'Requests whose run was lost or failed.');
  const queueTime = instruments.histogram(
    'request_queue_time_seconds',
    'How long answered requests waited.',
    QUEUE_SECONDS,
  );
  const inferenceTime = instruments.histogram(
    'request_inference_time_seconds',
    'How long the runs of answered requests took.',
    REPLY_SECONDS,
  );
  const stopped = instruments.counter('worker_restarts_total', 'Workers that ended by themselves.', [
    'device',
  ]);

  return (model) => {
    const of = { model_name: model };
    // While a newer build takes over, the earlier one's scheduler still works: a model's gauges are the sum of both.
    let shown = 0;
    const setWaiting = (requests: number) => {
      for (const gauge of [waiting, queueSize]) gauge.inc(of, requests - shown);
      shown = requests;
    };
    // What has not happened yet is 0 and not absent: an alert on an absent series never fires.
    for (const metric of [waiting, queueSize, running, batchSize]) metric.inc(of, 0);
    for (const metric of [promptTokens, paddingTokens, generatedTokens, runAgain]) metric.inc(of, 0);

    return (event) => {
      if ('waiting' in event) setWaiting(event.waiting);
      switch (event.kind) {
        case 'run started':
          running.inc(of, event.requests);
          batchSize.inc(of, event.rows);
          batchRows.observe(of, event.rows);
          return;
        case 'run ended':
          running.dec(of, event.requests);
          batchSize.dec(of, event.rows);
          promptTokens.inc(of, event.promptTokens);
          paddingTokens.inc(of, event.paddingTokens);
          if (event.outcome === 'generated') generatedTokens.inc(of, event.generatedTokens);
          return;
        case 'answered':
          queueTime.observe(of, event.queueMs / 1000);
          inferenceTime.observe(of, event.inferenceMs / 1000);
          return;
        case 'run again':
          runAgain.inc(of, event.requests);
          return;
        case 'worker ready':
          stopped.inc({ ...of, device: event.device }, 0);
          return;
        case 'worker stopped':
          stopped.inc({ ...of, device: event.device });
          return;
      }
    };
  };
}
