import { GENERATION_INPUTS, GENERATION_OUTPUTS } from '../../shared/generation-tensors.ts';
import type { Datatype } from '../../shared/inference-protocol.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import type { Architecture, DecoderCache, EncoderContext } from './architecture/architecture.ts';
import { ModelScope, type Value } from './onnx/graph.ts';
import { GraphBuilder } from './onnx/graph-builder.ts';
import type { Dimension, ElementType, GraphMessage } from './onnx/messages.ts';
import { compact, entriesOfStep, noEntries } from './search/ancestry.ts';
import { badWordBans } from './search/bad-words.ts';
import { advance, type HypothesisState, initialHypotheses } from './search/hypotheses.ts';
import { processLogits } from './search/logits-processors.ts';
import { toScores } from './search/model-scores.ts';
import { extendMatches, noMatches } from './search/ngram-matches.ts';
import { readSearchRequest, type SearchRequest } from './search/search-request.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

const ELEMENT_TYPES = { INT64: 'int64', FP32: 'float32' } as const satisfies Record<Datatype, ElementType>;

/** What the loop carries. */
type GenerationState = {
  search: HypothesisState;
  matches: { reply: Int; context: Int };
  cache: DecoderCache;
  ancestry: { entries: Float };
};

/**
 * The whole of `generate` as one graph: encoder, then a loop whose body is one step of the decoder, the logits
 * processors and the search. Its inputs and outputs are those of shared/generation-tensors.ts.
 */
export function buildGenerationGraph(architecture: Architecture, config: ModelConfig): GraphMessage {
  const g = new GraphBuilder(new ModelScope(), 'generate');
  const request = g.scope('request', () => readSearchRequest(g, declareInputs(g), config));
  const encoded = architecture.encode(g, request.inputIds, request.attentionMask);
  const newEntries = g.scope('ancestry', () => entriesOfStep(g, request.batch, request.width));
  const inputs = { architecture, request, encoded, newEntries };
  const final = g.loop({
    // The start token is there already.
    maxTrips: g.sub(request.longestReply, g.int(1)),
    condition: g.bool(true),
    state: initialState(g, inputs),
    body: (step, now) => {
      const state = takeStep(step, now, inputs);
      return { condition: goesOn(step, state.search), state };
    },
  });
  declareOutputs(g, final.search);
  return g.toMessage({ outermost: true });
}

function initialState(
  g: GraphBuilder,
  { architecture, request }: { architecture: Architecture; request: SearchRequest },
): GenerationState {
  const { batch, width, context } = request;
  const search = initialHypotheses(g, request);
  const start = g.reshape(search.sequences, g.ints(-1, 1));
  return {
    search,
    matches: {
      reply: noMatches(g, start),
      context: extendContextMatches(g, { tokens: context, matches: noMatches(g, context), next: start }),
    },
    cache: architecture.emptyCache(g, batch),
    ancestry: { entries: noEntries(g, batch, width) },
  };
}

interface StepInputs {
  architecture: Architecture;
  request: SearchRequest;
  encoded: EncoderContext;
  /** What every step adds to the ancestry. */
  newEntries: Float;
}

/** Scalar: whether any row can still get a better answer. */
function goesOn(g: GraphBuilder, { done }: HypothesisState): Bool {
  return g.not(g.squeeze(g.all(g.unsqueeze(done, 0), 1), 0));
}

