import { describe, expect, it } from 'vitest';
import { WorkerLostError } from '../../../gpu-backend/runtime/inference-worker.ts';
import type { WorkerState } from '../../../gpu-backend/runtime/supervised-worker.ts';
import { describeWorkers } from '../../../gpu-backend/scheduler/scheduler-state.ts';

const OPENING: WorkerState = { kind: 'opening' };
const READY: WorkerState = { kind: 'ready' };
const CLOSED: WorkerState = { kind: 'closed' };
const RESTARTING: WorkerState = { kind: 'restarting', cause: new WorkerLostError('It was killed.') };
const BROKEN: WorkerState = {
  kind: 'broken',
  cause: new WorkerLostError('It was killed again.'),
  restartInMs: 30_000,
};

describe('describeWorkers', () => {
  it.each<[WorkerState[], string]>([
    [[OPENING, OPENING], 'loading'],
    [[BROKEN, OPENING, READY], 'ready'],
    [[BROKEN, RESTARTING], 'restarting'],
    [[BROKEN, BROKEN], 'broken'],
    [[CLOSED, CLOSED], 'draining'],
  ])('says of %j: %s', (workers, kind) => {
    expect(describeWorkers(workers).kind).toBe(kind);
  });

  it('keeps apart what others say of the cause, which may name files', () => {
    const cause = new Error('/srv/model holds no compiled model');
    expect(describeWorkers([{ kind: 'restarting', cause }])).toEqual({
      kind: 'restarting',
      reason: 'The worker restarts.',
      detail: cause.message,
    });
  });

  it('gives the reason, and how long it takes until the next try', () => {
    expect(describeWorkers([RESTARTING])).toMatchObject({ reason: 'The worker restarts. It was killed.' });
    expect(describeWorkers([BROKEN])).toEqual({
      kind: 'broken',
      reason: 'The workers stop again and again; one is tried every 30 seconds. It was killed again.',
      retryAfterSeconds: 30,
    });
  });
});
