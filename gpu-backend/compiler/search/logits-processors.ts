import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { TokenBans } from './bad-words.ts';
import { repeatsNgram } from './ngram-matches.ts';
import type { HypothesisParameters, Needs } from './search-request.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

export interface ProcessorInputs {
  /** Each [rows, 1]. */
  parameters: Pick<
    HypothesisParameters,
    | 'min_length'
    | 'max_length'
    | 'no_repeat_ngram_size'
    | 'encoder_no_repeat_ngram_size'
    | 'repetition_penalty'
    | 'forced_eos_token_id'
  >;
  /** The reply so far, start token included: [rows, length]. */
  reply: Int;
  replyMatches: Int;
  /** What the reply answers: [rows, source]. */
  context: Int;
  contextMask: Bool;
  contextMatches: Int;
  badWords: TokenBans;
  /** [1, vocabulary]: 0, 1, 2, … */
  vocabulary: Int;
  eosToken: number;
  needs: Pick<Needs, 'repetitionPenalty' | 'firstForcedEnd'>;
}

/**
 * Scores [rows, vocabulary] after the rules of transformers' logits processors, in transformers' order: repetition
 * penalty, n-gram blocks, banned sequences, minimum length, forced end.
 */
export function processLogits(g: GraphBuilder, scores: Float, inputs: ProcessorInputs): Float {
  const { needs } = inputs;
  const length = g.size(inputs.reply, 1);
  const bans = g.scope('bans', () => listBans(g, length, inputs));
  // The scores are large: each way through them writes as few copies as it can.
  const allowed = (b: GraphBuilder) =>
    b.ifElse(
      needs.repetitionPenalty,
      (c) => ban(c, penaliseRepetition(c, scores, inputs), bans),
      (c) => ban(c, scores, bans),
    );
  return g.ifElse(
    g.greaterOrEqual(g.add(g.squeeze(length, 0), g.int(1)), needs.firstForcedEnd),
    (b) => forceEnd(b, allowed(b), length, inputs),
    allowed,
  );
}

/** The tokens that must not come next, from all rules. */
function listBans(
  g: GraphBuilder,
  length: Int,
  {
    parameters,
    reply,
    replyMatches,
    context,
    contextMask,
    contextMatches,
    badWords,
    eosToken,
  }: ProcessorInputs,
): TokenBans {
  const repeatsReply = repeatsNgram(g, replyMatches, parameters.no_repeat_ngram_size);
  const repeatsContext = repeatsNgram(g, contextMatches, parameters.encoder_no_repeat_ngram_size);
  const isTooShort = g.less(length, parameters.min_length);
  const eos = g.where(isTooShort, g.int(eosToken), g.int(0));
  return {
    tokens: g.concat([reply, context, badWords.tokens, eos], 1),
    banned: g.concat([repeatsReply, g.and(repeatsContext, contextMask), badWords.banned, isTooShort], 1),
  };
}

/** Scores of tokens that the reply already has move away from being chosen. Source: arXiv 1909.05858. */
function penaliseRepetition(g: GraphBuilder, scores: Float, { reply, parameters }: ProcessorInputs): Float {
  const penalty = parameters.repetition_penalty;
  const seen = g.gatherColumns(scores, reply);
  const penalised = g.where(g.less(seen, g.float(0)), g.mul(seen, penalty), g.div(seen, penalty));
  return g.scatterColumns(scores, reply, penalised);
}

/** Scores with −∞ for each token whose flag is set. */
function ban(g: GraphBuilder, scores: Float, { tokens, banned }: TokenBans): Float {
  const never = g.float(Number.NEGATIVE_INFINITY);
  const unchanged = g.float(Number.POSITIVE_INFINITY);
  return g.scatterColumnsMin(scores, tokens, g.where(banned, never, unchanged));
}

/** Where the next token is the last that `max_length` allows, only the forced token can come. */
function forceEnd(
  g: GraphBuilder,
  scores: Float,
  length: Int,
  { parameters, vocabulary }: ProcessorInputs,
): Float {
  const forced = parameters.forced_eos_token_id;
  const isForced = g.and(
    g.greaterOrEqual(forced, g.int(0)),
    g.equal(g.add(length, g.int(1)), parameters.max_length),
  );
  const only = g.where(g.equal(vocabulary, forced), g.float(0), g.float(Number.NEGATIVE_INFINITY));
  return g.where(isForced, only, scores);
}
