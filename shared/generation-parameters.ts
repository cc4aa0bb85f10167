import * as z from 'zod';

/** Caps that keep one request from taking a machine; a model's own positions may lower `max_length` further. */
export const MAX_NUM_BEAMS = 100;
export const MAX_LENGTH = 4096;
/** Entries of `logit_bias`, sequences in `bad_words_ids` or `stop_sequences`, and tokens in one of those. */
export const MAX_LISTED = 1000;
export const MAX_SEQUENCE_TOKENS = 32;
const MAX_LOGIT_BIAS = 1000;

const ngramSize = z.int().min(0).max(MAX_LENGTH);
const tokenSequences = z
  .array(z.array(z.int().min(0)).min(1, 'a sequence needs at least one token').max(MAX_SEQUENCE_TOKENS))
  .max(MAX_LISTED);
const logitBias = z
  .record(
    z.string().regex(/^(0|[1-9]\d{0,14})$/, 'a key is a token id'),
    z.number().min(-MAX_LOGIT_BIAS).max(MAX_LOGIT_BIAS),
  )
  .refine((biases) => Object.keys(biases).length <= MAX_LISTED, `at most ${MAX_LISTED} tokens`);

/**
 * How to choose the reply's tokens: names and meanings of transformers' `GenerationConfig`, and some that it lacks. Lengths
 * count the decoder's start token. An n-gram size of 0 and a penalty of 1 switch the rule off; `forced_eos_token_id: null`
 * lets a reply end at `max_length` without an end token.
 *
 * | `do_sample` | `num_beams` | `beam_delay` | |
 * |---|---|---|---|
 * | false | 1 | 0 | greedy search |
 * | false | > 1 | 0 | beam search |
 * | true | 1 | 0 | sampling: `num_return_sequences` replies, each drawn by itself |
 * | true | > 1 | > 0 | delayed beam search: each beam draws its first `beam_delay` tokens, then beam search goes on |
 *
 * `temperature`, `top_k` (0 for all), `top_p` and `min_p` shape what is drawn and are not used where nothing is.
 */
export const generationParametersSchema = z.strictObject({
  num_beams: z.int().min(1).max(MAX_NUM_BEAMS),
  num_return_sequences: z.int().min(1).max(MAX_NUM_BEAMS),
  do_sample: z.boolean(),
  /** ParlAI's name (arXiv 1911.03587). */
  beam_delay: z.int().min(0).max(MAX_LENGTH),
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
  temperature: z.number().min(0.015625).max(100),
  top_k: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  top_p: z.number().min(0).max(1),
  min_p: z.number().min(0).max(1),
  /** What is added to a token's score, by token id: transformers' `sequence_bias` for single tokens. */
  logit_bias: logitBias,
  /** Sequences that must not come. The end token by itself is no such sequence: `min_length` is for that. */
  bad_words_ids: tokenSequences,
  /** A reply ends once it ends with one of these; it keeps their tokens. */
  stop_sequences: tokenSequences,
  /** Whether to tell the model's own log-probability of each token, before any rule: transformers' `output_logits`. */
  output_logprobs: z.boolean(),
  /** Repeats what was drawn (see uniform-numbers.ts); null draws anew. */
  seed: z.int().min(0).nullable(),
});

// Made once: it costs fifty times what a check with it does.
const requestedParametersSchema = generationParametersSchema.partial();

export type GenerationParameters = z.infer<typeof generationParametersSchema>;

