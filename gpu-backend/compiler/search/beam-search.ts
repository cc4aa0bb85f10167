import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * The bookkeeping of beam search, step by step as transformers' `_beam_search` does it. Greedy search is the same with
 * one beam that ends with its first finished sequence and keeps no sum of scores.
 *
 * Shapes: [batch, beams] unless said otherwise; sequences [batch, beams, length], start token included.
 */
export type BeamState = {
  /** The beams that go on, best first. */
  sequences: Int;
  scores: Float;
  /** The best finished sequences so far, padded to the beams' length; free places have a score of −10⁹. */
  finishedSequences: Int;
  finishedLengths: Int;
  finishedScores: Float;
  isFinished: Bool;
  /** [batch]: nothing that comes can change the row's answer. It is the same whatever rows share the batch. */
  done: Bool;
};

export interface BeamSearchInputs {
  /** [1] */
  beams: Int;
  /** Scalar: greedy search, with one beam. */
  greedy: Bool;
  /** Each [batch, 1]. */
  maxLength: Int;
  lengthPenalty: Float;
  earlyStopping: Int;
  eosToken: number;
  padToken: number;
  vocabularySize: number;
}

/** A beam's candidates for the next step. `parents` are beams of the same row. */
interface Candidates {
  parents: Int;
  sequences: Int;
  scores: Float;
  /** Ended by the end token or by its maximum length. */
  ended: Bool;
}

// transformers' stand-in for −∞ where sums must stay finite.
const WORST = -1e9;
const EARLY_STOPPING_TRUE = 1;
const EARLY_STOPPING_NEVER = 2;

export function initialBeams(
  g: GraphBuilder,
  { batch, beams, startToken, padToken }: { batch: Int; beams: Int; startToken: number; padToken: number },
): BeamState {
  const shape = g.concat([batch, beams], 0);
  const grow = g.concat([shape, g.ints(1)], 0);
  const worst = g.expand(g.float(WORST), shape);
  const beamIndex = g.unsqueeze(g.range(g.squeeze(beams, 0)), 0);
  return {
    sequences: g.expand(g.int(startToken), grow),
    // All beams are equal at first: only the first one may have children, or the same would come from each.
    scores: g.where(g.greater(beamIndex, g.int(0)), worst, g.float(0)),
    finishedSequences: g.expand(g.int(padToken), grow),
    finishedLengths: g.expand(g.int(0), shape),
    finishedScores: worst,
    isFinished: g.expand(g.bool(false), shape),
    done: g.expand(g.bool(false), batch),
  };
}

/**
 * One step of the search.
 * @param scores [batch, beams, vocabulary]: log-probabilities (logits where greedy) after the processors
 * @returns the next state and, for each of its beams, the beam that it continues
 */
export function advanceBeams(
  g: GraphBuilder,
  scores: Float,
  state: BeamState,
  inputs: BeamSearchInputs,
): { state: BeamState; parents: Int } {
  const candidates = g.scope('candidates', () => bestCandidates(g, scores, state, inputs));
  const next = g.scope('running', () => chooseRunning(g, candidates, inputs.beams));
  const finished = g.scope('finished', () => keepFinished(g, candidates, state, inputs));
  const done = g.scope('done', () =>
    isDone(g, { state, candidates, running: next.scores, finished }, inputs),
  );
  return {
    state: { sequences: next.sequences, scores: next.scores, ...finished, done },
    parents: next.parents,
  };
}

/** The 2 × beams best continuations: were all of the best ones to end, as many are left to go on. */
function bestCandidates(
  g: GraphBuilder,
  scores: Float,
  state: BeamState,
  inputs: BeamSearchInputs,
): Candidates {
  const { beams, greedy, maxLength, eosToken, vocabularySize } = inputs;
  const soFar = g.where(greedy, g.float(0), state.scores);
  const total = g.add(scores, g.unsqueeze(soFar, -1));
  const batch = g.size(state.sequences, 0);
  const best = g.topK(g.reshape(total, g.concat([batch, g.ints(-1)], 0)), g.mul(beams, g.ints(2)));
  const parents = g.div(best.indices, g.int(vocabularySize));
  const tokens = g.mod(best.indices, g.int(vocabularySize));
  const newLength = g.add(g.size(state.sequences, 2), g.ints(1));
  return {
    parents,
    sequences: g.concat([g.gatherWithinBatch(state.sequences, parents), g.unsqueeze(tokens, -1)], 2),
    scores: best.values,
    ended: g.or(g.equal(tokens, g.int(eosToken)), g.greaterOrEqual(newLength, maxLength)),
  };
}

