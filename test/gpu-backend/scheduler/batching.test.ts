import { beforeEach, describe, expect, it } from 'vitest';
import type { GenerationRow } from '../../../shared/generation-batch.ts';
import type { GeneratedRow } from '../../../gpu-backend/runtime/generation-session.ts';
import { WorkerLostError } from '../../../gpu-backend/runtime/inference-worker.ts';
import { runBatches } from '../../../gpu-backend/scheduler/batching-loop.ts';
import type { QueueLimits } from '../../../gpu-backend/scheduler/admission.ts';
import { RequestQueue } from '../../../gpu-backend/scheduler/request-queue.ts';
import type { Submission } from '../../../gpu-backend/scheduler/queued-request.ts';
import type { SchedulerEvent } from '../../../gpu-backend/scheduler/observer.ts';
import { ServiceTime } from '../../../gpu-backend/scheduler/service-time.ts';
import { echo, rowOf } from './generation-rows.ts';
import { ManualClock } from './manual-clock.ts';

const LIMITS: QueueLimits = {
  maxBatchSize: 3,
  maxBatchTokens: 65_536,
  preferredBatchSizes: [],
  maxQueueSize: 4,
  maxQueueDelayMs: 0,
};

/** A queue and its loop over a model that answers when the test says so. */
class Stage {
  readonly clock = new ManualClock();
  readonly serviceTime = new ServiceTime();
  readonly queue: RequestQueue;
  readonly served: Promise<void>;
  /** First tokens of the rows of every run, in order: what the model was given. */
  readonly runs: number[][] = [];
  readonly told: SchedulerEvent[] = [];
  readonly worker = {
    device: 'cpu' as const,
    isReady: true,
    run: (rows: GenerationRow[]) => this.#run(rows),
  };
  #current: PromiseWithResolvers<GeneratedRow[]> | undefined;
  #rows: GenerationRow[] = [];

  constructor(limits: Partial<QueueLimits> = {}) {
    const { clock, serviceTime, worker } = this;
    const observe = (event: SchedulerEvent) => this.told.push(event);
    const queue = new RequestQueue({ limits: { ...LIMITS, ...limits }, clock, serviceTime, observe });
    this.queue = queue;
    let runs = 0;
    this.served = runBatches({ queue, worker, serviceTime, observe, clock, nextRun: () => ++runs });
  }

  #run(rows: GenerationRow[]): Promise<GeneratedRow[]> {
    this.runs.push(rows.map(({ inputIds }) => inputIds[0]!));
    this.#rows = rows;
    this.#current = Promise.withResolvers();
    return this.#current.promise;
  }

  /** Submits requests of one row each; what they failed with comes back as a value. */
  submit(token: number, { numBeams = 1, ...submission }: Partial<Submission> & { numBeams?: number } = {}) {
    const rows = [rowOf(token, { num_beams: numBeams })];
    const signal = new AbortController().signal;
    return this.queue
      .submit({ rows, deadlineMs: Infinity, signal, ...submission })
      .catch((error) => ({ error }) as never);
  }

  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** Ends the run that is under way after `ms`. */
  async finishRun(ms = 10): Promise<void> {
    await this.clock.advance(ms);
    this.#current?.resolve(echo(this.#rows));
    await this.settle();
  }

  async failRun(error: Error): Promise<void> {
    this.#current?.reject(error);
    await this.settle();
  }
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

