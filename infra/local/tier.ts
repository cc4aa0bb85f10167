import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { UserError } from '../user-error.ts';

export interface TierOptions {
  /** For messages: "backend" or "edge". */
  name: string;
  /** Arguments to node: the script first. */
  script: string[];
  environment: Record<string, string>;
  workingDirectory: string;
  logFile: string;
  /** Also shows the tier's output on standard error. */
  verbose: boolean;
}

// What a tier says last is usually why it ended.
const REMEMBERED_LINES = 5;
const STOP_GRACE_MS = 8_000;

/** One of Tandem's two programs as a child process, its output in a log file. */
export class Tier {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the process has ended, whyever. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  #lastLines: string[] = [];
  #hasEnded = false;

  constructor({ name, script, environment, workingDirectory, logFile, verbose }: TierOptions) {
    this.name = name;
    this.logFile = logFile;
    this.#process = spawn(process.execPath, script, {
      cwd: workingDirectory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C reaches us alone, and we end the tiers in order, children included.
      detached: true,
    });
    const log = createWriteStream(logFile);
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.on('data', (chunk: Buffer) => this.#keep(chunk, log, verbose));
    }
    this.ended = new Promise((resolve) => {
      const finish = () => {
        this.#hasEnded = true;
        log.end();
        resolve();
      };
      this.#process.once('close', finish);
      this.#process.once('error', finish);
    });
  }

  /**
   * Waits until `probe` answers with a 2xx status.
   * @throws {UserError} if the process ends first or the time runs out; the message has the tier's last words
   * @throws the signal's reason once it is aborted
   */
  async ready(
    probe: string,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      signal.throwIfAborted();
      if (this.#hasEnded)
        throw new UserError(`the ${this.name} ended before it was ready. ${this.#lastWords()}`);
      const answered = await fetch(probe, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.ok,
        () => false,
      );
      if (answered) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new UserError(`the ${this.name} was not ready after ${timeoutMs / 1000} s. ${this.#lastWords()}`);
  }

  /** Says why the tier is gone, for whoever did not ask for it. */
  failure(): UserError {
    return new UserError(`the ${this.name} ended. ${this.#lastWords()}`);
  }

  /** Asks the tier to end, which ends what it started in its turn; insists after a while. */
  async stop(): Promise<void> {
    if (!this.#hasEnded) this.#process.kill('SIGTERM');
    const insist = setTimeout(() => this.#killGroup(), STOP_GRACE_MS);
    await this.ended;
    clearTimeout(insist);
    // Something that it started may be left though it is gone itself.
    this.#killGroup();
  }

  #killGroup(): void {
    if (this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // No such group any more: what we wanted.
    }
  }

  #keep(chunk: Buffer, log: WriteStream, verbose: boolean): void {
    log.write(chunk);
    if (verbose) process.stderr.write(chunk);
    const lines = chunk
      .toString()
      .split('\n')
      .filter((line) => line.trim() !== '');
    this.#lastLines = [...this.#lastLines, ...lines].slice(-REMEMBERED_LINES);
  }

  #lastWords(): string {
    const said = this.#lastLines.map((line) => line.trim()).join(' | ');
    return said === '' ? `Its log is ${this.logFile}.` : `It said: ${said} (log: ${this.logFile})`;
  }
}