function chooseRunning(g: GraphBuilder, { parents, sequences, scores, ended }: Candidates, beams: Int) {
  const open = g.topK(g.add(scores, g.where(ended, g.float(WORST), g.float(0))), beams);
  return {
    parents: g.gatherColumns(parents, open.indices),
    sequences: g.gatherWithinBatch(sequences, open.indices),
    scores: open.values,
  };
}

type Finished = Pick<BeamState, 'finishedSequences' | 'finishedLengths' | 'finishedScores' | 'isFinished'>;

/** The best of the finished sequences so far and those of the first `beams` candidates that just ended. */
function keepFinished(
  g: GraphBuilder,
  candidates: Candidates,
  state: BeamState,
  inputs: BeamSearchInputs,
): Finished {
  const { beams, lengthPenalty, padToken } = inputs;
  const shape = g.concat([g.size(state.sequences, 0), beams, g.ints(1)], 0);
  const padded = g.concat([state.finishedSequences, g.expand(g.int(padToken), shape)], 2);
  const rank = g.range(g.squeeze(g.mul(beams, g.ints(2)), 0));
  const accepted = g.and(candidates.ended, g.less(rank, beams), g.not(g.unsqueeze(state.done, -1)));
  // The start token does not count, the new token does: the length that there was before the step.
  const length = g.size(state.sequences, 2);
  const normalised = g.div(candidates.scores, g.pow(g.cast(length, 'float32'), lengthPenalty));
  const scores = g.add(normalised, g.where(accepted, g.float(0), g.float(WORST)));
  const lengths = g.where(accepted, length, g.int(0));

  // The first of equals is taken, and a candidate that is as bad as a free place is still better.
  const best = g.topK(g.concat([scores, state.finishedScores], 1), beams);
  const keep = <T extends 'int64' | 'bool'>(added: Value<T>, old: Value<T>) =>
    g.gatherColumns(g.concat([added, old], 1), best.indices);
  return {
    finishedSequences: g.gatherWithinBatch(g.concat([candidates.sequences, padded], 1), best.indices),
    finishedLengths: keep(lengths, state.finishedLengths),
    finishedScores: best.values,
    isFinished: keep(accepted, state.isFinished),
  };
}

/** transformers' three reasons to stop, for each row by itself: no better end in sight, enough ends, no way to go on. */
function isDone(
  g: GraphBuilder,
  step: { state: BeamState; candidates: Candidates; running: Float; finished: Finished },
  { greedy, maxLength, lengthPenalty, earlyStopping }: BeamSearchInputs,
): Bool {
  const { state, candidates, running, finished } = step;
  // Early stopping "never" hopes for the longest reply if longer is better; otherwise the present length is taken.
  const hopesForLongest = g.and(
    g.equal(earlyStopping, g.int(EARLY_STOPPING_NEVER)),
    g.greater(lengthPenalty, g.float(0)),
  );
  const length = g.where(hopesForLongest, g.sub(maxLength, g.int(1)), g.size(state.sequences, 2));
  const best = g.slice(running, 1, g.ints(0), g.ints(1));
  const bestPossible = g.div(best, g.pow(g.cast(length, 'float32'), lengthPenalty));
  const worstFinished = g.where(
    finished.isFinished,
    g.min(finished.finishedScores, 1, { keepDims: true }),
    g.float(WORST),
  );
  const improvable = g.any(g.greater(bestPossible, worstFinished), 1);

  const stopsEarly = g.or(greedy, g.equal(g.squeeze(earlyStopping, 1), g.int(EARLY_STOPPING_TRUE)));
  const enough = g.and(stopsEarly, g.all(finished.isFinished, 1));
  return g.or(state.done, g.not(improvable), enough, g.all(candidates.ended, 1));
}
