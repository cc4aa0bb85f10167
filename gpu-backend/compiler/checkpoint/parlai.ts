import { join } from 'node:path';
import * as z from 'zod';
import type { ModelType } from '../../../shared/model-config.ts';
import { CheckpointError, describeSystemError } from './checkpoint-error.ts';
import { readText } from './small-files.ts';
import { parlaiTensorName } from './parlai-names.ts';
import { FINAL_BIAS, renameTensors, SHARED_EMBEDDING, withConstants } from './tensor-names.ts';
import type { TensorSource } from './tensor-source.ts';
import { openTorchFile } from './torch-file.ts';

/**
 * ParlAI's own files of a transformer/generator, as the paper's models were published: `model` holds the weights under ParlAI's
 * names (and an optimizer's state, which is left alone), `model.opt` the options that it was trained with.
 * Source: ParlAI's transformer modules and torch_generator_agent.py.
 */
export const PARLAI_WEIGHTS = 'model';
export const PARLAI_OPTIONS = 'model.opt';

export interface ParlaiCheckpoint {
  /** What a config.json and a generation_config.json in Hugging Face's layout would say. */
  rawConfig: object;
  rawGenerationConfig: object;
  weights: TensorSource;
}

/** @throws {CheckpointError} where a file is malformed or the options ask for another network */
export async function openParlaiCheckpoint(directory: string): Promise<ParlaiCheckpoint> {
  const options = parseOptions(await readText(directory, PARLAI_OPTIONS));
  const weights = renameTensors(await openWeights(directory), (name) =>
    parlaiTensorName(name, options.variant),
  );
  const vocabSize = weights.tensors.get(SHARED_EMBEDDING)?.shape[0];
  if (vocabSize === undefined) {
    await weights.close();
    throw new CheckpointError(PARLAI_WEIGHTS, 'tensor embeddings.weight is missing');
  }
  return {
    rawConfig: networkConfig(options, vocabSize),
    rawGenerationConfig: generationConfig(options),
    weights: withConstants(weights, {
      [FINAL_BIAS]: { shape: [1, vocabSize], values: () => neverStart(vocabSize) },
    }),
  };
}

async function openWeights(directory: string): Promise<TensorSource> {
  const select = (value: unknown) => (value instanceof Map ? value.get('model') : undefined);
  // Training leaves schedulers, loss scalers and the like beside the weights: none of that is needed, or built.
  return openTorchFile(join(directory, PARLAI_WEIGHTS), { select, unknownGlobals: 'leave inert' }).catch(
    (error) => {
      throw describeSystemError(PARLAI_WEIGHTS, error);
    },
  );
}

// ParlAI's dictionary begins with __null__, __start__, __end__, __unk__.
const TOKENS = { pad_token_id: 0, bos_token_id: 1, eos_token_id: 2, decoder_start_token_id: 1 };

/** ParlAI never lets the start token be generated. The lowest that float16 knows, so that half precision can hold it. */
function neverStart(vocabSize: number): Float32Array {
  const bias = new Float32Array(vocabSize);
  bias[TOKENS.bos_token_id] = -65504;
  return bias;
}

const count = z.int().min(1);
// ParlAI writes -1 or null where an option was left out.
const optionalCount = z
  .int()
  .nullish()
  .transform((value) => (value !== null && value !== undefined && value > 0 ? value : undefined));
const ngramSize = z
  .int()
  .default(0)
  .transform((value) => Math.max(value, 0));

const MODEL_TYPE_OF_VARIANT: Record<Options['variant'], ModelType> = {
  prelayernorm: 'blenderbot',
  xlm: 'blenderbot-small',
};
const MAX_TOKENS = 256;

