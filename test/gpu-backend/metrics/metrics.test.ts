import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../gpu-backend/compiler/manifest.ts';
import { QUEUE_SECONDS, REPLY_SECONDS } from '../../../gpu-backend/metrics/buckets.ts';
import { createMetrics, type Metrics } from '../../../gpu-backend/metrics/metrics.ts';
import type { RunFigures } from '../../../gpu-backend/scheduler/observer.ts';
import type { InferenceRecord } from '../../../gpu-backend/server/inference-record.ts';
import { repositoryOf } from '../models/fake-models.ts';
import { readMetrics } from './read-metrics.ts';

const RUN: RunFigures = {
  run: 1,
  device: 'cpu',
  requests: 2,
  rows: 3,
  width: 4,
  promptTokens: 50,
  paddingTokens: 7,
};
const RECORD: InferenceRecord = {
  requestId: 'r',
  model: 'tiny',
  status: 200,
  parent: undefined,
  startedAtMs: 1000,
  endedAtMs: 1400,
};

async function valuesOf(metrics: Metrics) {
  const values = readMetrics(await metrics.read());
  return (name: string, labels = 'model_name="tiny"') => values.get(`tandem_${name}{${labels}}`);
}

describe("a scheduler's metrics", () => {
  it('count what waits and what runs, now', async () => {
    const metrics = createMetrics();
    const observe = metrics.schedulerObserver('tiny');
    observe({ kind: 'enqueued', rows: 1, waiting: 5 });
    observe({ kind: 'run started', waiting: 3, ...RUN });
    const during = await valuesOf(metrics);
    expect([during('num_requests_waiting'), during('queue_size')]).toEqual([3, 3]);
    expect([during('num_requests_running'), during('batch_current_size')]).toEqual([2, 3]);
    observe({ kind: 'run ended', inferenceMs: 20, ...RUN, outcome: 'generated', generatedTokens: 60 });
    observe({ kind: 'rejected', reason: 'queue_full', waiting: 0 });
    const afterwards = await valuesOf(metrics);
    expect([afterwards('num_requests_waiting'), afterwards('num_requests_running')]).toEqual([0, 0]);
    expect(afterwards('batch_current_size')).toBe(0);
  });

  it('count both builds of a model while the newer takes over, and nothing of the earlier afterwards', async () => {
    const metrics = createMetrics();
    const earlier = metrics.schedulerObserver('tiny');
    earlier({ kind: 'enqueued', rows: 1, waiting: 4 });
    earlier({ kind: 'run started', waiting: 2, ...RUN });
    const newer = metrics.schedulerObserver('tiny');
    newer({ kind: 'enqueued', rows: 1, waiting: 1 });
    const during = await valuesOf(metrics);
    expect([during('num_requests_waiting'), during('num_requests_running')]).toEqual([3, 2]);
    earlier({ kind: 'run ended', inferenceMs: 20, ...RUN, outcome: 'generated', generatedTokens: 60 });
    earlier({ kind: 'rejected', reason: 'not_ready', waiting: 0 });
    const afterwards = await valuesOf(metrics);
    expect([afterwards('num_requests_waiting'), afterwards('queue_size')]).toEqual([1, 1]);
    expect([afterwards('num_requests_running'), afterwards('batch_current_size')]).toEqual([0, 0]);
  });

  it('count tokens of runs, also of those that failed, and replies only of those that did not', async () => {
    const metrics = createMetrics();
    const observe = metrics.schedulerObserver('tiny');
    observe({ kind: 'run ended', inferenceMs: 20, ...RUN, outcome: 'generated', generatedTokens: 60 });
    observe({ kind: 'run ended', inferenceMs: 20, ...RUN, outcome: 'failed', message: 'no' });
    const value = await valuesOf(metrics);
    expect(value('prompt_tokens_total')).toBe(100);
    expect(value('padding_tokens_total')).toBe(14);
    expect(value('generation_tokens_total')).toBe(60);
  });

  it('time the stages in seconds', async () => {
    const metrics = createMetrics();
    metrics.schedulerObserver('tiny')({
      kind: 'answered',
      rows: 1,
      queueMs: 4,
      inferenceMs: 250,
      generatedTokens: 9,
    });
    const value = await valuesOf(metrics);
    expect(value('request_queue_time_seconds_sum')).toBeCloseTo(0.004);
    expect(value('request_inference_time_seconds_sum')).toBeCloseTo(0.25);
    const bucket = 'request_inference_time_seconds_bucket';
    expect([
      value(bucket, 'le="0.2",model_name="tiny"'),
      value(bucket, 'le="0.35",model_name="tiny"'),
    ]).toEqual([0, 1]);
  });

  it('count restarts by device, and are there before anything has happened', async () => {
    const metrics = createMetrics();
    const observe = metrics.schedulerObserver('tiny');
    observe({ kind: 'worker ready', device: 'cpu', pid: 1 });
    const labels = 'model_name="tiny",device="cpu"';
    expect((await valuesOf(metrics))('worker_restarts_total', labels)).toBe(0);
    observe({ kind: 'worker stopped', device: 'cpu', message: 'killed', restartInMs: 1, isBroken: false });
    const value = await valuesOf(metrics);
    expect(value('worker_restarts_total', labels)).toBe(1);
    expect([value('num_requests_waiting'), value('prompt_tokens_total')]).toEqual([0, 0]);
  });
});

