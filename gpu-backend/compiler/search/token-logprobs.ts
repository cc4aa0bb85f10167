import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Continuations, HypothesisState } from './hypotheses.ts';
import type { SearchRequest } from './search-request.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

export type TokenLogprobs = Pick<HypothesisState, 'logprobs' | 'finishedLogprobs'>;

/**
 * Carries along the model's own log-probability of every token: the logits' log-softmax before any rule, whatever the way of
 * choosing. The same gathers as for the sequences, where any row asks.
 * @param logits [rows, vocabulary], the model's
 * @param chosen.running which continuations go on; `finished` the places of (continuations, finished) that are kept
 */
export function extendLogprobs(
  g: GraphBuilder,
  { logits, state, continuations }: { logits: Float; state: TokenLogprobs; continuations: Continuations },
  chosen: { running: Int; finished: Int },
  { needs, vocabularySize }: SearchRequest,
): TokenLogprobs {
  const { logprobs, finishedLogprobs } = state;
  const { parents, tokens } = continuations;
  return g.ifElseAll(
    needs.logprobs,
    (b) => {
      const batch = b.size(parents, 0);
      const ofModel = b.reshape(b.logSoftmax(logits), b.concat([batch, b.ints(-1)], 0));
      const places = b.add(b.mul(parents, b.int(vocabularySize)), tokens);
      const newest = b.unsqueeze(b.gatherColumns(ofModel, places), 2);
      const longer = b.concat([b.gatherWithinBatch(logprobs, parents), newest], 2);
      const padding = b.expand(b.float(0), b.concat([batch, b.size(finishedLogprobs, 1), b.ints(1)], 0));
      const all = b.concat([longer, b.concat([finishedLogprobs, padding], 2)], 1);
      return {
        logprobs: b.gatherWithinBatch(longer, chosen.running),
        finishedLogprobs: b.gatherWithinBatch(all, chosen.finished),
      };
    },
    () => ({ logprobs, finishedLogprobs }),
  );
}
