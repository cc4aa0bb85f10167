import * as z from 'zod';

/** Caps that keep one request from taking a machine; a model's own positions may lower `max_length` further. */
export const MAX_NUM_BEAMS = 100;
export const MAX_LENGTH = 4096;

const ngramSize = z.int().min(0).max(MAX_LENGTH);

/**
 * How to choose the reply's tokens: names and meanings of transformers' `GenerationConfig`. Lengths count the
 * decoder's start token. An n-gram size of 0 and a penalty of 1 switch the rule off; `forced_eos_token_id: null`
 * lets a reply end at `max_length` without an end token.
 */
export const generationParametersSchema = z.strictObject({
  num_beams: z.int().min(1).max(MAX_NUM_BEAMS),
  num_return_sequences: z.int().min(1).max(MAX_NUM_BEAMS),
  min_length: z.int().min(0).max(MAX_LENGTH),
  max_length: z.int().min(2).max(MAX_LENGTH),
  // Lower, and the scores of long replies fall below the −10⁹ that stands for "no reply" in the search.
  length_penalty: z.number().min(-3).max(10),
  early_stopping: z.union([z.boolean(), z.literal('never')]),
  no_repeat_ngram_size: ngramSize,
  encoder_no_repeat_ngram_size: ngramSize,
  // A bound that float32 holds exactly: the tensors carry floats, and both tiers check.
  repetition_penalty: z.number().min(0.015625).max(100),
  forced_eos_token_id: z.int().min(0).nullable(),
});

// Made once: it costs fifty times what a check with it does.
const requestedParametersSchema = generationParametersSchema.partial();

export type GenerationParameters = z.infer<typeof generationParametersSchema>;

/** transformers' values for whatever neither the request nor the checkpoint names. */
export const TRANSFORMERS_DEFAULTS: GenerationParameters = {
  num_beams: 1,
  num_return_sequences: 1,
  min_length: 0,
  max_length: 60,
  length_penalty: 1,
  early_stopping: false,
  no_repeat_ngram_size: 0,
  encoder_no_repeat_ngram_size: 0,
  repetition_penalty: 1,
  forced_eos_token_id: null,
};

/** A value that a request may not have; `parameter` is its name, `message` says what would be right. */
export class InvalidParameterError extends Error {
  override readonly name = 'InvalidParameterError';
  readonly parameter: string;

  constructor(parameter: string, message: string) {
    super(message);
    this.parameter = parameter;
  }
}

/**
 * Completes a request's parameters from `defaults`.
 * @throws {InvalidParameterError} for an unknown name, a value out of range or two that contradict each other
 */
export function resolveGenerationParameters(
  requested: unknown,
  defaults: GenerationParameters,
): GenerationParameters {
  const parsed = requestedParametersSchema.safeParse(requested ?? {});
  if (!parsed.success) throw invalidParameter(parsed.error.issues[0]!);
  const given = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  const complete: GenerationParameters = { ...defaults, ...given };
  if (complete.num_return_sequences > complete.num_beams) {
    throw new InvalidParameterError(
      'num_return_sequences',
      `num_return_sequences (${complete.num_return_sequences}) cannot exceed num_beams (${complete.num_beams}).`,
    );
  }
  return complete;
}

function invalidParameter(issue: z.core.$ZodIssue): InvalidParameterError {
  if (issue.code === 'unrecognized_keys') {
    const name = issue.keys[0]!;
    const known = Object.keys(generationParametersSchema.shape).join(', ');
    return new InvalidParameterError(name, `Unknown parameter "${name}". Known: ${known}.`);
  }
  const name = issue.path.join('.') || 'parameters';
  return new InvalidParameterError(name, `${name}: ${issue.message}.`);
}