/** transformers' values for whatever neither the request nor the checkpoint names. */
export const TRANSFORMERS_DEFAULTS: GenerationParameters = {
  num_beams: 1,
  num_return_sequences: 1,
  do_sample: false,
  beam_delay: 0,
  min_length: 0,
  max_length: 60,
  length_penalty: 1,
  early_stopping: false,
  no_repeat_ngram_size: 0,
  encoder_no_repeat_ngram_size: 0,
  repetition_penalty: 1,
  forced_eos_token_id: null,
  temperature: 1,
  top_k: 50,
  top_p: 1,
  min_p: 0,
  logit_bias: {},
  bad_words_ids: [],
  stop_sequences: [],
  output_logprobs: false,
  seed: null,
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
 * Completes a request's parameters from `defaults`. A default minimum length gives way to the maximum that was asked for.
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
  if (given['min_length'] === undefined) {
    complete.min_length = Math.min(complete.min_length, complete.max_length);
  }
  refuseContradictions(complete);
  return complete;
}

/** How many sequences of a row are made side by side: its beams or its samples. The graph answers all of them. */
export function searchWidth({ num_beams, num_return_sequences }: GenerationParameters): number {
  return Math.max(num_beams, num_return_sequences);
}

/**
 * @throws {InvalidParameterError} for a token that the vocabulary does not have, or more tokens than the model can write
 */
export function refuseUnfitParameters(
  parameters: GenerationParameters,
  { vocabSize, maxPositions }: { vocabSize: number; maxPositions: number },
): void {
  const { max_length, forced_eos_token_id, logit_bias, bad_words_ids, stop_sequences } = parameters;
  if (max_length > maxPositions) {
    const message = `max_length (${max_length}) is more than the model's ${maxPositions} positions.`;
    throw new InvalidParameterError('max_length', message);
  }
  const tokens = {
    forced_eos_token_id: [forced_eos_token_id ?? 0],
    logit_bias: Object.keys(logit_bias).map(Number),
    bad_words_ids: bad_words_ids.flat(),
    stop_sequences: stop_sequences.flat(),
  };
  for (const [name, ids] of Object.entries(tokens)) {
    const foreign = ids.find((id) => id >= vocabSize);
    if (foreign === undefined) continue;
    throw new InvalidParameterError(
      name,
      `${name}: ${foreign} is no token id of the model; ids go from 0 to ${vocabSize - 1}.`,
    );
  }
}

function refuseContradictions(parameters: GenerationParameters): void {
  const { num_beams, num_return_sequences, do_sample, beam_delay, min_length, max_length } = parameters;
  if (min_length > max_length) {
    throw new InvalidParameterError(
      'min_length',
      `min_length (${min_length}) is more than max_length (${max_length}).`,
    );
  }
  if (beam_delay > 0 && !(do_sample && num_beams > 1)) {
    throw new InvalidParameterError(
      'beam_delay',
      `beam_delay (${beam_delay}) draws the first tokens of several beams: it needs do_sample and num_beams of 2 or more.`,
    );
  }
  if (do_sample && num_beams > 1 && beam_delay === 0) {
    throw new InvalidParameterError(
      'do_sample',
      `do_sample with num_beams (${num_beams}) needs a beam_delay of 1 or more: the tokens to draw before the beams begin. ` +
        'For independent samples set num_beams to 1 and num_return_sequences to their number.',
    );
  }
  const isSampling = do_sample && num_beams === 1;
  if (num_return_sequences > num_beams && !isSampling) {
    throw new InvalidParameterError(
      'num_return_sequences',
      `num_return_sequences (${num_return_sequences}) cannot exceed num_beams (${num_beams}).`,
    );
  }
}

function invalidParameter(issue: z.core.$ZodIssue): InvalidParameterError {
  if (issue.code === 'unrecognized_keys') {
    const name = issue.keys[0]!;
    const known = Object.keys(generationParametersSchema.shape).join(', ');
    return new InvalidParameterError(name, `Unknown parameter "${name}". Known: ${known}.`);
  }
  const name = String(issue.path[0] ?? 'parameters');
  const place = issue.path.join('.') || name;
  // Zod tells of a key that is none with an issue of the key's own.
  const message = issue.code === 'invalid_key' ? issue.issues[0]!.message : issue.message;
  return new InvalidParameterError(name, `${place}: ${message}.`);
}
