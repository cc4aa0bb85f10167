import type { GenerationRow } from '../../shared/generation-batch.ts';
import { searchWidth } from '../../shared/generation-parameters.ts';
import type { Device } from '../runtime/device.ts';
import type { GeneratedRow } from '../runtime/generation-session.ts';
import { WorkerLostError } from '../runtime/inference-worker.ts';
import type { Clock } from './clock.ts';
import { countTokens, longestSequence } from './count-tokens.ts';
import type { RunFigures, SchedulerObserver } from './observer.ts';
import type { RequestQueue } from './request-queue.ts';
import type { QueuedRequest } from './queued-request.ts';
import { shapeOf } from './run-shape.ts';
import type { ServiceTime } from './service-time.ts';

export interface BatchingLoop {
  queue: Pick<RequestQueue, 'takeBatch' | 'putBack' | 'retire' | 'length'>;
  worker: {
    readonly device: Device;
    readonly isReady: boolean;
    /** One run: an answer for every row, in order. */
    run(rows: GenerationRow[]): Promise<GeneratedRow[]>;
  };
  serviceTime: ServiceTime;
  observe: SchedulerObserver;
  clock: Clock;
  /** Numbers the runs of all workers. */
  nextRun(): number;
}

/** Runs batch after batch on one worker until the queue is closed and empty. Several workers share a queue. */
export async function runBatches(loop: BatchingLoop): Promise<void> {
  const { queue, worker, serviceTime, observe, clock } = loop;
  for (;;) {
    const batch = await queue.takeBatch(worker);
    if (batch === null) return;
    const rows = batch.flatMap((request) => request.rows);
    const figures = describeRun(loop, batch, rows);
    const startedAtMs = clock.nowMs();
    observe({ kind: 'run started', ...figures, waiting: queue.length });
    try {
      const generated = await worker.run(rows);
      const inferenceMs = clock.nowMs() - startedAtMs;
      const steps = longestSequence(generated);
      serviceTime.record({ shape: shapeOf(rows), steps, ms: inferenceMs });
      const generatedTokens = countTokens(generated);
      observe({ kind: 'run ended', ...figures, inferenceMs, outcome: 'generated', generatedTokens });
      deliver(batch, generated, { startedAtMs, inferenceMs });
    } catch (error) {
      const outcome = error instanceof WorkerLostError ? 'lost' : 'failed';
      const { message } = error as Error;
      observe({ kind: 'run ended', ...figures, inferenceMs: clock.nowMs() - startedAtMs, outcome, message });
      queue.putBack(batch, error as Error);
    } finally {
      queue.retire(batch);
    }
  }
}

function describeRun(
  { worker, nextRun }: BatchingLoop,
  batch: QueuedRequest[],
  rows: GenerationRow[],
): RunFigures {
  const lengths = rows.map(({ inputIds }) => inputIds.length);
  const promptTokens = lengths.reduce((sum, length) => sum + length, 0);
  return {
    run: nextRun(),
    device: worker.device,
    requests: batch.length,
    rows: rows.length,
    width: searchWidth(rows[0]!.parameters),
    promptTokens,
    paddingTokens: Math.max(...lengths) * rows.length - promptTokens,
  };
}

function deliver(
  batch: QueuedRequest[],
  generated: GeneratedRow[],
  { startedAtMs, inferenceMs }: { startedAtMs: number; inferenceMs: number },
): void {
  let next = 0;
  for (const { shape, arrivedAtMs, answer } of batch) {
    const rows = generated.slice(next, next + shape.rows);
    answer({ rows, queueMs: startedAtMs - arrivedAtMs, inferenceMs });
    next += shape.rows;
  }
}
