import type { GenerationRow } from '../../shared/generation-batch.ts';
import type { GeneratedRow } from '../runtime/generation-session.ts';
import type { Clock } from './clock.ts';
import type { QueuedRequest, RequestQueue } from './request-queue.ts';
import type { ServiceTime } from './service-time.ts';

export interface BatchingLoop {
  queue: Pick<RequestQueue, 'takeBatch'>;
  /** One run: an answer for every row, in order. */
  generate(rows: GenerationRow[]): Promise<GeneratedRow[]>;
  serviceTime: ServiceTime;
  /** Told of each run as it begins. */
  onRun(run: { requests: number; rows: number }): void;
  clock: Clock;
}

/** Runs batch after batch until the queue is closed and empty. */
export async function runBatches({
  queue,
  generate,
  serviceTime,
  onRun,
  clock,
}: BatchingLoop): Promise<void> {
  for (;;) {
    const batch = await queue.takeBatch();
    if (batch === null) return;
    const rows = batch.flatMap((request) => request.rows);
    const startedAtMs = clock.nowMs();
    onRun({ requests: batch.length, rows: rows.length });
    try {
      const generated = await generate(rows);
      const inferenceMs = clock.nowMs() - startedAtMs;
      serviceTime.record(inferenceMs);
      deliver(batch, generated, { startedAtMs, inferenceMs });
    } catch (error) {
      for (const request of batch) request.fail(error as Error);
    }
  }
}

function deliver(
  batch: QueuedRequest[],
  generated: GeneratedRow[],
  { startedAtMs, inferenceMs }: { startedAtMs: number; inferenceMs: number },
): void {
  let next = 0;
  for (const { rowCount, arrivedAtMs, answer } of batch) {
    const rows = generated.slice(next, next + rowCount);
    answer({ rows, queueMs: startedAtMs - arrivedAtMs, inferenceMs });
    next += rowCount;
  }
}