describe('runBatches', () => {
  it('gives the model what has gathered while it ran', async () => {
    for (const token of [1, 2, 3, 4]) {
      void stage.submit(token);
      await stage.settle();
    }
    await stage.finishRun();
    await stage.finishRun();
    expect(stage.runs).toEqual([[1], [2, 3, 4]]);
  });

  it('delivers to each request its own rows and its own times', async () => {
    const first = stage.submit(5);
    await stage.settle();
    await stage.clock.advance(7);
    const second = stage.queue.submit({
      rows: [rowOf(6), rowOf(7)],
      deadlineMs: Infinity,
      signal: new AbortController().signal,
    });
    await stage.finishRun(20);
    await stage.finishRun(30);
    expect(await first).toMatchObject({ queueMs: 0, inferenceMs: 27, rows: [{ sequences: [[5, 2]] }] });
    expect(await second).toMatchObject({
      queueMs: 20,
      inferenceMs: 30,
      rows: [{ sequences: [[6, 2]] }, { sequences: [[7, 2]] }],
    });
  });

  it('never mixes numbers of beams', async () => {
    void stage.submit(1);
    await stage.settle();
    void stage.submit(2, { numBeams: 4 });
    void stage.submit(3);
    void stage.submit(4, { numBeams: 4 });
    for (let run = 0; run < 3; run++) await stage.finishRun();
    expect(stage.runs).toEqual([[1], [2, 4], [3]]);
  });

  it('holds an idle worker back for max_queue_delay, then runs what there is', async () => {
    stage = new Stage({ maxQueueDelayMs: 5 });
    void stage.submit(1);
    await stage.clock.advance(4);
    void stage.submit(2);
    await stage.settle();
    expect(stage.runs).toEqual([]);
    await stage.clock.advance(1);
    expect(stage.runs).toEqual([[1, 2]]);
  });

  it('fails the requests of a failed run with its error and goes on', async () => {
    const lost = stage.submit(1);
    await stage.settle();
    const next = stage.submit(2);
    await stage.failRun(new Error('out of memory'));
    await stage.finishRun();
    expect(await lost).toMatchObject({ error: { message: 'out of memory' } });
    expect(await next).toMatchObject({ rows: [{ sequences: [[2, 2]] }] });
  });

  it('works off a closed queue without holding anything back, then ends', async () => {
    stage = new Stage({ maxQueueDelayMs: 1000 });
    void stage.submit(1);
    await stage.settle();
    stage.queue.close();
    await stage.settle();
    await stage.finishRun();
    await stage.served;
    expect(stage.runs).toEqual([[1]]);
  });
});

describe('runBatches, for whoever observes', () => {
  it('tells of each run and each answer, in figures', async () => {
    void stage.submit(1);
    await stage.settle();
    await stage.clock.advance(5);
    void stage.queue.submit({
      rows: [rowOf(2), { ...rowOf(3), inputIds: [3, 3, 3, 3, 2] }],
      deadlineMs: Infinity,
      signal: new AbortController().signal,
    });
    await stage.finishRun(10);
    await stage.finishRun(20);
    const figures = {
      run: 2,
      device: 'cpu',
      requests: 1,
      rows: 2,
      width: 1,
      promptTokens: 7,
      paddingTokens: 3,
    };
    expect(stage.told.slice(1)).toEqual([
      expect.objectContaining({ kind: 'run started', run: 1, waiting: 0 }),
      { kind: 'enqueued', rows: 2, waiting: 1 },
      expect.objectContaining({ kind: 'run ended', run: 1 }),
      { kind: 'run started', ...figures, waiting: 0 },
      { kind: 'answered', rows: 1, queueMs: 0, inferenceMs: 15, generatedTokens: 2 },
      { kind: 'run ended', ...figures, inferenceMs: 20, outcome: 'generated', generatedTokens: 4 },
      { kind: 'answered', rows: 2, queueMs: 10, inferenceMs: 20, generatedTokens: 4 },
    ]);
  });

  it('tells why a request was not answered', async () => {
    void stage.submit(1, { signal: AbortSignal.abort() });
    await stage.settle();
    expect(stage.told).toEqual([{ kind: 'rejected', reason: 'client_gone', waiting: 0 }]);
  });
});

describe('runBatches, after a run that gave no answer', () => {
  it('puts a lost request back where it was, and refuses it the second time', async () => {
    const lost = stage.submit(1);
    await stage.settle();
    void stage.submit(2);
    await stage.failRun(new WorkerLostError('killed'));
    await stage.failRun(new WorkerLostError('killed'));
    await stage.finishRun();
    expect(stage.runs).toEqual([[1], [1], [2]]);
    expect(await lost).toMatchObject({ error: { code: 'worker_lost', status: 503, retryAfterSeconds: 2 } });
  });

  it('does not run again whoever has gone or waited long enough meanwhile', async () => {
    const client = new AbortController();
    const gone = stage.submit(1, { signal: client.signal });
    await stage.settle();
    client.abort();
    await stage.failRun(new WorkerLostError('killed'));
    const late = stage.submit(2, { deadlineMs: 5 });
    await stage.settle();
    await stage.clock.advance(5);
    await stage.failRun(new WorkerLostError('killed'));
    expect(await gone).toMatchObject({ error: { code: 'client_gone' } });
    expect(await late).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(stage.runs).toEqual([[1], [2]]);
  });
});

