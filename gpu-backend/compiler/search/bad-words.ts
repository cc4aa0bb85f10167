import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { SearchRequest } from './search-request.ts';
import { endsWith, lastTokens } from './token-patterns.ts';

type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/** Tokens [rows, n] and whether each must not come next. */
export interface TokenBans {
  tokens: Int;
  banned: Bool;
}

/**
 * The tokens that would complete a banned sequence. As in transformers, the end token by itself is no such sequence and the start
 * token counts as the reply's first.
 * @param reply [rows, length]
 */
export function badWordBans(
  g: GraphBuilder,
  reply: Int,
  { needs, badWords, batch, width, rows, tokens: { eos } }: SearchRequest,
): TokenBans {
  return g.ifElseAll(
    needs.badWords,
    (b) => {
      const { patterns, rows: having, placeOf, isRow } = badWords;
      const count = b.size(patterns, 1);
      const last = lastTokens(b, patterns);
      const length = b.size(patterns, 2);
      const beginnings = b.slice(patterns, 2, b.ints(0), b.sub(length, b.ints(1)));
      const replies = b.reshape(reply, b.concat([batch, width, b.ints(-1)], 0));
      const hasBeginning = b.max(beginnings, 2);
      const isEndAlone = b.and(b.equal(last, b.int(eos)), b.less(hasBeginning, b.int(0)));
      const isSequence = b.and(b.greaterOrEqual(last, b.int(0)), b.not(isEndAlone));
      const isFound = b.and(endsWith(b, b.gather(replies, having), beginnings), b.unsqueeze(isSequence, 1));
      const isBegun = b.and(b.gather(isFound, placeOf), b.unsqueeze(isRow, 2));
      const byRow = b.concat([rows, count], 0);
      const everywhere = b.expand(
        b.unsqueeze(b.maximum(b.gather(last, placeOf), b.int(0)), 1),
        b.concat([batch, width, count], 0),
      );
      return { tokens: b.reshape(everywhere, byRow), banned: b.reshape(isBegun, byRow) };
    },
    (b) => {
      const none = b.concat([rows, b.ints(0)], 0);
      return { tokens: b.expand(b.int(0), none), banned: b.expand(b.bool(false), none) };
    },
  );
}
