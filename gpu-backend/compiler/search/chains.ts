import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Continuations } from './hypotheses.ts';
import { drawTokens } from './sampling.ts';
import type { SearchRequest } from './search-request.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * Every hypothesis' own continuation, twice over, so that there are as many as beams have: its best token, or a drawn one. A beam that
 * draws adds the token's log-probability as it was before the temperature and the cuts (as ParlAI does); the others keep no
 * sum.
 * @param scores [batch, width, vocabulary], after the processors
 * @param soFar [batch, width]
 * @param draws which rows draw in this step: [batch, 1]
 * @param step how many tokens each reply has, the start token not counted: [1]
 */
export function ownContinuations(
  g: GraphBuilder,
  { scores, soFar, draws, step }: { scores: Float; soFar: Float; draws: Bool; step: Int },
  request: SearchRequest,
): Continuations {
  const { needs, independent, batch, width, places } = request;
  const best = g.argMax(scores);
  const chosen = g.ifElseAll(
    g.or(needs.sampling, needs.beams),
    (b) => {
      const drawn = b.ifElse(
        needs.sampling,
        (c) => c.where(draws, drawTokens(c, { scores, draws, step }, request), best),
        () => best,
      );
      const added = b.squeeze(b.gatherElements(scores, b.unsqueeze(drawn, -1), 2), -1);
      return { tokens: drawn, sums: b.add(soFar, b.where(independent, b.float(0), added)) };
    },
    () => ({ tokens: best, sums: soFar }),
  );
  const own = g.expand(places, g.concat([batch, width], 0));
  const twice = <T extends 'int64' | 'float32'>(x: Value<T>) => g.concat([x, x], 1);
  return { parents: twice(own), tokens: twice(chosen.tokens), scores: twice(chosen.sums) };
}