describe('runBatches, while its worker is not ready', () => {
  it('begins no run until it is, and counts the time before as waiting', async () => {
    stage.worker.isReady = false;
    const request = stage.submit(1);
    await stage.clock.advance(1000);
    expect(stage.runs).toEqual([]);
    stage.worker.isReady = true;
    stage.queue.resume();
    await stage.settle();
    await stage.finishRun(10);
    expect(await request).toMatchObject({ queueMs: 1000, inferenceMs: 10 });
  });

  it('lets go whoever has gone or waited long enough', async () => {
    stage.worker.isReady = false;
    const client = new AbortController();
    const gone = stage.submit(1, { signal: client.signal });
    const late = stage.submit(2, { deadlineMs: 15 });
    client.abort();
    await stage.clock.advance(15);
    expect(await gone).toMatchObject({ error: { code: 'client_gone' } });
    expect(await late).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(stage.queue.length).toBe(0);
  });

  it.each<[string, () => void]>([
    ['is abandoned', () => stage.queue.abandon(new Error('gone'))],
    ['has expired', () => {}],
  ])('ends once the queue is closed and what waited %s', async (_, empty) => {
    stage.worker.isReady = false;
    const waiting = stage.submit(1, { deadlineMs: 15 });
    stage.queue.close();
    await stage.settle();
    empty();
    await stage.clock.advance(15);
    await stage.served;
    expect(await waiting).toHaveProperty('error');
    expect(stage.runs).toEqual([]);
  });
});

