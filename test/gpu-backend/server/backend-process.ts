import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readMetrics } from '../metrics/read-metrics.ts';
import { type LooseTensor, requestOf } from '../protocol/inference-requests.ts';

export const MAIN = fileURLToPath(new URL('../../../gpu-backend/main.ts', import.meta.url));
export const TOKEN = 's3cret-token';

type LogLine = Record<string, unknown> & { event: string };

/** The backend as a process of its own. */
export class BackendProcess {
  stdout = '';
  stderr = '';
  readonly exited: Promise<{ code: number | null }>;
  readonly #process: ChildProcess;

  constructor(environment: Record<string, string>, args: string[] = []) {
    this.#process = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, BACKEND_PORT: '0', INFERENCE_THREADS: '1', LOG_LEVEL: 'debug', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout!.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.#process.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.exited = once(this.#process, 'close').then(([code]) => ({ code: code as number | null }));
  }

  get log(): LogLine[] {
    const lines = this.stdout.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  /** The first line of a kind, as soon as it is written. */
  async logged(event: string, matches: Record<string, unknown> = {}): Promise<LogLine> {
    for (;;) {
      const line = this.log.find(
        (entry) =>
          entry.event === event && Object.entries(matches).every(([key, value]) => entry[key] === value),
      );
      if (line !== undefined) return line;
      const hasEnded = this.#process.exitCode !== null || this.#process.signalCode !== null;
      if (hasEnded) throw new Error(`The backend ended: ${this.stderr}`);
      await wait(10);
    }
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { url } = await this.logged('listening');
    return fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
    });
  }

  infer(
    inputs: LooseTensor[],
    { id, timeoutMs, signal }: { id?: string; timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<Response> {
    return this.fetch('/v2/models/tiny/infer', {
      method: 'POST',
      body: JSON.stringify(
        requestOf(inputs, {
          ...(id !== undefined && { id }),
          ...(timeoutMs !== undefined && { parameters: { timeout: timeoutMs * 1000 } }),
        }),
      ),
      // In a header too: a server that refuses a request at once does not look into its body.
      headers: { 'content-type': 'application/json', ...(id !== undefined && { 'x-request-id': id }) },
      ...(signal && { signal }),
    });
  }

  /** What `/metrics` says, by name and labels. */
  async metrics(): Promise<Map<string, number>> {
    return readMetrics(await (await this.fetch('/metrics')).text());
  }

  /** The processes of its workers that live. */
  get workers(): number[] {
    const started = this.log
      .filter(({ event }) => event === 'worker ready')
      .map((line) => Number(line['worker_pid']));
    return started.filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }
}
