import type { GenerationRow } from '../../shared/generation-batch.ts';
import { searchWidth } from '../../shared/generation-parameters.ts';

/** What a run's memory and time follow from. Lengths are in tokens, those of the replies count the start token. */
export interface RunShape {
  rows: number;
  /** Sequences made side by side for each row (`searchWidth`): one for all rows of a run. */
  width: number;
  /** The longest input. */
  inputLength: number;
  /** What the longest reply has at least and at most. */
  minLength: number;
  maxLength: number;
}

/** @param rows at least one, all of one width */
export function shapeOf(rows: readonly GenerationRow[]): RunShape {
  const most = (length: (row: GenerationRow) => number) => Math.max(...rows.map(length));
  return {
    rows: rows.length,
    width: searchWidth(rows[0]!.parameters),
    inputLength: most(({ inputIds }) => inputIds.length),
    minLength: most(({ parameters }) => parameters.min_length),
    maxLength: most(({ parameters }) => parameters.max_length),
  };
}

/** The shape of both in one run: the shorter ones are padded, and wait for the longest reply. */
export function together(a: RunShape, b: RunShape): RunShape {
  return {
    rows: a.rows + b.rows,
    width: a.width,
    inputLength: Math.max(a.inputLength, b.inputLength),
    minLength: Math.max(a.minLength, b.minLength),
    maxLength: Math.max(a.maxLength, b.maxLength),
  };
}

/** Sequences side by side, which a step of the decoder multiplies by the weights at once. */
export function sequencesOf({ rows, width }: Pick<RunShape, 'rows' | 'width'>): number {
  return rows * width;
}

/** Tokens whose keys and values a run may have to keep: beams × rows × length. Its memory grows with them. */
export function tokensOf(shape: RunShape): number {
  return sequencesOf(shape) * (shape.inputLength + shape.maxLength);
}