describe('RequestQueue', () => {
  it('drops a request whose client has gone', async () => {
    const client = new AbortController();
    void stage.submit(1);
    await stage.settle();
    const gone = stage.submit(2, { signal: client.signal });
    void stage.submit(3);
    client.abort();
    expect(await gone).toMatchObject({ error: { code: 'client_gone' } });
    await stage.finishRun();
    expect(stage.runs).toEqual([[1], [3]]);
  });

  it('does not admit a request whose client has gone already', async () => {
    expect(await stage.submit(1, { signal: AbortSignal.abort() })).toMatchObject({
      error: { code: 'client_gone' },
    });
    expect(stage.queue.length).toBe(0);
  });

  it('drops a request at its deadline, while a run is still under way', async () => {
    void stage.submit(1);
    await stage.settle();
    const late = stage.submit(2, { deadlineMs: 15 });
    await stage.clock.advance(15);
    expect(await late).toMatchObject({ error: { code: 'deadline_exceeded', status: 504 } });
    await stage.finishRun();
    expect(stage.runs).toEqual([[1]]);
  });

  it('runs nothing for a deadline that had passed on arrival', async () => {
    await stage.clock.advance(100);
    expect(await stage.submit(1, { deadlineMs: 100 })).toMatchObject({
      error: { code: 'deadline_exceeded' },
    });
    expect(stage.runs).toEqual([]);
  });

  it('gives nobody’s place in a full queue to a deadline that had passed on arrival', async () => {
    void stage.submit(1);
    await stage.settle();
    const waiting = [2, 3, 4, 5].map((token) => stage.submit(token));
    const late = stage.submit(6, { priority: 1, deadlineMs: stage.clock.nowMs() });
    await stage.settle();
    expect(await late).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(stage.queue.length).toBe(4);
    for (let run = 0; run < 3; run++) await stage.finishRun();
    for (const request of waiting) expect(await request).toHaveProperty('rows');
  });

  it('delivers an answer whose deadline passed during the run', async () => {
    const slow = stage.submit(1, { deadlineMs: 5 });
    await stage.settle();
    await stage.finishRun(10);
    expect(await slow).toMatchObject({ rows: [{ sequences: [[1, 2]] }] });
  });

  it('refuses one request too many, with the measured time that the others will take', async () => {
    void stage.submit(0);
    await stage.settle();
    await stage.finishRun(4000);
    void stage.submit(1);
    await stage.settle();
    for (const token of [2, 3, 4, 5]) void stage.submit(token);
    // A run of one row took 4 s: 4 for what runs, and two runs of two rows for the four that wait.
    expect(await stage.submit(6)).toMatchObject({
      error: {
        code: 'queue_full',
        status: 503,
        retryAfterSeconds: 13,
        message: expect.stringContaining('4'),
      },
    });
  });

  it('gives the last place in a full queue to a tenant that had less', async () => {
    void stage.submit(1, { tenant: 'flood' });
    await stage.settle();
    const flood = [2, 3, 4, 5].map((token) => stage.submit(token, { tenant: 'flood' }));
    void stage.submit(6, { tenant: 'other' });
    expect(await flood[3]).toMatchObject({ error: { code: 'queue_full', status: 503 } });
    for (let run = 0; run < 3; run++) await stage.finishRun();
    expect(stage.runs).toEqual([[1], [2, 6, 3], [4]]);
  });

  it('takes the higher priority first, and requests without one last', async () => {
    void stage.submit(1);
    await stage.settle();
    for (const [token, priority] of [[2], [3, 5], [4, 1]] as const) {
      void stage.submit(token, { numBeams: token, ...(priority !== undefined && { priority }) });
    }
    for (let run = 0; run < 4; run++) await stage.finishRun();
    expect(stage.runs).toEqual([[1], [4], [3], [2]]);
  });

  it('refuses at once what would wait past its deadline, with the time until it would not', async () => {
    void stage.submit(0);
    await stage.settle();
    await stage.finishRun(4000);
    void stage.submit(1);
    await stage.settle();
    void stage.submit(2);
    // 4 s for what runs, and a run of three rows for itself, the one before it and one more: 4.6 s.
    expect(await stage.submit(3, { deadlineMs: 4000 + 8000 })).toMatchObject({
      error: { code: 'overloaded', status: 503, retryAfterSeconds: 1 },
    });
    void stage.submit(4, { deadlineMs: 4000 + 9000 });
    expect(stage.queue.length).toBe(2);
  });

  it('never refuses by a prediction where nobody waits, so that predictions are corrected', async () => {
    void stage.submit(0);
    await stage.settle();
    await stage.finishRun(60_000);
    const quick = stage.submit(1, { deadlineMs: 61_000 });
    await stage.settle();
    await stage.finishRun(10);
    expect(await quick).toMatchObject({ rows: [{ sequences: [[1, 2]] }] });
  });

  it('refuses by name a request that no run could hold', async () => {
    stage = new Stage({ maxBatchTokens: 100 });
    expect(await stage.submit(1, { numBeams: 2 })).toMatchObject({
      error: { code: 'invalid_request', message: expect.stringContaining('max_batch_tokens is 100') },
    });
  });

  it('has room again once a request has left it', async () => {
    stage = new Stage({ maxQueueSize: 1 });
    const client = new AbortController();
    void stage.submit(1);
    await stage.settle();
    void stage.submit(2, { signal: client.signal });
    client.abort();
    const next = stage.submit(3);
    await stage.finishRun();
    await stage.finishRun();
    expect(await next).toMatchObject({ rows: [{ sequences: [[3, 2]] }] });
  });

  it('admits nothing once it is closed', async () => {
    stage.queue.close();
    expect(await stage.submit(1)).toMatchObject({ error: { code: 'not_ready', status: 503 } });
  });

  it('fails what waits when it is abandoned, not what runs', async () => {
    const running = stage.submit(1);
    await stage.settle();
    const waiting = stage.submit(2);
    stage.queue.abandon(new Error('gone'));
    expect(await waiting).toMatchObject({ error: { message: 'gone' } });
    await stage.finishRun();
    expect(await running).toMatchObject({ rows: [{ sequences: [[1, 2]] }] });
  });

  it('leaves no timer behind a request that was answered', async () => {
    void stage.submit(1, { deadlineMs: 1000 });
    await stage.settle();
    await stage.finishRun();
    stage.queue.close();
    await stage.served;
    await stage.settle();
    expect(stage.clock.pending).toBe(0);
  });
});
