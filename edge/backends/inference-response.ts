import * as z from 'zod';

/**
 * One generated sequence: ids without the start token, the end token last where the reply came to its end.
 */
export type Sequence = number[];

/** An answer that does not fit what was asked. The message is for the log. */
export class BadAnswerError extends Error {
  override readonly name = 'BadAnswerError';
}

const responseSchema = z.object({
  outputs: z.array(z.object({ name: z.string(), shape: z.array(z.int().min(0)), data: z.array(z.number()) })),
});

interface ExpectedAnswer {
  rows: number;
  /** Sequences wanted for a row. */
  sequences: number;
  vocabSize: number;
}

/**
 * The best sequences of every row, best first. The backend sends as many as it has beams; the first ones are
 * taken.
 * @throws {BadAnswerError}
 */
export function readInferenceResponse(answer: unknown, expected: ExpectedAnswer): Sequence[][] {
  const parsed = responseSchema.safeParse(answer);
  if (!parsed.success) throw new BadAnswerError('The answer is not an inference response.');
  const output = (name: string) => {
    const tensor = parsed.data.outputs.find((candidate) => candidate.name === name);
    if (tensor === undefined) throw new BadAnswerError(`The answer has no output "${name}".`);
    return tensor;
  };
  const sequences = output('sequences');
  const lengths = output('lengths');

  const [rows, perRow, width] = sequences.shape;
  if (sequences.shape.length !== 3 || rows !== expected.rows || perRow! < expected.sequences) {
    throw new BadAnswerError(
      `"sequences" has the shape [${sequences.shape}], not [${expected.rows}, ${expected.sequences} or more, …].`,
    );
  }
  if (lengths.shape.length !== 2 || lengths.shape[0] !== rows || lengths.shape[1] !== perRow) {
    throw new BadAnswerError(
      `"lengths" has the shape [${lengths.shape}] beside sequences of [${sequences.shape}].`,
    );
  }
  if (sequences.data.length !== rows * perRow! * width! || lengths.data.length !== rows * perRow!) {
    throw new BadAnswerError('A tensor holds more or fewer numbers than its shape says.');
  }

  const sequenceAt = (row: number, rank: number): Sequence => {
    const index = row * perRow! + rank;
    const length = lengths.data[index]!;
    if (!isIndex(length, width! + 1)) throw new BadAnswerError(`A sequence has the length ${length}.`);
    const ids = sequences.data.slice(index * width!, index * width! + length);
    const stranger = ids.find((id) => !isIndex(id, expected.vocabSize));
    if (stranger !== undefined) throw new BadAnswerError(`The vocabulary has no token ${stranger}.`);
    return ids;
  };
  return range(rows).map((row) => range(expected.sequences).map((rank) => sequenceAt(row, rank)));
}

function isIndex(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
