import * as z from 'zod';
import { MAX_LISTED } from '../../shared/generation-parameters.ts';
import { boundedRecord } from '../bounded-record.ts';

const MAX_STOPS = 4;
const MAX_STOP_CHARS = 256;
const MAX_STOP_TOKENS = 100;
const MAX_BAD_WORDS = 100;
const MAX_LOGIT_BIAS = 100;

const tokenCount = z.int().min(1).nullish();
const phrase = z.string().min(1).max(MAX_STOP_CHARS);

const logitBias = boundedRecord({
  key: z.string().regex(/^(0|[1-9]\d{0,14})$/),
  value: z.number().min(-MAX_LOGIT_BIAS).max(MAX_LOGIT_BIAS),
  most: MAX_LISTED,
  tooMany: `at most ${MAX_LISTED} tokens`,
  wrongKey: 'is no token id: keys are ids as POST /v1/tokenize tells them, such as "464"',
});

/**
 * How a request says what the reply should be like: OpenAI's names, vLLM's (`min_tokens`, `use_beam_search`, …) and
 * transformers' where the others have none. null is as good as absent.
 */
export const generationFields = {
  n: z.int().min(1).nullish().describe('How many replies.'),
  best_of: z
    .int()
    .min(1)
    .nullish()
    .describe('How many samples compete for the `n` places; where nothing is drawn, the number of beams.'),
  max_tokens: tokenCount.describe('Most new tokens, the end token included.'),
  max_completion_tokens: tokenCount.describe('The same as `max_tokens`.'),
  min_tokens: z.int().min(0).nullish().describe('Fewest new tokens before the end token.'),
  ignore_eos: z.boolean().nullish().describe('Goes on until `max_tokens`.'),
  stop: z
    .union(
      [phrase, z.array(phrase).max(MAX_STOPS)],
      `must be text, or a list of at most ${MAX_STOPS} texts, of 1 to ${MAX_STOP_CHARS} characters each`,
    )
    .nullish()
    .describe('Texts that end the reply, which is without them.'),
  stop_token_ids: z
    .array(z.int().min(0))
    .max(MAX_STOP_TOKENS)
    .nullish()
    .describe('Token ids that end the reply; their text stays in it.'),
  bad_words: z.array(phrase).max(MAX_BAD_WORDS).nullish().describe('Words that must not come.'),
  logit_bias: logitBias.nullish().describe('What is added to a token’s score, by token id.'),
  logprobs: z
    .boolean()
    .nullish()
    .describe('Whether to tell the model’s own log-probability of each token, before any rule.'),
  temperature: z
    .number()
    .min(0)
    .max(100)
    .nullish()
    .describe(
      'Above 0 tokens are drawn; 0 asks for the same reply every time. Without it the model’s own way.',
    ),
  top_p: z.number().min(0).max(1).nullish().describe('Below 1 tokens are drawn, from the likeliest ones.'),
  top_k: z.int().min(-1).nullish().describe('Tokens are drawn from so many; 0 and -1 stand for all.'),
  min_p: z
    .number()
    .min(0)
    .max(1)
    .nullish()
    .describe('Above 0 tokens are drawn, from those at least so likely beside the likeliest.'),
  do_sample: z.boolean().nullish().describe('Whether tokens are drawn.'),
  seed: z.int().min(0).nullish().describe('Repeats what was drawn.'),
  use_beam_search: z.boolean().nullish().describe('Whether several beams compete.'),
  num_beams: z.int().min(1).nullish().describe('How many beams; the server has a limit.'),
  beam_delay: z
    .int()
    .min(0)
    .max(4_096)
    .nullish()
    .describe(
      'Above 0 each of several beams draws its first tokens, so many of them, before the beams compete: delayed beam search.',
    ),
  length_penalty: z.number().min(-3).max(10).nullish(),
  early_stopping: z.union([z.boolean(), z.literal('never')], 'must be true, false or "never"').nullish(),
  repetition_penalty: z.number().min(0.015625).max(100).nullish(),
  no_repeat_ngram_size: z.int().min(0).max(4_096).nullish(),
  encoder_no_repeat_ngram_size: z.int().min(0).max(4_096).nullish(),
};

export type GenerationFields = z.infer<z.ZodObject<typeof generationFields>>;