describe("requests' metrics", () => {
  it('count rows by why they ended, requests that were refused by reason, and time what was answered', async () => {
    const { onInference, ...metrics } = createMetrics();
    onInference({ ...RECORD, queuedAtMs: 1030, finishReasons: ['stop', 'length', 'stop'] });
    onInference({ ...RECORD, status: 503, failure: 'queue_full' });
    onInference({ ...RECORD, model: undefined, status: 401, failure: 'unauthorized' });
    const value = await valuesOf({ onInference, ...metrics });
    expect(value('request_success_total', 'model_name="tiny",finished_reason="stop"')).toBe(2);
    expect(value('request_success_total', 'model_name="tiny",finished_reason="length"')).toBe(1);
    expect(value('request_rejected_total', 'model_name="tiny",reason="queue_full"')).toBe(1);
    expect(value('request_rejected_total', 'model_name="",reason="unauthorized"')).toBe(1);
    expect(value('e2e_request_latency_seconds_count')).toBe(1);
    expect(value('e2e_request_latency_seconds_sum')).toBeCloseTo(0.4);
    expect(value('request_read_time_seconds_count')).toBe(1);
    expect(value('request_read_time_seconds_sum')).toBeCloseTo(0.03);
  });
});

describe("models' metrics", () => {
  const manifest = (precision: string, sha256: string) =>
    ({
      modelType: 'blenderbot',
      precision,
      files: { 'model.onnx': { bytes: 1, sha256 } },
    }) as unknown as Manifest;

  it('tell which are ready when they are read', async () => {
    const metrics = createMetrics();
    const repository = repositoryOf(['tiny', 'other']);
    metrics.watch(repository);
    expect((await valuesOf(metrics))('model_ready')).toBe(0);
    await repository.require('tiny').load();
    const value = await valuesOf(metrics);
    expect([value('model_ready'), value('model_ready', 'model_name="other"')]).toEqual([1, 0]);
  });

  it('are 0 for what has not happened yet and an alert would ask for', async () => {
    const metrics = createMetrics();
    metrics.watch(repositoryOf(['tiny']));
    const value = await valuesOf(metrics);
    expect(value('request_success_total', 'model_name="tiny",finished_reason="stop"')).toBe(0);
    for (const reason of ['worker_lost', 'queue_full', 'overloaded', 'deadline_exceeded'])
      expect(value('request_rejected_total', `model_name="tiny",reason="${reason}"`)).toBe(0);
  });

  it('tell which build of a model is served, and not the one before', async () => {
    const metrics = createMetrics();
    metrics.describeModel('tiny', manifest('fp32', 'a'.repeat(64)));
    metrics.describeModel('tiny', manifest('int8', 'b'.repeat(64)));
    const lines = (await metrics.read()).split('\n').filter((line) => line.startsWith('tandem_model_info{'));
    expect(lines).toEqual([
      'tandem_model_info{model_name="tiny",model_type="blenderbot",precision="int8",build="bbbbbbbbbbbb"} 1',
    ]);
  });
});

describe('buckets', () => {
  it('rise by a factor of two at most, from a fast reply to a slow one', () => {
    expect([REPLY_SECONDS[0], REPLY_SECONDS.at(-1)]).toEqual([0.01, 60]);
    expect(QUEUE_SECONDS).toEqual(QUEUE_SECONDS.toSorted((one, other) => one - other));
    for (const [index, bound] of REPLY_SECONDS.slice(1).entries()) {
      expect(bound / REPLY_SECONDS[index]!).toBeGreaterThan(1);
      expect(bound / REPLY_SECONDS[index]!).toBeLessThanOrEqual(2);
    }
  });
});
