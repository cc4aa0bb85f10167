import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Needs, SearchRequest } from './search-request.ts';
import { rowsWhere } from './some-rows.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

// The least finite float32: what is below it is −∞.
const LOWEST = -3.4028234663852886e38;

/** What is drawn with. */
type DrawRequest = Pick<SearchRequest, 'width' | 'vocabularySize' | 'uniforms'> & {
  perHypothesis: Pick<SearchRequest['perHypothesis'], 'temperature' | 'top_k' | 'top_p' | 'min_p'>;
  needs: Pick<Needs, 'wholeVocabulary'>;
};

/** The tokens that may be drawn, the most probable first: each [rows, places]. */
interface Ranked {
  scores: Float;
  ids: Int;
  /** 0, 1, 2, … [places]. */
  ranks: Int;
  /** False from some place on. */
  isKept: Bool;
  /** What the tokens weigh that are kept and not among these, the most probable one weighing 1: [rows, 1]. */
  unranked: Float;
}

/** What a hypothesis draws from, and with: [rows, vocabulary], and each [rows, 1]. */
interface Draw {
  scores: Float;
  drawing: Bool;
  uniform: Float;
}

/**
 * A token for each hypothesis, drawn with its random number after transformers' warpers in their order: temperature, top-k,
 * top-p, min-p. With the tokens in order of falling probability (the lower id first among equals), the drawn one is the
 * first up to which the probabilities of the kept ones add up to more than the number's share of their sum.
 * @param scores [batch, width, vocabulary], after the processors
 * @param draws which rows draw: [batch, 1]
 * @param step which of its numbers each hypothesis draws with: [1]
 * @returns [batch, width]; of no use in rows that do not draw
 */
export function drawTokens(
  g: GraphBuilder,
  { scores, draws, step }: { scores: Float; draws: Bool; step: Int },
  request: DrawRequest,
): Int {
  const { perHypothesis, uniforms, vocabularySize, width } = request;
  const { rows, placeOf } = rowsWhere(g, draws);
  // A sort takes long, and would be everybody's: beside a row that draws from many tokens others would wait for as many of their own.
  const ofRows = <T extends 'int64' | 'float32' | 'bool'>(x: Value<T>) =>
    g.reshape(g.gather(g.reshape(x, g.concat([g.ints(-1), width], 0)), rows), g.ints(-1, 1));
  const perDrawn = {
    temperature: ofRows(perHypothesis.temperature),
    top_k: ofRows(perHypothesis.top_k),
    top_p: ofRows(perHypothesis.top_p),
    min_p: ofRows(perHypothesis.min_p),
  };
  const drawing = g.expand(g.gather(draws, rows), g.concat([g.size(rows, 0), width], 0));
  const drawn = drawEach(
    g,
    {
      scores: g.div(g.reshape(g.gather(scores, rows), g.ints(-1, vocabularySize)), perDrawn.temperature),
      drawing: g.reshape(drawing, g.ints(-1, 1)),
      uniform: ofRows(numbersOfStep(g, uniforms, step)),
    },
    { ...request, perHypothesis: perDrawn },
  );
  return g.gather(g.reshape(drawn, g.concat([g.ints(-1), width], 0)), placeOf);
}

/** A token for each of the hypotheses: [hypotheses, 1]. */
function drawEach(g: GraphBuilder, draw: Draw, request: DrawRequest): Int {
  const { top_p, min_p } = request.perHypothesis;
  const ranked = rankTokens(g, draw, request);
  // Relative to the most probable token, which is 1.
  const best = g.slice(ranked.scores, 1, g.ints(0), g.ints(1));
  const weights = g.where(ranked.isKept, g.exp(g.sub(ranked.scores, best)), g.float(0));
  const kept = g.and(keepsTopP(g, weights, ranked, top_p), g.greaterOrEqual(weights, min_p), ranked.isKept);

  const upTo = g.cumulativeSum(g.where(kept, weights, g.float(0)));
  const total = g.add(
    g.max(upTo, 1, { keepDims: true }),
    g.where(g.less(top_p, g.float(1)), g.float(0), ranked.unranked),
  );
  const passed = g.cast(g.greaterOrEqual(g.mul(draw.uniform, total), upTo), 'int64');
  // Rounding may bring the number's share up to the whole sum, which no token passes.
  const last = g.sub(g.sum(g.cast(kept, 'int64'), 1, { keepDims: true }), g.int(1));
  const drawn = g.maximum(g.minimum(g.sum(passed, 1, { keepDims: true }), last), g.int(0));
  return g.gatherColumns(ranked.ids, drawn);
}

