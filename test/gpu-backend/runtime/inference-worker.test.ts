import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { isRunning } from '../../../gpu-backend/compiler/is-running.ts';
import { InferenceProcess, WorkerLostError } from '../../../gpu-backend/runtime/inference-worker.ts';
import { TRANSFORMERS_DEFAULTS } from '../../../shared/generation-parameters.ts';
import { rowOf } from '../scheduler/generation-rows.ts';
import { FAULTS, faultyProcess, RELEASE } from './faults.ts';
import { buildReferenceModel, readReferenceCases } from './reference-model.ts';

let model: Awaited<ReturnType<typeof buildReferenceModel>>;
beforeAll(async () => {
  model = await buildReferenceModel();
});
afterAll(() => model.remove());

const opened: InferenceProcess[] = [];
function track(worker: InferenceProcess): InferenceProcess {
  opened.push(worker);
  return worker;
}
afterEach(() => Promise.all(opened.splice(0).map((worker) => worker.close())));

const openModel = () => track(new InferenceProcess({ modelDirectory: model.directory, threads: 1 }));
/** A reply of seconds. */
const SLOW = { num_beams: 16, min_length: 128, max_length: 128 };

describe('InferenceProcess with the reference model', () => {
  it('answers as transformers does', async () => {
    const worker = openModel();
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

  it('leaves the server free while it generates', async () => {
    const worker = openModel();
    await worker.ready;
    const run = worker.run([rowOf(7, SLOW), rowOf(8, SLOW)]).then(() => 'done');
    let turns = 0;
    while ((await Promise.race([run, nextTurn()])) !== 'done') turns++;
    expect(turns).toBeGreaterThan(10);
  });

  it('says in the words of the session why a model cannot be opened', async () => {
    const worker = track(new InferenceProcess({ modelDirectory: `${model.directory}-missing` }));
    await expect(worker.ready).rejects.toThrow(/-missing holds no compiled model/);
    await expect(worker.run([rowOf(7)])).rejects.toThrow('holds no compiled model');
    expect(worker.isReady).toBe(false);
    expect((await worker.stopped)?.message).toMatch('holds no compiled model');
  });

  it('says what to do where a GPU is asked for and cannot be used', async () => {
    const worker = track(new InferenceProcess({ modelDirectory: model.directory, device: 'cuda:900' }));
    await expect(worker.ready).rejects.toThrow(/^cuda:900 cannot be used: [^\n]+$/);
  });

  it('finishes its opening and what runs before it closes', async () => {
    const worker = openModel();
    await worker.ready;
    const run = worker.run([rowOf(7, { max_length: 8 })]);
    await worker.close();
    expect((await run)[0]!.sequences).toHaveLength(1);
    expect(await worker.stopped).toBeUndefined();
    await openModel().close();
  });

  it('goes on after the signals that end a server, which decides itself', async () => {
    const worker = openModel();
    await worker.ready;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(worker.pid!, signal);
    expect(await worker.run([rowOf(7, { max_length: 8 })])).toHaveLength(1);
  });

  it('loses only its own runs when it is killed in the middle of one', async () => {
    const worker = openModel();
    await worker.ready;
    const run = worker.run([rowOf(7, SLOW)]);
    process.kill(worker.pid!, 'SIGKILL');
    await expect(run).rejects.toThrow(WorkerLostError);
    await expect(run).rejects.toThrow('was killed (SIGKILL), as the system does when memory runs out.');
  });

  it('ends by itself when its server was killed', async () => {
    const program = fileURLToPath(new URL('./open-and-tell.ts', import.meta.url));
    const server = spawn(process.execPath, [program, model.directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(isRunning(pid)).toBe(true);
    server.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 60_000, interval: 20 });
  });
});

describe('InferenceProcess, when its process fails', () => {
  it('fails a run with the message of its error and goes on', async () => {
    const worker = track(faultyProcess());
    await expect(worker.run([rowOf(FAULTS.refuse)])).rejects.toThrow('the graph did not run');
    expect(await worker.run([rowOf(20)])).toMatchObject([{ sequences: [[20, 2]] }]);
  });

  it.each([
    ['kill', 'The inference process was killed (SIGKILL), as the system does when memory runs out.'],
    ['exit', 'The inference process stopped (exit code 3).'],
  ] as const)('loses every run and is not ready any more after %s', async (fault, message) => {
    const worker = track(faultyProcess());
    await worker.ready;
    const runs = [rowOf(FAULTS[fault]), rowOf(20)].map((row) => worker.run([row]));
    for (const run of runs) await expect(run).rejects.toThrow(new WorkerLostError(message));
    expect(worker.isReady).toBe(false);
    expect((await worker.stopped)?.message).toBe(message);
    await expect(worker.run([rowOf(20)])).rejects.toThrow(message);
  });

  it('is lost where no process can be started, and says why', async () => {
    const program = new URL('file:///no%00thing');
    const worker = track(new InferenceProcess({ modelDirectory: '', program }));
    await expect(worker.ready).rejects.toThrow(/^The inference process could not be started: /);
    await expect(worker.run([rowOf(20)])).rejects.toThrow(WorkerLostError);
    expect([worker.isReady, worker.pid]).toEqual([false, undefined]);
  });

  it('answers a run that was held up', async () => {
    const worker = track(faultyProcess());
    await worker.ready;
    const run = worker.run([rowOf(FAULTS.hold)]);
    process.kill(worker.pid!, RELEASE);
    expect(await run).toHaveLength(1);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
