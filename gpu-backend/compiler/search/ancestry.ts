import type { Hidden, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

/*
 * Which entries of the cache each beam descends from, as what is added to its attention scores: [batch, beams, entries], 0 for a
 * beam's own entries, else `HIDDEN`. Following a parent moves a few numbers for each entry instead of all keys and values
 * of all layers.
 */

// Far below any score, so that the softmax gives exactly 0, and finite in float16.
const HIDDEN = -30_000;

export function noEntries(g: GraphBuilder, batch: Int, beams: Int): Float {
  return g.expand(g.float(0), g.concat([batch, beams, g.ints(0)], 0));
}

/** What a step adds, one entry for each beam and its own: [batch, beams, beams]. */
export function entriesOfStep(g: GraphBuilder, batch: Int, beams: Int): Float {
  const beam = g.range(g.squeeze(beams, 0));
  const isOwn = g.equal(g.unsqueeze(beam, 1), beam);
  const hidden = g.where(isOwn, g.float(0), g.float(HIDDEN));
  return g.expand(hidden, g.concat([batch, beams, beams], 0));
}

/** Ancestry and cache without the entries that no beam of their row descends from. */
export function compact(
  g: GraphBuilder,
  entries: Float,
  cache: Record<string, Hidden>,
): { entries: Float; cache: Record<string, Hidden> } {
  const [batch, beams] = [g.size(entries, 0), g.size(entries, 1)];
  // [batch, entries]: 0 where any beam descends from the entry.
  const best = g.max(entries, 1);
  const alive = g.cast(g.greaterOrEqual(best, g.float(0)), 'int64');
  const most = g.max(g.reshape(g.sum(alive, 1), g.ints(-1)), 0, { keepDims: true });
  // Rows with fewer keep some dead entries. Of equals the first comes first: the order stays.
  const kept = g.topK(best, most).indices;
  const forBeams = g.expand(g.unsqueeze(kept, 1), g.concat([batch, beams, most], 0));
  const heads = g.size(Object.values(cache)[0]!, 1);
  const forHeads = g.expand(g.unsqueeze(kept, 1), g.concat([batch, heads, most], 0));
  const keep = (value: Hidden) => g.gatherWithinBatch(value, forHeads, 2);
  return {
    entries: g.gatherElements(entries, forBeams, 2),
    cache: Object.fromEntries(Object.entries(cache).map(([name, value]) => [name, keep(value)])),
  };
}
