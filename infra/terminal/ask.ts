import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Interruption } from './interruption.ts';

/** Whether somebody is there to be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
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
