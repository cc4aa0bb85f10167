import type { GeneratedRow, GenerationRow } from '../runtime/generation-session.ts';
import type { Clock } from './clock.ts';
import type { QueuedRequest, RequestQueue } from './request-queue.ts';
import type { ServiceTime } from './service-time.ts';

export interface BatchingLoop {
  queue: Pick<RequestQueue, 'takeBatch'>;
  /** One run: an answer for every row, in order. */
  generate(rows: GenerationRow[]): Promise<GeneratedRow[]>;
  serviceTime: ServiceTime;
  clock: Clock;
}

/** Runs batch after batch until the queue is closed and empty. A second worker is a second loop over the queue. */
export async function runBatches({ queue, generate, serviceTime, clock }: BatchingLoop): Promise<void> {
  for (;;) {
    const batch = await queue.takeBatch();
    if (batch === null) return;
    const startedAtMs = clock.nowMs();
    try {
      const generated = await generate(batch.flatMap((request) => request.rows));
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
