import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import type { Request } from './workload.ts';

/** How to start a contender. It says `{"ready": true}` once it is loaded, then answers a line with a line. */
export interface ContenderCommand {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

const answerSchema = z.object({ seconds: z.number(), sequences: z.array(z.array(z.int())) });
/** Seconds of the run alone, as the contender measured them; the best sequence of each row, without the start token. */
export type Answer = z.infer<typeof answerSchema>;

/** A contender as a child of its own, so that its memory is its own and it computes only while it is asked. */
export class ContenderProcess {
  /** From the start of the process until it could answer. */
  readonly secondsToLoad: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #lastWords: () => string;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    {
      lines,
      lastWords,
      secondsToLoad,
    }: { lines: AsyncIterator<string>; lastWords: () => string; secondsToLoad: number },
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#lastWords = lastWords;
    this.secondsToLoad = secondsToLoad;
  }

  /** @throws {Error} with the last line that the process wrote, where it ends before it is ready */
  static async start({ command, args, env }: ContenderCommand): Promise<ContenderProcess> {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    // A process that is gone shows in its output's end; writing to it is no second error.
    child.stdin.on('error', () => {});
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const lastWords = () => {
      const words = errors.trimEnd().split('\n');
      return words.findLast((line) => line.includes('Error')) ?? words.at(-1) ?? '';
    };
    await Promise.race([
      once(child, 'spawn'),
      once(child, 'error').then(([error]) => {
        throw error;
      }),
    ]);
    const first = await lines.next();
    if (first.done) throw new Error(lastWords() || `${command} ended before it was ready`);
    const secondsToLoad = (performance.now() - started) / 1000;
    return new ContenderProcess(child, { lines, lastWords, secondsToLoad });
  }

  /** @throws {Error} with the last line that the process wrote, where it ends instead of answering */
  async ask(request: Request): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#lines.next();
    if (answer.done) throw new Error(this.#lastWords() || 'the process ended without an answer');
    return answerSchema.parse(JSON.parse(answer.value));
  }

  /** The most memory that the process ever had resident; undefined where the system does not tell (Linux does). */
  async peakBytes(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? undefined : 1024 * Number(kibibytes);
  }

  /** Lets the process end by itself: a profile is written then. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin.end();
    await once(this.#child, 'exit');
  }
}
