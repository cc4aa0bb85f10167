import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { SearchRequest } from './search-request.ts';
import { endsWith, lastTokens } from './token-patterns.ts';

type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * Which replies end with their newest token: it is the end token, the last that fits, or completes a stop sequence.
 * @param replies [batch, hypotheses, length], the start token and the newest one included
 * @returns [batch, hypotheses]
 */
export function hasEnded(
  g: GraphBuilder,
  { replies, newest }: { replies: Int; newest: Int },
  { tokens, maxLength, needs, stopSequences }: SearchRequest,
): Bool {
  const isStopped = g.ifElse(
    needs.stopSequences,
    (b) => {
      const { patterns, rows, placeOf, isRow } = stopSequences;
      const isSequence = b.unsqueeze(b.greaterOrEqual(lastTokens(b, patterns), b.int(0)), 1);
      const isFound = b.any(b.and(endsWith(b, b.gather(replies, rows), patterns), isSequence), 2);
      return b.and(b.gather(isFound, placeOf), isRow);
    },
    (b) => b.expand(b.bool(false), b.ints(1, 1)),
  );
  return g.or(g.equal(newest, g.int(tokens.eos)), g.greaterOrEqual(g.size(replies, 2), maxLength), isStopped);
}
