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
      const isSequence = b.unsqueeze(b.greaterOrEqual(lastTokens(b, stopSequences), b.int(0)), 1);
      return b.any(b.and(endsWith(b, replies, stopSequences), isSequence), 2);
    },
    (b) => b.expand(b.bool(false), b.ints(1, 1)),
  );
  return g.or(g.equal(newest, g.int(tokens.eos)), g.greaterOrEqual(g.size(replies, 2), maxLength), isStopped);
}
