import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InferenceWorker } from '../../../gpu-backend/runtime/inference-worker.ts';
import { RestartingInferenceWorker } from '../../../gpu-backend/runtime/inference-worker-restarts.ts';
import { TRANSFORMERS_DEFAULTS } from '../../../shared/generation-parameters.ts';
import { rowOf } from '../scheduler/generation-rows.ts';
import { FAULTS } from './faults.ts';
import { buildReferenceModel, readReferenceCases } from './reference-model.ts';

const FAULTY = { modelDirectory: '', thread: new URL('./faulty-thread.ts', import.meta.url) };

let model: Awaited<ReturnType<typeof buildReferenceModel>>;
beforeAll(async () => {
  model = await buildReferenceModel();
});
afterAll(() => model.remove());

const opened: { close(): Promise<void> }[] = [];
function track<T extends { close(): Promise<void> }>(worker: T): T {
  opened.push(worker);
  return worker;
}
afterEach(() => Promise.all(opened.splice(0).map((worker) => worker.close())));

describe('InferenceWorker with the reference model', () => {
  it('answers as transformers does', async () => {
    const worker = track(new InferenceWorker({ modelDirectory: model.directory, threads: 1 }));
    expect(await worker.ready).toMatchObject({ name: 'tiny', vocabSize: 8008 });
    for (const { input_ids, parameters, sequences } of (await readReferenceCases()).slice(0, 4)) {
      const rows = input_ids.map((inputIds) => ({
        inputIds,
        parameters: { ...TRANSFORMERS_DEFAULTS, ...parameters },
      }));
      const generated = await worker.run(rows);
      const returned = parameters.num_return_sequences ?? 1;
      expect(generated.map((row) => row.sequences.slice(0, returned))).toEqual(sequences);
    }
  });

  it('leaves the main thread free while it generates', async () => {
    const worker = track(new InferenceWorker({ modelDirectory: model.directory, threads: 1 }));
    await worker.ready;
    const slow = { num_beams: 16, min_length: 128, max_length: 128 };
    const run = worker.run([rowOf(7, slow), rowOf(8, slow)]).then(() => 'done');
    let turns = 0;
    while ((await Promise.race([run, nextTurn()])) !== 'done') turns++;
    expect(turns).toBeGreaterThan(10);
  });

  it('says in the words of the session why a model cannot be opened', async () => {
    const worker = track(new InferenceWorker({ modelDirectory: `${model.directory}-missing` }));
    await expect(worker.ready).rejects.toThrow(/-missing holds no compiled model/);
    await expect(worker.run([rowOf(7)])).rejects.toThrow('holds no compiled model');
    expect(worker.isReady).toBe(false);
  });

  it('finishes its opening and what runs before it closes', async () => {
    const worker = new InferenceWorker({ modelDirectory: model.directory });
    await worker.ready;
    const run = worker.run([rowOf(7, { max_length: 8 })]);
    await worker.close();
    expect((await run)[0]!.sequences).toHaveLength(1);
    expect(await worker.stopped).toBeUndefined();
    await new InferenceWorker({ modelDirectory: model.directory }).close();
  });
});

describe('InferenceWorker with a faulty thread', () => {
  it('fails a run with the message of its error and goes on', async () => {
    const worker = track(new InferenceWorker(FAULTY));
    await expect(worker.run([rowOf(FAULTS.refuse)])).rejects.toThrow('the graph did not run');
    expect(await worker.run([rowOf(20)])).toMatchObject([{ sequences: [[20, 2]] }]);
  });

  it.each([
    ['crash', 'The inference thread crashed: a fault in the thread'],
    ['exit', 'The inference thread stopped (exit code 3).'],
  ] as const)('fails every run and is not ready any more after a %s', async (fault, message) => {
    const worker = track(new InferenceWorker(FAULTY));
    await worker.ready;
    const runs = [rowOf(FAULTS[fault]), rowOf(20)].map((row) => worker.run([row]));
    for (const run of runs) await expect(run).rejects.toThrow(message);
    expect(worker.isReady).toBe(false);
    expect((await worker.stopped)?.message).toBe(message);
    await expect(worker.run([rowOf(20)])).rejects.toThrow(message);
  });
});

describe('RestartingInferenceWorker', () => {
  it('opens another thread after a crash, and says when it can run again', async () => {
    const stops: [string, number][] = [];
    let ready = Promise.withResolvers<void>();
    const pauses: PromiseWithResolvers<void>[] = [];
    const worker = track(
      new RestartingInferenceWorker({
        openWorker: () => new InferenceWorker(FAULTY),
        onReady: () => ready.resolve(),
        onStopped(reason, restartInMs) {
          ready = Promise.withResolvers();
          stops.push([reason.message, restartInMs]);
        },
        wait: () => {
          pauses.push(Promise.withResolvers());
          return pauses.at(-1)!.promise;
        },
      }),
    );
    await worker.open();
    for (let crash = 0; crash < 3; crash++) {
      await expect(worker.run([rowOf(FAULTS.exit)])).rejects.toThrow('exit code 3');
      await nextTurn();
      expect(worker.isReady).toBe(false);
      await expect(worker.run([rowOf(20)])).rejects.toThrow('exit code 3');
      pauses.at(-1)!.resolve();
      await ready.promise;
    }
    expect(stops.map(([, restartInMs]) => restartInMs)).toEqual([500, 1000, 2000]);
    expect(await worker.run([rowOf(20)])).toMatchObject([{ sequences: [[20, 2]] }]);
    expect(worker.isReady).toBe(true);
  });

  it('does not try again to open a model that could not be opened the first time', async () => {
    let openings = 0;
    const worker = new RestartingInferenceWorker({
      openWorker: () => {
        openings++;
        return new InferenceWorker({ modelDirectory: `${model.directory}-missing` });
      },
      onReady: () => {},
      onStopped: () => {},
      wait: async () => {},
    });
    await expect(worker.open()).rejects.toThrow('holds no compiled model');
    await nextTurn();
    expect(openings).toBe(1);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
