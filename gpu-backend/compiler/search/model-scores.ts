import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { SearchRequest } from './search-request.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

/**
 * The scores that the logits processors start from, [rows, vocabulary]: beams add up log-probabilities; the others take the
 * logits, as transformers does. `logit_bias` is added to either.
 */
export function toScores(
  g: GraphBuilder,
  logits: Float,
  { needs, bias, perHypothesis }: Pick<SearchRequest, 'needs' | 'bias' | 'perHypothesis'>,
): Float {
  return g.ifElse(
    needs.beamsOnly,
    (b) => b.logSoftmax(logits),
    (others) =>
      others.ifElse(
        needs.logitsOnly,
        () => logits,
        (b) => b.add(b.where(perHypothesis.independent, logits, b.logSoftmax(logits)), bias),
      ),
  );
}

/**
 * Sparse biases [batch, n] as [batch, vocabulary]; as [batch, 1] of zeros where no row has one.
 * @param biases.ids −1 where a place is not used
 */
export function denseBias(
  g: GraphBuilder,
  biases: { ids: Int; values: Float; vocabularySize: number },
): { isNeeded: Bool; perRow: Float } {
  const { ids, values, vocabularySize } = biases;
  const batch = g.size(ids, 0);
  const isNeeded = g.greater(g.squeeze(g.size(ids, 1), 0), g.int(0));
  const zeros = (b: GraphBuilder, columns: number) =>
    b.expand(b.float(0), b.concat([batch, b.ints(columns)], 0));
  const perRow = g.ifElse(
    isNeeded,
    (b) => {
      const used = b.where(b.less(ids, b.int(0)), b.float(0), values);
      return b.scatterColumnsAdd(zeros(b, vocabularySize), b.maximum(ids, b.int(0)), used);
    },
    (b) => zeros(b, 1),
  );
  return { isNeeded, perRow };
}
