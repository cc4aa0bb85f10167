import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * N-gram blocking without a fixed n. For every position i of a row of tokens, `matches[row, i]` counts how many tokens
 * right before i equal the newest tokens of the reply. A token that would repeat an n-gram is one that stands after
 * a match of n − 1 tokens or more, for any n; one more token of the reply shifts the matches by one position.
 */

/** Matches before the reply has a token: none. The shape of `tokens`. */
export function noMatches(g: GraphBuilder, tokens: Int): Int {
  return g.mul(tokens, g.int(0));
}

/**
 * The matches after the reply got one more token.
 * @param tokens [rows, length]
 * @param matches [rows, length]
 * @param next [rows, 1]
 * @returns [rows, length + 1]: also the match before a token that `tokens` does not hold yet
 */
export function extendMatches(
  g: GraphBuilder,
  { tokens, matches, next }: { tokens: Int; matches: Int; next: Int },
): Int {
  const extended = g.where(g.equal(tokens, next), g.add(matches, g.int(1)), g.int(0));
  const none = g.mul(next, g.int(0));
  return g.concat([none, extended], 1);
}

/** Which tokens would repeat an n-gram if they came next. `ngramSize` [rows, 1]; 0 blocks nothing. */
export function repeatsNgram(g: GraphBuilder, matches: Int, ngramSize: Int): Bool {
  return g.and(g.greater(ngramSize, g.int(0)), g.greaterOrEqual(matches, g.sub(ngramSize, g.int(1))));
}
