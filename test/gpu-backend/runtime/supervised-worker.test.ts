import { afterEach, describe, expect, it, vi } from 'vitest';
import { InferenceProcess, type InferenceWorker } from '../../../gpu-backend/runtime/inference-worker.ts';
import { afterStop, SupervisedWorker } from '../../../gpu-backend/runtime/supervised-worker.ts';
import { rowOf } from '../scheduler/generation-rows.ts';
import { ManualClock } from '../scheduler/manual-clock.ts';
import { FAULTS, faultyProcess } from './faults.ts';

const closing: SupervisedWorker[] = [];
afterEach(() => Promise.all(closing.splice(0).map((worker) => worker.close())));

/** A worker of real processes whose pauses end when the test says so. */
function supervise(openWorker: () => InferenceWorker = faultyProcess) {
  const clock = new ManualClock();
  const told: (string | number | boolean)[][] = [];
  const worker = new SupervisedWorker({
    openWorker,
    onReady: () => told.push(['ready']),
    onStopped: ({ restartInMs, isBroken }) => told.push(['stopped', restartInMs, isBroken]),
    clock,
  });
  closing.push(worker);
  const is = (kind: string) => vi.waitFor(() => expect(worker.state.kind).toBe(kind), { timeout: 60_000 });
  async function stop(state = 'restarting') {
    await expect(worker.run([rowOf(FAULTS.exit)])).rejects.toThrow('exit code 3');
    await is(state);
  }
  return { worker, clock, told, is, stop };
}

describe('afterStop', () => {
  it('doubles the pause and opens the breaker at the fourth stop in a row', () => {
    expect([1, 2, 3, 4, 50].map(afterStop)).toEqual([
      { restartInMs: 500, isBroken: false },
      { restartInMs: 1000, isBroken: false },
      { restartInMs: 2000, isBroken: false },
      { restartInMs: 30_000, isBroken: true },
      { restartInMs: 30_000, isBroken: true },
    ]);
  });
});

describe('SupervisedWorker', () => {
  it('opens another process after the pause, and says when it can run again', async () => {
    const { worker, clock, told, is, stop } = supervise();
    await worker.open();
    await stop();
    expect(worker.isReady).toBe(false);
    await expect(worker.run([rowOf(20)])).rejects.toThrow('exit code 3');
    await clock.advance(499);
    expect(told).toEqual([['ready'], ['stopped', 500, false]]);
    await clock.advance(1);
    await is('ready');
    expect(await worker.run([rowOf(20)])).toMatchObject([{ sequences: [[20, 2]] }]);
  });

  it('breaks after four stops in a row, names the reason, and mends once a probe has worked', async () => {
    const { worker, clock, told, is, stop } = supervise();
    await worker.open();
    for (let stops = 1; stops < 4; stops++) {
      await stop();
      await clock.advance(2000);
      await is('ready');
    }
    await stop('broken');
    expect(worker.state).toMatchObject({
      cause: { message: 'The inference process stopped (exit code 3).' },
    });
    await clock.advance(30_000);
    await is('ready');
    await worker.run([rowOf(20)]);
    await stop();
    expect(told.filter(([kind]) => kind === 'stopped').at(-1)).toEqual(['stopped', 500, false]);
  });

  it('breaks at once again where a probe works and the first run ends it', async () => {
    const { worker, clock, is, stop } = supervise();
    await worker.open();
    for (const state of ['restarting', 'restarting', 'restarting', 'broken', 'broken']) {
      await stop(state);
      await clock.advance(30_000);
      await is('ready');
    }
  });

  it('does not try again to open a model that could not be opened the first time', async () => {
    let openings = 0;
    const { worker, told } = supervise(() => {
      openings++;
      return new InferenceProcess({ modelDirectory: '/not-there' });
    });
    await expect(worker.open()).rejects.toThrow('holds no compiled model');
    expect([openings, told]).toEqual([1, []]);
  });

  it('opens nothing more once it is closed in a pause', async () => {
    const { worker, clock, told, stop } = supervise();
    await worker.open();
    await stop();
    await worker.close();
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
    expect(told).toEqual([['ready'], ['stopped', 500, false]]);
  });
});
