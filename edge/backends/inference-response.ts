import * as z from 'zod';

/** One of the sequences that were generated for a row. */
export interface GeneratedSequence {
  /** Without the start token; the end token last where the reply came to its end. */
  ids: number[];
  /** The search's own measure, higher is better: beams are compared by it. 0 for greedy search and samples. */
  score: number;
  /** The model's own log-probability of each id; null where they were not asked for. */
  logprobs: number[] | null;
}

/** An answer that does not fit what was asked. The message is for the log: no token ids. */
export class BadAnswerError extends Error {
  override readonly name = 'BadAnswerError';
}

const outputSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  // Zod would run its checks for each of a thousand numbers, which is most of what an answer costs.
  data: z.custom<number[]>(isNumbers),
});
const responseSchema = z.object({ outputs: z.array(outputSchema) });

type OutputTensor = z.infer<typeof outputSchema>;

interface ExpectedAnswer {
  rows: number;
  /** The fewest sequences that will do for a row. */
  sequences: number;
  logprobs: boolean;
  vocabSize: number;
}

/**
 * All sequences that came for each row, best first: as many as the row has beams or samples.
 * @throws {BadAnswerError}
 */
export function readInferenceResponse(answer: unknown, expected: ExpectedAnswer): GeneratedSequence[][] {
  const parsed = responseSchema.safeParse(answer);
  if (!parsed.success) throw new BadAnswerError('The answer is not an inference response.');
  const output = (name: string) => {
    const tensor = parsed.data.outputs.find((candidate) => candidate.name === name);
    if (tensor === undefined) throw new BadAnswerError(`The answer has no output "${name}".`);
    return tensor;
  };
  const sequences = output('sequences');
  const [rows, perRow, width] = sequences.shape;
  if (sequences.shape.length !== 3 || rows !== expected.rows || perRow! < expected.sequences) {
    throw new BadAnswerError(
      `"sequences" has the shape [${sequences.shape}], not [${expected.rows}, ${expected.sequences} or more, …].`,
    );
  }
  const lengths = output('lengths');
  const scores = output('scores');
  const logprobs = expected.logprobs ? output('logprobs') : null;
  refuseOtherShape(sequences, sequences.shape);
  refuseOtherShape(lengths, [rows, perRow!]);
  refuseOtherShape(scores, [rows, perRow!]);
  if (logprobs !== null) refuseOtherShape(logprobs, sequences.shape);

  const sequenceAt = (row: number, rank: number): GeneratedSequence => {
    const index = row * perRow! + rank;
    const length = lengths.data[index]!;
    if (!isIndex(length, width! + 1)) throw new BadAnswerError(`A sequence has the length ${length}.`);
    const tokens = ({ data }: OutputTensor) => data.slice(index * width!, index * width! + length);
    const ids = tokens(sequences);
    if (!ids.every((id) => isIndex(id, expected.vocabSize)))
      throw new BadAnswerError('A sequence has an id that is not in the vocabulary.');
    return { ids, score: scores.data[index]!, logprobs: logprobs && tokens(logprobs) };
  };
  return range(rows).map((row) => range(perRow!).map((rank) => sequenceAt(row, rank)));
}

function refuseOtherShape({ name, shape, data }: OutputTensor, expected: number[]): void {
  if (shape.join() !== expected.join()) {
    throw new BadAnswerError(`"${name}" has the shape [${shape}], not [${expected}].`);
  }
  if (data.length !== expected.reduce((product, size) => product * size, 1)) {
    throw new BadAnswerError(`"${name}" holds more or fewer numbers than its shape says.`);
  }
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isIndex(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
