import type { GenerationParameters } from '../../shared/generation-parameters.ts';

/** One point that all contenders are measured at. */
export interface Case {
  rows: number;
  beams: number;
  /** Tokens per row that are read, end token included. */
  input: number;
  /** Tokens per row that are written, start token and end token included, as `max_length` counts them. */
  output: number;
}

/** What the cost's growth is measured around. */
export const GROWTH_BASE: Case = { rows: 1, beams: 10, input: 32, output: 60 };

/** What a contender is asked, in transformers' names. */
export interface Request {
  input_ids: number[][];
  parameters: Partial<GenerationParameters>;
}

export function describeCase({ rows, beams, input, output }: Case): string {
  const search = beams === 1 ? 'greedy' : `${beams} beams`;
  return `${rows} ${rows === 1 ? 'row' : 'rows'}, ${search}, ${input} in, ${output} out`;
}

/**
 * The recommended generation with its n-gram blocks, but exactly as long as the case says, so that all do the same
 * work. Prompts are random, of one length, and the same in every run.
 */
export function makeRequest({ rows, beams, input, output }: Case, vocabulary: number): Request {
  const random = seededIntegers(20_040_13637 + 1000 * rows + input);
  const firstOrdinaryToken = 264;
  const tokens = vocabulary - firstOrdinaryToken;
  const prompt = () => [
    ...Array.from({ length: input - 1 }, () => firstOrdinaryToken + (random() % tokens)),
    2,
  ];
  return {
    input_ids: Array.from({ length: rows }, prompt),
    parameters: {
      num_beams: beams,
      min_length: output,
      max_length: output,
      length_penalty: 0.65,
      no_repeat_ngram_size: 3,
      encoder_no_repeat_ngram_size: 3,
      forced_eos_token_id: 2,
    },
  };
}

/** The start token is given, not generated. */
export function generatedTokens({ rows, output }: Case): number {
  return rows * (output - 1);
}

/** xorshift32: enough for prompts that nobody reads. */
function seededIntegers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
