import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../user-error.ts';
import { LastWords } from './last-words.ts';

export interface TierOptions {
  /** For messages: "backend" or "edge". */
  name: string;
  /** Arguments to node: the script first. */
  script: string[];
  /** Changes to this process's own environment; `undefined` takes a variable away. */
  environment: Record<string, string | undefined>;
  workingDirectory: string;
  logFile: string;
  /** Also shows the tier's output on standard error. */
  verbose: boolean;
  /** What it says when it cannot become ready though its process lives on. */
  givesUp?: RegExp;
}

const STOP_GRACE_MS = 8_000;
// What else belongs to the line that gives up is written at the same time.
const LAST_WORDS_MS = 200;

/** One of Tandem's two programs as a child process, its output in a log file. */
export class Tier {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the process has ended, whyever. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #lastWords = new LastWords();
  readonly #killAtExit = () => this.#killGroup();
  #hasEnded = false;
  #hasGivenUp = false;

  /** @throws {Error} the file system's, where there can be no log file */
  constructor(options: TierOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    const log = createWriteStream(options.logFile, { fd: openSync(options.logFile, 'w') });
    // A full disk is no reason to stop serving.
    log.on('error', () => {});
    this.#process = spawn(process.execPath, options.script, {
      cwd: options.workingDirectory,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C reaches us alone, and we end the tiers in order, children included.
      detached: true,
    });
    process.once('exit', this.#killAtExit);
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        log.write(chunk);
        if (options.verbose) process.stderr.write(chunk);
      });
      createInterface({ input: stream }).on('line', (line) => this.#hear(line, options.givesUp));
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
   * @throws {UserError} if the process ends first, gives up or the time runs out; the message has its last words
   * @throws the signal's reason once it is aborted
   */
  async ready(
    probe: string,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      signal.throwIfAborted();
      if (this.#hasEnded) throw this.#because('ended before it was ready');
      if (this.#hasGivenUp) {
        await pause(LAST_WORDS_MS);
        throw this.#because('cannot start');
      }
      const answered = await fetch(probe, { signal: AbortSignal.timeout(2_000) }).then(
        (response) => response.ok,
        () => false,
      );
      if (answered) return;
      await pause(100);
    }
    throw this.#because(`was not ready after ${timeoutMs / 1000} s`);
  }

  /** Says why the tier is gone, for whoever did not ask for it. */
  failure(): UserError {
    return this.#because('ended');
  }

  /** Asks the tier to end, which ends what it started in its turn; insists after a while. */
  async stop(): Promise<void> {
    if (!this.#hasEnded) this.#process.kill('SIGTERM');
    const insist = setTimeout(() => this.#killGroup(), STOP_GRACE_MS);
    await this.ended;
    clearTimeout(insist);
    // Something that it started may be left though it is gone itself.
    this.#killGroup();
    process.off('exit', this.#killAtExit);
  }

  #killGroup(): void {
    if (this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // No such group any more: what we wanted.
    }
  }

  #hear(line: string, givesUp: RegExp | undefined): void {
    this.#lastWords.add(line);
    if (givesUp?.test(line)) this.#hasGivenUp = true;
  }

  #because(what: string): UserError {
    return new UserError(`the ${this.name} ${what}. ${this.#lastWords} (log: ${this.logFile})`);
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
