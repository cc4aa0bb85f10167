import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InferenceWorker } from '../../../gpu-backend/runtime/inference-worker.ts';
import { systemClock as clock } from '../../../gpu-backend/scheduler/clock.ts';
import { Scheduler } from '../../../gpu-backend/scheduler/scheduler.ts';
import { createServer } from '../../../gpu-backend/server/app.ts';
import { loadedRepository } from '../models/fake-models.ts';
import { inputIds, LIMITS, requestOf, tensor } from '../protocol/inference-requests.ts';
import { FAULTS, RELEASE_CHANNEL } from '../runtime/faults.ts';

const FAULTY = { modelDirectory: '', thread: new URL('../runtime/faulty-thread.ts', import.meta.url) };

let log: Record<string, unknown>[];
let scheduler: Scheduler;
let infer: (token: number, numBeams?: number) => Promise<Response>;

beforeEach(async () => {
  log = [];
  scheduler = new Scheduler({
    openWorker: () => new InferenceWorker(FAULTY),
    limits: { ...LIMITS, maxQueueSize: 8, maxQueueDelayMs: 0 },
    clock,
    log: (line) => log.push(line),
  });
  await scheduler.open();
  const app = createServer({
    repository: await loadedRepository('tiny', scheduler),
    limits: { ...LIMITS, maxBodyBytes: 2048 },
    tokens: [],
    isDraining: () => false,
    clock,
    log: (line) => log.push(line),
  });
  // Requests with another number of beams never share a run.
  infer = async (token, numBeams = 1) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(requestOf([inputIds([[token, 2]]), tensor('num_beams', [numBeams])]));
    return app.request('/v2/models/tiny/infer', { method: 'POST', body, headers });
  };
});
afterEach(async () => {
  await scheduler.drain(0);
  await scheduler.close();
});

describe('the server, when its inference thread crashes', () => {
  it('answers 500 for what ran, 503 while it restarts, and then what waited and what comes', async () => {
    const crashed = infer(FAULTS.crash);
    const waiting = infer(20, 2);
    expect((await crashed).status).toBe(500);
    const refused = await infer(21);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect((await waiting).status).toBe(200);
    expect((await infer(22)).status).toBe(200);
    expect(log).toContainEqual({
      event: 'worker stopped',
      level: 'warn',
      message: 'The inference thread crashed: a fault in the thread',
      restart_in_ms: 500,
    });
  });

  it('does not wait for another thread when it is told to end', async () => {
    const crashed = infer(FAULTS.crash);
    const waiting = infer(20, 2);
    expect((await crashed).status).toBe(500);
    await scheduler.drain(0);
    expect((await waiting).status).toBe(503);
    expect(scheduler.isReady).toBe(false);
  });
});

describe('the server, told to end', () => {
  it('gives up what waits once its time is over, and answers what runs', async () => {
    const running = infer(FAULTS.hold);
    await vi.waitFor(() => expect(log).toContainEqual(expect.objectContaining({ event: 'run' })));
    const waiting = infer(20);
    await vi.waitFor(() => expect(scheduler.waiting).toBe(1));
    const drained = scheduler.drain(0);
    expect((await waiting).status).toBe(503);
    release();
    expect((await running).status).toBe(200);
    await drained;
  });

  it('begins what waits as long as its time is not over', async () => {
    const running = infer(FAULTS.hold);
    await vi.waitFor(() => expect(log).toContainEqual(expect.objectContaining({ event: 'run' })));
    const waiting = infer(20);
    await vi.waitFor(() => expect(scheduler.waiting).toBe(1));
    const drained = scheduler.drain(60_000);
    release();
    expect((await running).status).toBe(200);
    expect((await waiting).status).toBe(200);
    await drained;
  });
});

function release(): void {
  const channel = new BroadcastChannel(RELEASE_CHANNEL);
  channel.postMessage('release');
  channel.close();
}
