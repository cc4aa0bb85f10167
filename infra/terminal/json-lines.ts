import { createInterface } from 'node:readline';
import { UserError } from '../user-error.ts';

/**
 * Reads JSON lines from `input`, answers each by `answer` and writes the answer as a line. Empty lines are skipped.
 * @throws {UserError} at the first line that is not JSON or that `answer` refuses, naming it by number; the answers
 *   to the lines before it are written
 */
export async function answerJsonLines(
  answer: (request: unknown) => unknown,
  { input = process.stdin, output = process.stdout } = {},
): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() === '') continue;
    try {
      output.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
    } catch (error) {
      if (error instanceof SyntaxError) throw new UserError(`line ${number}: not JSON (${error.message})`);
      if (error instanceof UserError) throw new UserError(`line ${number}: ${error.message}`);
      throw error;
    }
  }
}
