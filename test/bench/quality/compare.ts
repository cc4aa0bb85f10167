import type { Precision } from '../../../gpu-backend/compiler/manifest.ts';
import type { Score } from './scoring-session.ts';

/** What was measured at one precision; replies are token ids. */
export interface Measured {
  precision: Precision;
  /** Of the weights. */
  bytes: number;
  scores: Score[];
  greedyReplies: number[][];
  beamReplies: number[][];
}

/** One precision against the first, each share from 0 to 1. */
export interface QualityLine {
  precision: Precision;
  bytes: number;
  /** Of the held-out replies, per token. */
  perplexity: number;
  /** Mean change of a given token's log-probability, up or down. */
  logProbabilityChange: number;
  /** Tokens of the held-out replies where the likeliest next token is the same. */
  sameChoices: number;
  /** Tokens of greedy replies before the first that differs, as a share of all. */
  sameGreedyTokens: number;
  sameGreedyReplies: number;
  /** Replies of beam search that are the same to the last token. */
  sameBeamReplies: number;
}

export function compareWithReference(measured: Measured[]): QualityLine[] {
  const reference = measured[0]!;
  const expected = flatten(reference.scores);
  return measured.map(({ precision, bytes, scores, greedyReplies, beamReplies }) => {
    const { logProbabilities, choices } = flatten(scores);
    const changes = logProbabilities.map((value, index) =>
      Math.abs(value - expected.logProbabilities[index]!),
    );
    return {
      precision,
      bytes,
      perplexity: Math.exp(-mean(logProbabilities)),
      logProbabilityChange: mean(changes),
      sameChoices: mean(choices.map((choice, index) => Number(choice === expected.choices[index]))),
      sameGreedyTokens: samePrefixes(greedyReplies, reference.greedyReplies),
      sameGreedyReplies: sameReplies(greedyReplies, reference.greedyReplies),
      sameBeamReplies: sameReplies(beamReplies, reference.beamReplies),
    };
  });
}

function flatten(scores: Score[]): Score {
  return {
    logProbabilities: scores.flatMap((score) => score.logProbabilities),
    choices: scores.flatMap((score) => score.choices),
  };
}

/** After the first other token replies are different ones, however much they have in common. */
function samePrefixes(replies: number[][], expected: number[][]): number {
  let same = 0;
  for (const [index, reply] of replies.entries()) {
    const differs = expected[index]!.findIndex((token, place) => token !== reply[place]);
    same += differs === -1 ? expected[index]!.length : differs;
  }
  return same / expected.flat().length;
}

function sameReplies(replies: number[][], expected: number[][]): number {
  return mean(replies.map((reply, index) => Number(reply.join() === expected[index]!.join())));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