/** One step: the newest tokens through the decoder, the processors, the search. */
function takeStep(
  g: GraphBuilder,
  now: GenerationState,
  { architecture, request, encoded, newEntries }: StepInputs,
): GenerationState {
  const { batch, width, rows, context, contextMask, vocabulary, vocabularySize } = request;
  const reply = g.reshape(now.search.sequences, g.concat([rows, g.ints(-1)], 0));
  const ancestry = g.concat([now.ancestry.entries, newEntries], 2);
  const { logits, cache: grown } = g.scope('decoder', () =>
    architecture.decode(g, {
      tokens: newestTokens(g, now.search),
      position: g.sub(g.size(reply, 1), g.ints(1)),
      context: encoded,
      cache: now.cache,
      ancestry,
    }),
  );
  const scores = g.scope('processors', () =>
    processLogits(g, toScores(g, logits, request), {
      parameters: request.perHypothesis,
      reply,
      replyMatches: now.matches.reply,
      context,
      contextMask,
      contextMatches: now.matches.context,
      badWords: badWordBans(g, reply, request),
      vocabulary,
      eosToken: request.tokens.eos,
      needs: request.needs,
    }),
  );
  return g.scope('search', () => {
    const byRow = g.reshape(scores, g.concat([batch, width, g.ints(vocabularySize)], 0));
    const next = advance(g, { scores: byRow, logits, state: now.search }, request);
    const parents = flattenParents(g, next.parents, width);
    const follow = <T extends 'int64' | 'float32'>(value: Value<T>) => g.gather(value, parents);
    const newest = g.reshape(newestTokens(g, next.state), g.ints(-1, 1));
    const { matches } = now;
    const followed = g.gatherWithinBatch(ancestry, next.parents);
    const { entries, cache } = g.scope('compaction', () => compact(g, followed, grown));
    return {
      search: next.state,
      matches: {
        reply: extendMatches(g, { tokens: follow(reply), matches: follow(matches.reply), next: newest }),
        context: extendContextMatches(g, {
          tokens: context,
          matches: follow(matches.context),
          next: newest,
        }),
      },
      cache,
      ancestry: { entries },
    };
  });
}

/** The context does not grow: what would follow its last token is cut off. */
function extendContextMatches(g: GraphBuilder, step: Parameters<typeof extendMatches>[1]): Int {
  return g.slice(extendMatches(g, step), 1, g.ints(0), g.size(step.tokens, 1));
}

function declareInputs(g: GraphBuilder): Record<string, Value> {
  const values = GENERATION_INPUTS.map(({ name, datatype, shape }) => {
    return [name, g.input(name, ELEMENT_TYPES[datatype], dimensions(name, shape))];
  });
  return Object.fromEntries(values);
}

/** Sizes, or names for dimensions of any size: the same name stands for the same size. */
function dimensions(name: string, shape: number[]): Dimension[] {
  const others: Record<string, string[]> = {
    input_ids: ['source'],
    attention_mask: ['source'],
    logit_bias_ids: ['biases'],
    logit_bias_values: ['biases'],
    bad_words_ids: ['bad_words', 'bad_word_length'],
    stop_sequences: ['stops', 'stop_length'],
    uniforms: ['width', 'draws'],
    logprobs: ['width', 'logprobs_length'],
  };
  const names = ['batch', ...(others[name] ?? ['width', 'length'])];
  return shape.map((size, index) => (size === -1 ? names[index]! : size));
}

/** Cuts the start token and the padding behind the longest answer. */
function declareOutputs(g: GraphBuilder, final: HypothesisState): void {
  const longest = g.max(g.reshape(final.finishedLengths, g.ints(-1)), 0, { keepDims: true });
  const results: Record<string, Value> = {
    sequences: g.slice(final.finishedSequences, 2, g.ints(1), g.add(longest, g.ints(1))),
    lengths: final.finishedLengths,
    scores: final.finishedScores,
    logprobs: g.slice(final.finishedLogprobs, 2, g.ints(0), longest),
  };
  for (const { name, shape } of GENERATION_OUTPUTS) {
    g.output(name, results[name]!, dimensions(name, shape));
  }
}

/** The last token of every hypothesis, [batch, width]. */
function newestTokens(b: GraphBuilder, { sequences }: HypothesisState): Int {
  return b.gather(sequences, b.int(-1), 2);
}

/** Parents as rows of [batch × width, …] tensors. */
function flattenParents(b: GraphBuilder, parents: Int, width: Int): Int {
  const rowStart = b.mul(b.unsqueeze(b.range(b.squeeze(b.size(parents, 0), 0)), 1), width);
  return b.reshape(b.add(parents, rowStart), b.ints(-1));
}
