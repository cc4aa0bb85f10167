import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { BACKEND_MAIN } from '../../../infra/paths.ts';
import { freePort } from '../../end-to-end/free-port.ts';

export interface BackendOptions {
  modelDirectory: string;
  threads: number;
  maxBatchSize: number;
}

/** Resident memory in bytes. */
export interface Memory {
  server: number;
  /** Of all its inference processes together. */
  workers: number;
}

/** The model's name in URLs. */
export const SERVED_NAME = 'bench';

const START_TIMEOUT_MS = 120_000;

/** The real server as a process of its own, with its inference processes. */
export class BackendUnderLoad {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#process = child;
    this.url = url;
  }

  /** @throws {Error} where it does not become ready */
  static async start({ modelDirectory, threads, maxBatchSize }: BackendOptions): Promise<BackendUnderLoad> {
    const port = await freePort();
    const child = spawn(process.execPath, [BACKEND_MAIN], {
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        BACKEND_PORT: String(port),
        MODEL_DIR: modelDirectory,
        MODEL_NAME: SERVED_NAME,
        INFERENCE_THREADS: String(threads),
        MAX_BATCH_SIZE: String(maxBatchSize),
      },
      // It writes its log as it does in production, and nobody has to read it.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const backend = new BackendUnderLoad(child, `http://127.0.0.1:${port}`);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await backend.#isReady())) {
      if (child.exitCode !== null) throw new Error('The backend ended before it was ready.');
      if (performance.now() > deadline) throw new Error('The backend did not become ready.');
      await wait(50);
    }
    return backend;
  }

  /** @throws {Error} where the system does not tell (Linux does) */
  async memory(): Promise<Memory> {
    const pid = this.#process.pid!;
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
    const workers = await Promise.all(children.filter(Boolean).map(residentBytes));
    return {
      server: await residentBytes(String(pid)),
      workers: workers.reduce((sum, bytes) => sum + bytes, 0),
    };
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }

  #isReady(): Promise<boolean> {
    return fetch(`${this.url}/v2/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

async function residentBytes(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error('Memory can be read on Linux only.');
  return 1024 * Number(kibibytes);
}
