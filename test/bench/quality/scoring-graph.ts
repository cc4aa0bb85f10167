import type { Architecture } from '../../../gpu-backend/compiler/architecture/architecture.ts';
import { ModelScope } from '../../../gpu-backend/compiler/onnx/graph.ts';
import { GraphBuilder } from '../../../gpu-backend/compiler/onnx/graph-builder.ts';
import type { GraphMessage } from '../../../gpu-backend/compiler/onnx/messages.ts';
import type { ModelConfig } from '../../../shared/model-config.ts';

// As far below any score as the search's ancestry puts it.
const HIDDEN = -30_000;

/**
 * What a network thinks of given replies: `input_ids` and `attention_mask` [batch, source], `replies` [batch, length] →
 * `log_probabilities` of the replies' tokens, and `choices`, the likeliest token at each place, both [batch, length]. The
 * decoder is the one that generates, with a reply's places in the place of beams: each descends from those before it.
 */
export function buildScoringGraph(architecture: Architecture, config: ModelConfig): GraphMessage {
  const g = new GraphBuilder(new ModelScope(), 'score');
  const inputIds = g.input('input_ids', 'int64', ['batch', 'source']);
  const attentionMask = g.input('attention_mask', 'int64', ['batch', 'source']);
  const replies = g.input('replies', 'int64', ['batch', 'length']);
  const [batch, length] = [g.size(replies, 0), g.size(replies, 1)];
  const start = g.expand(g.int(config.tokens.decoderStart), g.concat([batch, g.ints(1)], 0));
  const place = g.range(g.squeeze(length, 0));
  const isPast = g.greaterOrEqual(g.unsqueeze(place, 1), place);
  const ancestry = g.where(isPast, g.float(0), g.float(HIDDEN));
  const { logits } = architecture.decode(g, {
    tokens: g.concat([start, g.slice(replies, 1, g.ints(0), g.sub(length, g.ints(1)))], 1),
    position: place,
    context: architecture.encode(g, inputIds, attentionMask),
    cache: architecture.emptyCache(g, batch),
    ancestry: g.expand(ancestry, g.concat([batch, length, length], 0)),
  });
  const best = g.topK(g.logSoftmax(logits), g.ints(1));
  const given = g.gatherColumns(g.logSoftmax(logits), g.reshape(replies, g.ints(-1, 1)));
  const shape = g.concat([batch, length], 0);
  g.output('log_probabilities', g.reshape(given, shape), ['batch', 'length']);
  g.output('choices', g.reshape(best.indices, shape), ['batch', 'length']);
  return g.toMessage({ outermost: true });
}
