import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from '../user-error.ts';
import { Interruption } from './interruption.ts';
import { speaksJson } from './output.ts';

/** Whether somebody is there to be asked: at a terminal, and where no program reads what is said. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true && !speaksJson();
}

/**
 * Asks whether to go on; everything but a yes is a no.
 * @throws {UsageError} where nobody can be asked: every command that asks has the option `--yes`
 * @throws {Interruption} at Ctrl-C and Ctrl-D
 */
export async function confirm(question: string): Promise<boolean> {
  if (!canAsk()) throw new UsageError('nobody can be asked here: --yes goes on without asking.');
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}

interface AskOptions {
  /** Shows nothing of what is typed. */
  hidden?: boolean;
  input?: NodeJS.ReadableStream;
  output?: NodeJS.WritableStream;
}

/**
 * Asks for a line. On standard error, since the output may be for a program.
 * @throws {Interruption} at Ctrl-C and Ctrl-D
 */
export async function ask(
  question: string,
  { hidden = false, input = process.stdin, output = process.stderr }: AskOptions = {},
): Promise<string> {
  output.write(question);
  const echo = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output;
  const lines = createInterface({ input, output: echo, terminal: true });
  try {
    return (await lines.question('')).trim();
  } catch {
    output.write('\n');
    throw new Interruption('SIGINT');
  } finally {
    lines.close();
    if (hidden) output.write('\n');
  }
}