const schema = z.object({
  variant: z.enum(['prelayernorm', 'xlm'], 'only the variants prelayernorm and xlm are known'),
  activation: z.literal('gelu', 'only gelu is known'),
  embedding_size: count,
  ffn_size: count,
  n_heads: count,
  n_layers: optionalCount,
  n_encoder_layers: optionalCount,
  n_decoder_layers: optionalCount,
  n_positions: optionalCount,
  n_segments: z.literal(0, 'segments are not known').default(0),
  output_scaling: z.literal(1, 'only 1 is known').default(1),
  embeddings_scale: z.boolean(),
  truncate: optionalCount,
  text_truncate: optionalCount,
  label_truncate: optionalCount,
  inference: z
    .enum(['greedy', 'beam', 'topk', 'nucleus'], 'only greedy, beam, topk and nucleus are known')
    .optional(),
  beam_size: count.default(1),
  beam_min_length: z.int().min(0).default(1),
  beam_length_penalty: z.number().default(0.65),
  beam_block_ngram: ngramSize,
  beam_context_block_ngram: ngramSize,
  topk: count.default(10),
  topp: z.number().default(0.9),
  temperature: z.number().default(1),
});

type Options = z.infer<typeof schema>;

function parseOptions(text: string): Options {
  let json: unknown;
  try {
    json = JSON.parse(withoutPythonNumbers(text));
  } catch (error) {
    throw new CheckpointError(PARLAI_OPTIONS, `not JSON (${(error as Error).message})`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new CheckpointError(PARLAI_OPTIONS, path.length === 0 ? message : `${path.join('.')}: ${message}`);
}

/** Python writes NaN and Infinity, which JSON does not know; no option that is read here can be one. */
function withoutPythonNumbers(text: string): string {
  // A string that does not end goes to the end of the text: looked for from each of its quotes it would take forever.
  return text.replaceAll(/("[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$))|-?Infinity|NaN/g, (part, quoted) =>
    quoted === undefined ? 'null' : part,
  );
}

function networkConfig(options: Options, vocabSize: number): object {
  return {
    model_type: MODEL_TYPE_OF_VARIANT[options.variant],
    vocab_size: vocabSize,
    max_position_embeddings: positions(options),
    d_model: options.embedding_size,
    encoder_layers: options.n_encoder_layers ?? options.n_layers,
    encoder_attention_heads: options.n_heads,
    encoder_ffn_dim: options.ffn_size,
    decoder_layers: options.n_decoder_layers ?? options.n_layers,
    decoder_attention_heads: options.n_heads,
    decoder_ffn_dim: options.ffn_size,
    activation_function: options.activation,
    scale_embedding: options.embeddings_scale,
    tie_word_embeddings: true,
    ...TOKENS,
  };
}

function positions({ n_positions, truncate = 0, text_truncate = 0, label_truncate = 0 }: Options): number {
  return n_positions ?? (Math.max(truncate, text_truncate, label_truncate) || 1024);
}

/**
 * The options' way of choosing, by transformers' names. Two lengths count the start token there and not in ParlAI. Three
 * things stay as transformers has them: length is normalised by n^p where ParlAI has ((1 + n) / 6)^p, the search ends by
 * transformers' bound, and a context block sees what the model reads, as with `beam_block_full_context` false.
 */
function generationConfig(options: Options): object {
  const inference = options.inference ?? (options.beam_size > 1 ? 'beam' : 'greedy');
  const mostTokens = options.label_truncate ?? options.truncate ?? MAX_TOKENS;
  const max_length = Math.min(mostTokens + 1, positions(options));
  return {
    ...TOKENS,
    num_beams: inference === 'beam' ? options.beam_size : 1,
    min_length: Math.min(options.beam_min_length + 1, max_length),
    max_length,
    length_penalty: options.beam_length_penalty,
    no_repeat_ngram_size: options.beam_block_ngram,
    encoder_no_repeat_ngram_size: options.beam_context_block_ngram,
    forced_eos_token_id: TOKENS.eos_token_id,
    ...(inference === 'topk' && { do_sample: true, top_k: options.topk, temperature: options.temperature }),
    ...(inference === 'nucleus' && {
      do_sample: true,
      top_p: options.topp,
      top_k: 0,
      temperature: options.temperature,
    }),
  };
}
