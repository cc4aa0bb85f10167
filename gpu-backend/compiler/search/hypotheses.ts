import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { bestContinuations } from './beams.ts';
import { ownContinuations } from './chains.ts';
import type { SearchRequest } from './search-request.ts';
import { hasEnded } from './stopping.ts';
import { extendLogprobs } from './token-logprobs.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * The bookkeeping of all ways to choose. For beams it goes step by step as transformers' `_beam_search`; rows with one beam
 * are the case in which every hypothesis continues itself, keeps no sum of scores and has a place of its own among the
 * finished.
 *
 * Shapes: [batch, width] unless said otherwise; sequences [batch, width, length], start token included.
 */
export type HypothesisState = {
  /** The hypotheses that go on; beams are best first. */
  sequences: Int;
  /** Sums of log-probabilities (0 for independent ones); about −10⁹ for what has ended. */
  scores: Float;
  /** The best finished sequences so far, padded to the running ones' length; free places have a score of −10⁹. */
  finishedSequences: Int;
  finishedLengths: Int;
  finishedScores: Float;
  isFinished: Bool;
  /** [batch]: nothing that comes can change the row's answer. It is the same whatever rows share the batch. */
  done: Bool;
  /** [batch, width, length − 1] where any row asks for them, of length 0 otherwise. */
  logprobs: Float;
  finishedLogprobs: Float;
};

/** What may come next: [batch, 2 × width] each, the best or the hypotheses' own first. `parents` are hypotheses of the same row. */
export type Continuations = {
  parents: Int;
  tokens: Int;
  scores: Float;
};

interface Candidates extends Continuations {
  /** [batch, 2 × width, length + 1] */
  sequences: Int;
  /** Not to be continued. */
  ended: Bool;
  /** Ended now, and worth a place among the finished. */
  accepted: Bool;
}

// transformers' stand-in for −∞ where sums must stay finite, and what no real sum falls below.
const WORST = -1e9;
const HOPELESS = WORST / 2;

export function initialHypotheses(g: GraphBuilder, request: SearchRequest): HypothesisState {
  const { batch, width, tokens } = request;
  const shape = g.concat([batch, width], 0);
  const grow = g.concat([shape, g.ints(1)], 0);
  const worst = g.expand(g.float(WORST), shape);
  const noLogprobs = g.expand(g.float(0), g.concat([shape, g.ints(0)], 0));
  // All beams are equal at first: unless each draws its own token, only one may have children, or all would have the same.
  const isSpare = g.and(g.greater(request.places, g.int(0)), g.not(request.drawsFirst));
  return {
    sequences: g.expand(g.int(tokens.decoderStart), grow),
    scores: g.expand(g.where(isSpare, g.float(WORST), g.float(0)), shape),
    finishedSequences: g.expand(g.int(tokens.pad), grow),
    finishedLengths: g.expand(g.int(0), shape),
    finishedScores: worst,
    isFinished: g.expand(g.bool(false), shape),
    done: g.expand(g.bool(false), batch),
    logprobs: noLogprobs,
    finishedLogprobs: noLogprobs,
  };
}

/**
 * One step of the search.
 * @param scores [batch, width, vocabulary]: log-probabilities (logits in rows with one beam) after the processors
 * @param logits [rows, vocabulary], the model's
 * @returns the next state and, for each of its hypotheses, the one that it continues
 */
export function advance(
  g: GraphBuilder,
  { scores, logits, state }: { scores: Float; logits: Float; state: HypothesisState },
  request: SearchRequest,
): { state: HypothesisState; parents: Int } {
  const step = g.sub(g.size(state.sequences, 2), g.ints(1));
  const candidates = g.scope('candidates', () => findCandidates(g, { scores, state, step }, request));
  const running = g.scope('running', () => chooseRunning(g, candidates, step, request));
  const finished = g.scope('finished', () => keepFinished(g, candidates, state, request));
  const chosen = { running: running.places, finished: finished.places };
  const logprobs = g.scope('logprobs', () =>
    extendLogprobs(g, { logits, state, continuations: candidates }, chosen, request),
  );
  const done = g.scope('done', () =>
    isDone(g, { state, candidates, running: running.scores, finished: finished.state }, request),
  );
  return {
    state: {
      sequences: running.sequences,
      scores: running.scores,
      ...finished.state,
      done,
      ...logprobs,
    },
    parents: running.parents,
  };
}

/** Whether the hypotheses of a row each continue themselves in this step: [batch, 1]. */
function continuesItself(g: GraphBuilder, step: Int, { independent, beamDelay }: SearchRequest): Bool {
  return g.or(independent, g.less(step, beamDelay));
}

