import type { ListInput, ParameterInput } from '../../../shared/generation-tensors.ts';
import type { ModelConfig } from '../../../shared/model-config.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { denseBias } from './model-scores.ts';
import { cutsTopK } from './sampling.ts';
import { type BatchPatterns, readPatterns } from './token-patterns.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * What was asked, the same in every step. Each of the batch's rows has `width` hypotheses side by side. In a row with one beam they
 * are independent of each other: a greedy reply, or samples. In a row with more they are beams, which draw their own tokens
 * for as long as `beamDelay` says and compete from then on.
 */
export interface SearchRequest {
  /** [batch, source] */
  inputIds: Int;
  attentionMask: Int;
  /** Each [1]. `rows` = batch × width. */
  batch: Int;
  width: Int;
  rows: Int;
  /** The largest maximum length, a scalar. */
  longestReply: Int;
  /** `input_ids` and their mask for every hypothesis, [rows, source]. */
  context: Int;
  contextMask: Bool;
  needs: Needs;
  /** Each [batch, 1]. */
  independent: Bool;
  sampled: Bool;
  beamDelay: Int;
  /** Independent, or with a delay. */
  drawsFirst: Bool;
  maxLength: Int;
  lengthPenalty: Float;
  /** Early stopping is "never", and longer is better. */
  hopesForLongest: Bool;
  /** Early stopping is true. */
  stopsEarly: Bool;
  /** 0, 1, 2, … for a row's hypotheses: [1, width]. */
  places: Int;
  /** 0, 1, 2, … twice as far: [2 × width]. */
  candidatePlaces: Int;
  /** Each [rows, 1]. */
  perHypothesis: HypothesisParameters;
  /** What is added to the model's scores: [rows, vocabulary], or [rows, 1] of zeros where there is nothing. */
  bias: Float;
  badWords: BatchPatterns;
  stopSequences: BatchPatterns;
  /** [batch, width, steps] */
  uniforms: Float;
  /** [1, vocabulary]: 0, 1, 2, … */
  vocabulary: Int;
  tokens: ModelConfig['tokens'];
  vocabularySize: number;
}

/** Whether any row of the batch needs something: scalars, so that an `If` can leave out what none does. */
export interface Needs {
  beams: Bool;
  /** The two usual cases: there are no biases, and nothing but beams or no beams. */
  beamsOnly: Bool;
  logitsOnly: Bool;
  independence: Bool;
  sampling: Bool;
  /** Whether top-k leaves a row that draws the whole vocabulary. */
  wholeVocabulary: Bool;
  badWords: Bool;
  stopSequences: Bool;
  logprobs: Bool;
  repetitionPenalty: Bool;
  /** The longest `beamDelay`, and the least maximum length with a forced end: until and from when there is something to do. */
  longestDelay: Int;
  firstForcedEnd: Int;
}

/** Generation parameters repeated for every hypothesis: each [rows, 1]. */
export interface HypothesisParameters {
  independent: Bool;
  min_length: Int;
  max_length: Int;
  no_repeat_ngram_size: Int;
  encoder_no_repeat_ngram_size: Int;
  repetition_penalty: Float;
  forced_eos_token_id: Int;
  temperature: Float;
  top_k: Int;
  top_p: Float;
  min_p: Float;
}

const EARLY_STOPPING_TRUE = 1;
const EARLY_STOPPING_NEVER = 2;