/** Whether top-k takes anything away. */
export function cutsTopK(g: GraphBuilder, k: Int, vocabularySize: number): Bool {
  return g.and(g.greater(k, g.int(0)), g.less(k, g.int(vocabularySize)));
}

/**
 * Sorts as many of the best tokens as any hypothesis that draws can draw from: of all hypotheses, since they are sorted together. As in
 * transformers, top-k keeps all tokens that are as probable as the k-th.
 */
function rankTokens(g: GraphBuilder, draw: Draw, request: DrawRequest): Ranked {
  const { scores, drawing } = draw;
  const { perHypothesis, vocabularySize, needs } = request;
  const k = g.where(drawing, perHypothesis.top_k, g.int(1));
  const cuts = cutsTopK(g, k, vocabularySize);
  const place = g.where(cuts, k, g.int(1));
  const largest = g.topK(scores, g.reshape(g.max(place, 0), g.ints(1))).values;
  const kth = g.maximum(g.gatherColumns(largest, g.sub(place, g.int(1))), g.float(LOWEST));
  const tail = g.ifElseAll(
    needs.wholeVocabulary,
    (b) => outOfReach(b, { ...draw, best: b.slice(largest, 1, b.ints(0), b.ints(1)) }, request),
    (b) => ({ threshold: b.float(LOWEST), weight: b.float(0) }),
  );
  const threshold = g.where(cuts, kth, tail.threshold);
  const counts = g.sum(g.cast(g.greaterOrEqual(scores, threshold), 'int64'), 1);
  const places = g.maximum(g.max(counts, 0, { keepDims: true }), g.ints(1));
  const { values, indices } = g.topK(scores, places);
  return {
    scores: values,
    ids: indices,
    ranks: g.range(g.squeeze(places, 0)),
    isKept: g.greaterOrEqual(values, threshold),
    unranked: g.where(cuts, g.float(0), tail.weight),
  };
}

/**
 * The tail of the tokens that cannot be drawn whatever the order in it, where top-k cuts nothing: most of a vocabulary, and sorting is
 * what drawing takes time for. What weighs less than the vocabulary's size-th part of some share of all weighs less than that
 * share together. top-p cuts such a tail off if the share is 1 − top_p; else, if it is 1 − the random number, the drawn token is before it. Half of
 * either leaves room for rounding.
 * @returns [rows, 1] each: the score from which on tokens may be drawn, and the weight of those below that top-p and min-p keep
 */
function outOfReach(
  g: GraphBuilder,
  { scores, uniform, best }: Draw & { best: Float },
  { perHypothesis: { top_p, min_p }, vocabularySize }: DrawRequest,
): { threshold: Float; weight: Float } {
  // Above −∞, from which nothing can be taken away.
  const highest = g.maximum(best, g.float(LOWEST));
  const weights = g.exp(g.sub(scores, highest));
  const cutsTopP = g.less(top_p, g.float(1));
  const share = g.sub(g.float(1), g.where(cutsTopP, top_p, uniform));
  const least = g.mul(g.sum(weights, 1, { keepDims: true }), g.div(share, g.float(2 * vocabularySize)));
  const threshold = g.maximum(g.add(highest, g.log(least)), g.float(LOWEST));
  const isKept = g.or(cutsTopP, g.greaterOrEqual(weights, min_p));
  const unranked = g.where(g.and(g.less(scores, threshold), isKept), weights, g.float(0));
  return { threshold, weight: g.sum(unranked, 1, { keepDims: true }) };
}

/**
 * The fewest tokens whose probabilities add up to `topP` or more, and one at least: a token falls away where it and those behind it
 * have 1 − topP or less together.
 */
function keepsTopP(g: GraphBuilder, weights: Float, { ranks, unranked }: Ranked, topP: Float): Bool {
  const total = g.add(g.sum(weights, 1, { keepDims: true }), unranked);
  const behind = g.add(g.cumulativeSum(weights, { fromEnd: true }), unranked);
  return g.or(g.greater(g.div(behind, total), g.sub(g.float(1), topP)), g.equal(ranks, g.int(0)));
}

/** [batch, width]. Rows that have drawn all of theirs get some number that they do not use. */
function numbersOfStep(g: GraphBuilder, uniforms: Float, step: Int): Float {
  const last = g.sub(g.size(uniforms, 2), g.ints(1));
  return g.squeeze(g.gather(uniforms, g.minimum(step, last), 2), 2);
}
