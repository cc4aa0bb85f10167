import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { rowsWhere, type SomeRows } from './some-rows.ts';

type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * Sequences of tokens to look for at the end of a reply: [batch, n, length], each at the right end of its places and −1 before
 * it. The first place is never used, so that there is one even for sequences of no token.
 */
export type TokenPatterns = Int;

/** The patterns of a batch. */
export interface BatchPatterns extends SomeRows {
  /** Of the rows that have any: [rows, n, length]. */
  patterns: TokenPatterns;
  /** Which rows have any: [batch, 1]. */
  isRow: Bool;
  /** Whether any row has. */
  isNeeded: Bool;
}

/** @param sequences [batch, n, length], −1 behind each */
export function readPatterns(g: GraphBuilder, sequences: Int): BatchPatterns {
  const { patterns, isNeeded } = alignRight(g, sequences);
  const count = g.sum(g.cast(g.greaterOrEqual(lastTokens(g, patterns), g.int(0)), 'int64'), 1, {
    keepDims: true,
  });
  const isRow = g.greater(count, g.int(0));
  const some = rowsWhere(g, isRow);
  return { ...some, patterns: g.gather(patterns, some.rows), isRow, isNeeded };
}

const ANY = -1;
// Stands before a reply where a sequence is longer than it: no token, and no pattern's either.
const NOTHING = -2;

/**
 * Moves sequences to the right end of their places.
 * @param sequences [batch, n, length], −1 behind each
 */
export function alignRight(g: GraphBuilder, sequences: Int): { patterns: TokenPatterns; isNeeded: Bool } {
  const shape = g.concat([g.size(sequences, 0), g.size(sequences, 1), g.ints(1)], 0);
  const filler = g.expand(g.int(ANY), shape);
  const isNeeded = g.greater(g.squeeze(g.mul(g.size(sequences, 1), g.size(sequences, 2)), 0), g.int(0));
  const patterns = g.ifElse(
    isNeeded,
    (b) => {
      const isToken = b.greaterOrEqual(sequences, b.int(0));
      const lengths = b.sum(b.cast(isToken, 'int64'), 2, { keepDims: true });
      const places = b.size(sequences, 2);
      const source = b.sub(b.range(b.squeeze(places, 0)), b.sub(places, lengths));
      const moved = b.gatherElements(sequences, b.maximum(source, b.int(0)), 2);
      const aligned = b.where(b.less(source, b.int(0)), b.int(ANY), moved);
      return b.concat([filler, aligned], 2);
    },
    () => filler,
  );
  return { patterns, isNeeded };
}

/**
 * Whether replies [batch, hypotheses, length] end with each of the patterns: [batch, hypotheses, n]. Every reply ends with a
 * pattern of no token.
 */
export function endsWith(g: GraphBuilder, replies: Int, patterns: TokenPatterns): Bool {
  const length = g.size(patterns, 2);
  const before = g.expand(g.int(NOTHING), g.concat([g.size(replies, 0), g.size(replies, 1), length], 0));
  const padded = g.concat([before, replies], 2);
  const newest = g.unsqueeze(g.slice(padded, 2, g.size(replies, 2), g.size(padded, 2)), 2);
  const wanted = g.unsqueeze(patterns, 1);
  return g.all(g.or(g.less(wanted, g.int(0)), g.equal(newest, wanted)), 3);
}

/** The last token of each pattern, −1 for a pattern of none: [batch, n]. */
export function lastTokens(g: GraphBuilder, patterns: TokenPatterns): Int {
  return g.gather(patterns, g.int(-1), 2);
}
