import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { TokenBans } from './bad-words.ts';
import { repeatsNgram } from './ngram-matches.ts';
import type { HypothesisParameters } from './search-request.ts';

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
}

/**
 * Scores [rows, vocabulary] after the rules of transformers' logits processors, in transformers' order: repetition
 * penalty, n-gram blocks, banned sequences, minimum length, forced end.
 */
export function processLogits(g: GraphBuilder, scores: Float, inputs: ProcessorInputs): Float {
  const { parameters, reply, context } = inputs;
  const length = g.size(reply, 1);
  const penalised = g.scope('repetition_penalty', () => penaliseRepetition(g, scores, inputs));
  const allowed = g.scope('bans', () => {
    const eos = g.add(g.mul(parameters.min_length, g.int(0)), g.int(inputs.eosToken));
    const bans: [Int, Bool][] = [
      [reply, repeatsNgram(g, inputs.replyMatches, parameters.no_repeat_ngram_size)],
      [
        context,
        g.and(
          repeatsNgram(g, inputs.contextMatches, parameters.encoder_no_repeat_ngram_size),
          inputs.contextMask,
        ),
      ],
      [inputs.badWords.tokens, inputs.badWords.banned],
      [eos, g.less(length, parameters.min_length)],
    ];
    return ban(g, penalised, bans);
  });
  return g.scope('forced_eos', () => forceEnd(g, allowed, length, inputs));
}

/** Scores of tokens that the reply already has move away from being chosen. Source: arXiv 1909.05858. */
function penaliseRepetition(g: GraphBuilder, scores: Float, { reply, parameters }: ProcessorInputs): Float {
  const penalty = parameters.repetition_penalty;
  const seen = g.gatherColumns(scores, reply);
  const penalised = g.where(g.less(seen, g.float(0)), g.mul(seen, penalty), g.div(seen, penalty));
  return g.scatterColumns(scores, reply, penalised);
}

/** Scores with −∞ for each token [rows, n] whose flag [rows, n] is set. */
function ban(g: GraphBuilder, scores: Float, bans: [Int, Bool][]): Float {
  const never = g.float(Number.NEGATIVE_INFINITY);
  const unchanged = g.float(Number.POSITIVE_INFINITY);
  const tokens = bans.map(([token]) => token);
  const limits = bans.map(([, banned]) => g.where(banned, never, unchanged));
  return g.scatterColumnsMin(scores, g.concat(tokens, 1), g.concat(limits, 1));
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
