import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Continuations } from './hypotheses.ts';
import type { SearchRequest } from './search-request.ts';

type Float = Value<'float32'>;

/**
 * The 2 × width best continuations of a row's beams: were all of the best ones to end, as many are left to go on.
 * @param scores [batch, width, vocabulary], log-probabilities after the processors
 * @param soFar [batch, width], each beam's sum
 */
export function bestContinuations(
  g: GraphBuilder,
  { scores, soFar }: { scores: Float; soFar: Float },
  { width, vocabularySize }: SearchRequest,
): Continuations {
  const total = g.add(scores, g.unsqueeze(soFar, -1));
  const byRow = g.reshape(total, g.concat([g.size(soFar, 0), g.ints(-1)], 0));
  const best = g.topK(byRow, g.mul(width, g.ints(2)));
  return {
    parents: g.div(best.indices, g.int(vocabularySize)),
    tokens: g.mod(best.indices, g.int(vocabularySize)),
    scores: best.values,
  };
}
