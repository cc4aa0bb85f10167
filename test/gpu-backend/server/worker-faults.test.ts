import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../gpu-backend/scheduler/clock.ts';
import type { SchedulerEvent } from '../../../gpu-backend/scheduler/observer.ts';
import { Scheduler } from '../../../gpu-backend/scheduler/scheduler.ts';
import { createServer } from '../../../gpu-backend/server/app.ts';
import { loadedRepository } from '../models/fake-models.ts';
import { inputIds, LIMITS, requestOf, tensor } from '../protocol/inference-requests.ts';
import { FAULTS, faultyProcess, RELEASE } from '../runtime/faults.ts';

/** A server over real processes, whose pauses before a restart are as short as they can be. */
async function start({ workers = 1, maxQueueDelayMs = 0 } = {}) {
  const events: SchedulerEvent[] = [];
  const scheduler = new Scheduler({
    openWorkers: Array.from({ length: workers }, () => faultyProcess),
    limits: { ...LIMITS, maxBatchTokens: 65_536, preferredBatchSizes: [], maxQueueSize: 8, maxQueueDelayMs },
    clock: { ...systemClock, after: (ms, callback) => systemClock.after(ms / 100, callback) },
    observe: (event) => events.push(event),
  });
  running.push(scheduler);
  await scheduler.open();
  const app = createServer({
    repository: await loadedRepository('tiny', scheduler),
    limits: { ...LIMITS, maxBodyBytes: 2048 },
    tokens: [],
    isDraining: () => false,
    clock: systemClock,
    onInference: () => {},
    metrics: undefined,
    log: () => {},
  });
  const told = <Kind extends SchedulerEvent['kind']>(kind: Kind) =>
    events.filter((event): event is Extract<SchedulerEvent, { kind: Kind }> => event.kind === kind);
  return {
    scheduler,
    told,
    ready: async () => app.request('/v2/health/ready'),
    // Requests with another number of beams never share a run.
    infer: async (token: number, numBeams = 1) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(requestOf([inputIds([[token, 2]]), tensor('num_beams', [numBeams])]));
      return app.request('/v2/models/tiny/infer', { method: 'POST', body, headers });
    },
    kill: () => process.kill(told('worker ready').at(-1)!.pid!, 'SIGKILL'),
    release: () => {
      for (const { pid } of told('worker ready').slice(-workers)) process.kill(pid!, RELEASE);
    },
    until: (kind: SchedulerEvent['kind'], count = 1) =>
      vi.waitFor(() => expect(told(kind).length).toBeGreaterThanOrEqual(count), { timeout: 60_000 }),
    is: (kind: string) =>
      vi.waitFor(() => expect(scheduler.state.kind).toBe(kind), { timeout: 60_000, interval: 5 }),
  };
}

const running: Scheduler[] = [];
afterEach(async () => {
  for (const scheduler of running.splice(0)) {
    await scheduler.drain(0);
    await scheduler.close();
  }
});

const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error;