function findCandidates(
  g: GraphBuilder,
  { scores, state, step }: { scores: Float; state: HypothesisState; step: Int },
  request: SearchRequest,
): Candidates {
  const { needs, width, candidatePlaces, drawsFirst } = request;
  const soFar = state.scores;
  const anyOwn = g.or(needs.independence, g.less(g.squeeze(step, 0), needs.longestDelay));
  const continuations = g.ifElseAll(
    anyOwn,
    (someOwn) => {
      const isOwn = continuesItself(someOwn, step, request);
      const draws = someOwn.and(request.sampled, isOwn, someOwn.not(someOwn.unsqueeze(state.done, -1)));
      const own = ownContinuations(someOwn, { scores, soFar, draws, step }, request);
      return someOwn.ifElseAll(
        needs.beams,
        (b) => {
          const best = bestContinuations(b, { scores, soFar }, request);
          return {
            parents: b.where(isOwn, own.parents, best.parents),
            tokens: b.where(isOwn, own.tokens, best.tokens),
            scores: b.where(isOwn, own.scores, best.scores),
          };
        },
        () => own,
      );
    },
    (b) => bestContinuations(b, { scores, soFar }, request),
  );
  const { parents, tokens } = continuations;
  const sequences = g.concat([g.gatherWithinBatch(state.sequences, parents), g.unsqueeze(tokens, -1)], 2);
  const ends = hasEnded(g, { replies: sequences, newest: tokens }, request);
  // Beam search may have to answer what it holds to be impossible; of what draws for itself, the ended must not end again.
  const isHopeless = g.and(drawsFirst, g.less(continuations.scores, g.float(HOPELESS)));
  const isFirstHalf = g.less(candidatePlaces, width);
  return {
    ...continuations,
    sequences,
    ended: g.or(ends, isHopeless),
    accepted: g.and(ends, g.not(isHopeless), isFirstHalf, g.not(g.unsqueeze(state.done, -1))),
  };
}

/** The best continuations that have not ended, or the hypotheses' own. `places` are those among the candidates. */
function chooseRunning(
  g: GraphBuilder,
  { parents, sequences, scores, ended }: Candidates,
  step: Int,
  request: SearchRequest,
) {
  const open = g.add(scores, g.where(ended, g.float(WORST), g.float(0)));
  const best = g.topK(open, request.width).indices;
  const places = g.where(continuesItself(g, step, request), request.places, best);
  return {
    places,
    parents: g.gatherColumns(parents, places),
    sequences: g.gatherWithinBatch(sequences, places),
    scores: g.gatherColumns(open, places),
  };
}

type Finished = Pick<
  HypothesisState,
  'finishedSequences' | 'finishedLengths' | 'finishedScores' | 'isFinished'
>;

/**
 * The best of the finished sequences so far and of those candidates that just ended. An independent hypothesis' own place is
 * filled once, when it ends. `places` are those among the candidates and, behind them, the finished.
 */
function keepFinished(
  g: GraphBuilder,
  { accepted, ...candidates }: Candidates,
  state: HypothesisState,
  request: SearchRequest,
): { places: Int; state: Finished } {
  const { width, lengthPenalty, independent, tokens, places: own } = request;
  const shape = g.concat([g.size(state.sequences, 0), width, g.ints(1)], 0);
  const padded = g.concat([state.finishedSequences, g.expand(g.int(tokens.pad), shape)], 2);
  // The start token does not count, the new token does: the length that there was before the step.
  const length = g.size(state.sequences, 2);
  const normalised = g.div(candidates.scores, g.pow(g.cast(length, 'float32'), lengthPenalty));
  const added = g.add(normalised, g.where(accepted, g.float(0), g.float(WORST)));
  const scores = g.concat([added, state.finishedScores], 1);

  // The first of equals is taken, and a candidate that is as bad as a free place is still better.
  const best = g.topK(scores, width).indices;
  const endsNow = g.slice(accepted, 1, g.ints(0), width);
  const ownFinished = g.where(endsNow, own, g.add(own, g.mul(width, g.ints(2))));
  const places = g.where(independent, ownFinished, best);
  const keep = <T extends 'int64' | 'float32' | 'bool'>(both: Value<T>) => g.gatherColumns(both, places);
  const lengths = g.where(accepted, length, g.int(0));
  return {
    places,
    state: {
      finishedSequences: g.gatherWithinBatch(g.concat([candidates.sequences, padded], 1), places),
      finishedLengths: keep(g.concat([lengths, state.finishedLengths], 1)),
      finishedScores: keep(scores),
      isFinished: keep(g.concat([accepted, state.isFinished], 1)),
    },
  };
}

/**
 * transformers' three reasons to stop, for each row by itself: no better end in sight, enough ends, no way to go on. For
 * independent hypotheses the first comes true when all have ended.
 */
function isDone(
  g: GraphBuilder,
  step: { state: HypothesisState; candidates: Candidates; running: Float; finished: Finished },
  { maxLength, lengthPenalty, hopesForLongest, stopsEarly }: SearchRequest,
): Bool {
  const { state, candidates, running, finished } = step;
  // transformers hopes for the longest reply only where early stopping is "never" and longer is better.
  const length = g.where(hopesForLongest, g.sub(maxLength, g.int(1)), g.size(state.sequences, 2));
  const best = g.max(running, 1, { keepDims: true });
  const bestPossible = g.div(best, g.pow(g.cast(length, 'float32'), lengthPenalty));
  const worstFinished = g.where(
    finished.isFinished,
    g.min(finished.finishedScores, 1, { keepDims: true }),
    g.float(WORST),
  );
  const improvable = g.any(g.greater(bestPossible, worstFinished), 1);

  const enough = g.and(g.squeeze(stopsEarly, 1), g.all(finished.isFinished, 1));
  return g.or(state.done, g.not(improvable), enough, g.all(candidates.ended, 1));
}
