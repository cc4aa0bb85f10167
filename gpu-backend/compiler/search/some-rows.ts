import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/** Rows of a batch that something is to be done for, so that their neighbours need not wait for as much of their own. */
export interface SomeRows {
  /** Which, in order; one that is none of them where there are none, for nothing can be made of no rows: [n]. */
  rows: Int;
  /** Where among them each row of the batch is found; anywhere, where it is none of them: [batch]. */
  placeOf: Int;
}

/** @param flags [batch, 1] */
export function rowsWhere(g: GraphBuilder, flags: Bool): SomeRows {
  const chosen = g.reshape(g.cast(flags, 'float32'), g.ints(1, -1));
  const count = g.maximum(g.cast(g.sum(chosen, 1), 'int64'), g.ints(1));
  // The first row has the largest number, and no two the same: a provider that ordered equal ones in its own way would mix up rows.
  const size = g.size(chosen, 1);
  const falling = g.cast(g.sub(size, g.range(g.squeeze(size, 0))), 'float32');
  const rows = g.reshape(g.topK(g.mul(chosen, falling), count).indices, g.ints(-1));
  const upTo = g.cast(g.reshape(g.cumulativeSum(chosen), g.ints(-1)), 'int64');
  return { rows, placeOf: g.maximum(g.sub(upTo, g.ints(1)), g.ints(0)) };
}
