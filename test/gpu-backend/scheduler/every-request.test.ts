import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GeneratedRow } from '../../../gpu-backend/runtime/generation-session.ts';
import { WorkerLostError } from '../../../gpu-backend/runtime/inference-worker.ts';
import { runBatches } from '../../../gpu-backend/scheduler/batching-loop.ts';
import type { SchedulerEvent } from '../../../gpu-backend/scheduler/observer.ts';
import { modelClosing } from '../../../gpu-backend/scheduler/queue-errors.ts';
import { RequestQueue } from '../../../gpu-backend/scheduler/request-queue.ts';
import { ServiceTime } from '../../../gpu-backend/scheduler/service-time.ts';
import type { GenerationRow } from '../../../shared/generation-batch.ts';
import { echo, rowOf } from './generation-rows.ts';
import { ManualClock } from './manual-clock.ts';

const submission = fc.record({
  does: fc.constant('submit' as const),
  rows: fc.integer({ min: 1, max: 2 }),
  num_beams: fc.integer({ min: 1, max: 2 }),
  timeoutMs: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: -3, max: 120 })),
  tenant: fc.constantFrom('', 'a', 'b'),
  priority: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
});
const step = fc.oneof(
  { weight: 5, arbitrary: submission },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constantFrom('finish', 'finish', 'fail', 'lose', 'recover', 'leave', 'wait'),
      which: fc.nat({ max: 40 }),
    }),
  },
);
const limits = fc.record({
  maxBatchSize: fc.integer({ min: 2, max: 5 }),
  maxBatchTokens: fc.constant(65_536),
  preferredBatchSizes: fc.constantFrom([], [2]),
  maxQueueSize: fc.integer({ min: 1, max: 8 }),
  maxQueueDelayMs: fc.constantFrom(0, 20),
});

/** A worker whose run the test ends. */
class Worker {
  readonly device = 'cpu';
  isReady = true;
  #run: { rows: GenerationRow[]; answer: PromiseWithResolvers<GeneratedRow[]> } | undefined;

  run(rows: GenerationRow[]): Promise<GeneratedRow[]> {
    this.#run = { rows, answer: Promise.withResolvers() };
    return this.#run.answer.promise;
  }

  end(error?: Error): void {
    if (this.#run === undefined) return;
    const { rows, answer } = this.#run;
    this.#run = undefined;
    if (error instanceof WorkerLostError) this.isReady = false;
    if (error === undefined) answer.resolve(echo(rows));
    else answer.reject(error);
  }
}

describe('every request', () => {
  it('has its own answer or an error, and leaves nothing behind, whatever clients, clock and workers do', async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(step, { minLength: 10, maxLength: 60 }), async (limits, steps) => {
        const clock = new ManualClock();
        const told: SchedulerEvent[] = [];
        const observe = (event: SchedulerEvent) => void told.push(event);
        const serviceTime = new ServiceTime();
        const queue = new RequestQueue({ limits, clock, serviceTime, observe });
        const worker = new Worker();
        let runs = 0;
        const served = runBatches({ queue, worker, serviceTime, observe, clock, nextRun: () => ++runs });
        const clients: AbortController[] = [];
        const outcomes: Promise<unknown>[] = [];
        for (const step of steps) {
          if (step.does === 'submit') {
            const { num_beams, timeoutMs, tenant, priority } = step;
            const client = new AbortController();
            const token = 5 + clients.push(client);
            const rows = Array.from({ length: step.rows }, () => rowOf(token, { num_beams }));
            const deadlineMs = clock.nowMs() + timeoutMs;
            const answer = queue.submit({ rows, deadlineMs, signal: client.signal, tenant, priority });
            outcomes.push(
              answer.then(
                (answered) => expect(answered.rows).toEqual(echo(rows)),
                (error) => expect(error).toBeInstanceOf(Error),
              ),
            );
          } else if (step.does === 'finish') worker.end();
          else if (step.does === 'fail') worker.end(new Error('The graph says no.'));
          else if (step.does === 'lose') worker.end(new WorkerLostError('gone'));
          else if (step.does === 'leave') clients[step.which % Math.max(1, clients.length)]?.abort();
          else if (step.does === 'recover') {
            worker.isReady = true;
            queue.resume();
          }
          await clock.advance(step.does === 'wait' ? step.which : 0);
        }
        queue.close();
        queue.refuseAll(modelClosing());
        worker.end();
        await served;
        await Promise.all(outcomes);

        const ofRuns = (kind: SchedulerEvent['kind']) => told.filter((event) => event.kind === kind).length;
        expect(ofRuns('answered') + ofRuns('rejected')).toBe(outcomes.length);
        expect(ofRuns('run started')).toBe(ofRuns('run ended'));
        expect(told.findLast((event) => 'waiting' in event)?.waiting ?? 0).toBe(0);
        expect({ waiting: queue.length, timers: clock.pending }).toEqual({ waiting: 0, timers: 0 });
      }),
      { numRuns: 150 },
    );
  });
});