/** @param inputs the graph's, as shared/generation-tensors.ts lists them */
export function readSearchRequest(
  g: GraphBuilder,
  inputs: Record<string, Value>,
  config: ModelConfig,
): SearchRequest {
  const parameters = inputs as Record<ParameterInput, Value>;
  const lists = inputs as Record<ListInput, Value>;
  const [inputIds, attentionMask] = [inputs['input_ids'] as Int, inputs['attention_mask'] as Int];
  const column = <T extends 'int64' | 'float32'>(name: ParameterInput) => parameters[name] as Value<T>;
  const each = <T extends 'int64' | 'float32'>(name: ParameterInput) => g.squeeze(column<T>(name), 1);
  const [beams, samples] = [each<'int64'>('num_beams'), each<'int64'>('num_return_sequences')];
  const batch = g.size(inputIds, 0);
  const width = g.max(g.maximum(beams, samples), 0, { keepDims: true });
  const rows = g.mul(batch, width);
  const perHypothesis = repeater(g, batch, width);
  const repeat = <T extends 'int64' | 'float32'>(name: ParameterInput) => perHypothesis(column<T>(name));

  const hasBeams = g.greater(beams, g.int(1));
  const isIndependent = g.equal(beams, g.int(1));
  const isSampled = g.greater(each<'int64'>('do_sample'), g.int(0));
  const beamDelay = column<'int64'>('beam_delay');
  const lengthPenalty = column<'float32'>('length_penalty');
  const earlyStopping = column<'int64'>('early_stopping');
  const badWords = readPatterns(g, lists.bad_words_ids as Int);
  const stopSequences = readPatterns(g, lists.stop_sequences as Int);
  const bias = denseBias(g, {
    ids: lists.logit_bias_ids as Int,
    values: lists.logit_bias_values as Float,
    vocabularySize: config.vocabSize,
  });
  return {
    inputIds,
    attentionMask,
    batch,
    width,
    rows,
    longestReply: g.max(each<'int64'>('max_length'), 0),
    context: perHypothesis(inputIds),
    contextMask: g.cast(perHypothesis(attentionMask), 'bool'),
    needs: {
      beams: g.any(hasBeams, 0),
      beamsOnly: g.and(g.all(hasBeams, 0), g.not(bias.isNeeded)),
      logitsOnly: g.and(g.all(isIndependent, 0), g.not(bias.isNeeded)),
      independence: g.any(isIndependent, 0),
      sampling: g.any(isSampled, 0),
      wholeVocabulary: g.any(g.and(isSampled, g.not(cutsTopK(g, each('top_k'), config.vocabSize))), 0),
      badWords: badWords.isNeeded,
      stopSequences: stopSequences.isNeeded,
      logprobs: g.greater(g.max(each<'int64'>('output_logprobs'), 0), g.int(0)),
      repetitionPenalty: g.any(g.not(g.equal(each<'float32'>('repetition_penalty'), g.float(1))), 0),
      longestDelay: g.max(each<'int64'>('beam_delay'), 0),
      firstForcedEnd: g.min(
        g.where(
          g.less(each<'int64'>('forced_eos_token_id'), g.int(0)),
          g.int(Number.MAX_SAFE_INTEGER),
          each('max_length'),
        ),
        0,
      ),
    },
    independent: g.unsqueeze(isIndependent, 1),
    sampled: g.unsqueeze(isSampled, 1),
    beamDelay,
    drawsFirst: g.or(g.unsqueeze(isIndependent, 1), g.greater(beamDelay, g.int(0))),
    maxLength: column('max_length'),
    lengthPenalty,
    hopesForLongest: g.and(
      g.equal(earlyStopping, g.int(EARLY_STOPPING_NEVER)),
      g.greater(lengthPenalty, g.float(0)),
    ),
    stopsEarly: g.equal(earlyStopping, g.int(EARLY_STOPPING_TRUE)),
    places: g.unsqueeze(g.range(g.squeeze(width, 0)), 0),
    candidatePlaces: g.range(g.squeeze(g.mul(width, g.ints(2)), 0)),
    perHypothesis: {
      independent: g.equal(repeat<'int64'>('num_beams'), g.int(1)),
      min_length: repeat('min_length'),
      max_length: repeat('max_length'),
      no_repeat_ngram_size: repeat('no_repeat_ngram_size'),
      encoder_no_repeat_ngram_size: repeat('encoder_no_repeat_ngram_size'),
      repetition_penalty: repeat('repetition_penalty'),
      forced_eos_token_id: repeat('forced_eos_token_id'),
      temperature: repeat('temperature'),
      top_k: repeat('top_k'),
      top_p: repeat('top_p'),
      min_p: repeat('min_p'),
    },
    bias: perHypothesis(bias.perRow),
    badWords,
    stopSequences,
    uniforms: lists.uniforms as Float,
    vocabulary: g.unsqueeze(g.range(g.int(config.vocabSize)), 0),
    tokens: config.tokens,
    vocabularySize: config.vocabSize,
  };
}

/** A function that repeats [batch, n] for every hypothesis: [rows, n]. */
function repeater(g: GraphBuilder, batch: Int, width: Int) {
  return <T extends 'int64' | 'float32'>(x: Value<T>): Value<T> => {
    const columns = g.size(x, 1);
    const repeated = g.expand(g.unsqueeze(x, 1), g.concat([batch, width, columns], 0));
    return g.reshape(repeated, g.concat([g.mul(batch, width), columns], 0));
  };
}