describe('a worker that is killed', () => {
  it('in the middle of a run is replaced, and the run is done again', async () => {
    const server = await start();
    const answer = server.infer(FAULTS.hold);
    await server.until('run started');
    server.kill();
    await server.until('worker ready', 2);
    server.release();
    expect((await answer).status).toBe(200);
    expect(server.told('run ended')).toMatchObject([{ outcome: 'lost' }, { outcome: 'generated' }]);
    expect(server.told('rejected')).toEqual([]);
  });

  it('while it is idle is replaced before the next request', async () => {
    const server = await start();
    server.kill();
    await server.is('restarting');
    const refused = await server.infer(20);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await errorOf(refused)).toContain('The worker restarts. The inference process was killed');
    await server.is('ready');
    expect((await server.infer(20)).status).toBe(200);
  });

  it('by each run of one request costs that request its answer, and its neighbours nothing', async () => {
    const server = await start({ maxQueueDelayMs: 200 });
    const answers = [20, FAULTS.kill, 21].map((token) => server.infer(token));
    const [before, lost, after] = await Promise.all(answers);
    expect(server.told('run started')[0]).toMatchObject({ requests: 3 });
    expect([before!.status, lost!.status, after!.status]).toEqual([200, 503, 200]);
    expect(lost!.headers.get('retry-after')).toBe('2');
    expect(await errorOf(lost!)).toBe('The inference worker stopped twice while it ran the request.');
  });

  it('again and again opens a breaker that says why, refuses, and closes once a probe has worked', async () => {
    const server = await start();
    for (let deaths = 1; deaths <= 4; deaths++) {
      await server.is('ready');
      server.kill();
      await server.until('worker stopped', deaths);
    }
    expect(server.told('worker stopped').map(({ isBroken }) => isBroken)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const probe = await server.ready();
    expect([probe.status, probe.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await errorOf(probe)).toMatch(/stop again and again; one is tried every 30 seconds\. .*SIGKILL/);
    await server.is('ready');
    expect((await server.ready()).status).toBe(200);
    expect((await server.infer(20)).status).toBe(200);
  });

  it('for good refuses what waits instead of keeping it', async () => {
    const server = await start();
    const lost = server.infer(FAULTS.kill);
    const waiting = server.infer(FAULTS.kill, 2);
    // Two deaths for each: the fourth opens the breaker.
    expect([(await lost).status, (await waiting).status]).toEqual([503, 503]);
    expect(server.scheduler.state).toMatchObject({ kind: 'broken' });
    expect(server.scheduler.waiting).toBe(0);
  });

  it('while the server drains is replaced for what was accepted', async () => {
    const server = await start();
    const answer = server.infer(FAULTS.hold);
    await server.until('run started');
    const drained = server.scheduler.drain(60_000 * 100);
    server.kill();
    await server.until('worker ready', 2);
    server.release();
    expect((await answer).status).toBe(200);
    await drained;
  });

  it('leaves another that shares its queue at work', async () => {
    const server = await start({ workers: 2 });
    const answer = server.infer(FAULTS.hold);
    await server.until('run started');
    const other = await server.infer(20);
    expect(other.status).toBe(200);
    for (const { pid } of server.told('worker ready').slice(0, 1)) process.kill(pid!, 'SIGKILL');
    await server.until('worker stopped');
    expect((await server.ready()).status).toBe(200);
    expect((await server.infer(21)).status).toBe(200);
    await server.until('worker ready', 3);
    for (const { pid } of server.told('worker ready').slice(1)) process.kill(pid!, RELEASE);
    expect((await answer).status).toBe(200);
  });

  it('leaves the worker of another model at work', async () => {
    const [one, other] = [await start(), await start()];
    one.kill();
    await one.until('worker stopped');
    expect((await other.infer(20)).status).toBe(200);
    expect(other.told('worker stopped')).toEqual([]);
  });
});

describe('a run that the graph fails', () => {
  it('is answered with 500 and not done again, and the worker goes on', async () => {
    const server = await start();
    expect((await server.infer(FAULTS.refuse)).status).toBe(500);
    expect(server.told('run started')).toHaveLength(1);
    expect((await server.infer(20)).status).toBe(200);
    expect(server.told('worker stopped')).toEqual([]);
  });

  it('is done again request by request, so that one at fault fails alone', async () => {
    const server = await start({ maxQueueDelayMs: 200 });
    const answers = await Promise.all([20, FAULTS.refuse, 21].map((token) => server.infer(token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 200]);
    expect(server.told('run started').map(({ requests }) => requests)).toEqual([3, 1, 1, 1]);
  });
});

describe('a server that is told to end', () => {
  it('gives up what waits once its time is over, and answers what runs', async () => {
    const server = await start();
    const answer = server.infer(FAULTS.hold);
    await server.until('run started');
    const waiting = server.infer(20);
    await server.until('enqueued', 2);
    const drained = server.scheduler.drain(0);
    expect((await waiting).status).toBe(503);
    server.release();
    expect((await answer).status).toBe(200);
    await drained;
  });

  it('begins what waits as long as its time is not over', async () => {
    const server = await start();
    const answer = server.infer(FAULTS.hold);
    await server.until('run started');
    const waiting = server.infer(20);
    await server.until('enqueued', 2);
    const drained = server.scheduler.drain(60_000 * 100);
    server.release();
    expect((await answer).status).toBe(200);
    expect((await waiting).status).toBe(200);
    await drained;
  });

  it('does not wait for another worker once its time is over', async () => {
    const server = await start();
    const lost = server.infer(FAULTS.hold);
    await server.until('run started');
    server.kill();
    await server.until('run again');
    await server.scheduler.drain(0);
    expect((await lost).status).toBe(503);
  });

  it('does not run again what is lost once its time is over', async () => {
    const server = await start();
    const lost = server.infer(FAULTS.hold);
    await server.until('run started');
    const drained = server.scheduler.drain(0);
    await nextTurn();
    server.kill();
    expect((await lost).status).toBe(503);
    await drained;
    expect(server.told('run started')).toHaveLength(1);
  });
});
