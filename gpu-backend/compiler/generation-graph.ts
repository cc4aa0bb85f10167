import {
  GENERATION_INPUTS,
  GENERATION_OUTPUTS,
  type ParameterInput,
} from '../../shared/generation-tensors.ts';
import type { Datatype } from '../../shared/inference-protocol.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import type { Architecture, DecoderCache } from './architecture/architecture.ts';
import { ModelScope, type Value } from './onnx/graph.ts';
import { GraphBuilder } from './onnx/graph-builder.ts';
import type { ElementType, GraphMessage } from './onnx/messages.ts';
import { advanceBeams, type BeamSearchInputs, type BeamState, initialBeams } from './search/beam-search.ts';
import { type BeamParameters, processLogits } from './search/logits-processors.ts';
import { extendMatches, noMatches } from './search/ngram-matches.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;

const ELEMENT_TYPES = { INT64: 'int64', FP32: 'float32' } as const satisfies Record<Datatype, ElementType>;

/** What the loop carries. */
type GenerationState = { search: BeamState; matches: { reply: Int; context: Int }; cache: DecoderCache };

/**
 * The whole of `generate` as one graph: encoder, then a loop whose body is one step of the decoder, the logits
 * processors and the search. Its inputs and outputs are those of shared/generation-tensors.ts.
 */
export function buildGenerationGraph(architecture: Architecture, config: ModelConfig): GraphMessage {
  const g = new GraphBuilder(new ModelScope(), 'generate');
  const inputs = declareInputs(g);
  const [inputIds, attentionMask] = [inputs['input_ids'] as Int, inputs['attention_mask'] as Int];
  const parameters = inputs as Record<ParameterInput, Value>;

  const batch = g.size(inputIds, 0);
  const beams = g.max(parameters.num_beams as Int, 0, { keepDims: true });
  const rows = g.mul(batch, beams);
  const perBeam = beamRepeater(g, batch, beams);
  const context = perBeam(inputIds);
  const contextMask = g.cast(perBeam(attentionMask), 'bool');
  const vocabulary = g.unsqueeze(g.range(g.int(config.vocabSize)), 0);
  const greedy = g.squeeze(g.equal(beams, g.ints(1)), 0);
  const column = <T extends 'int64' | 'float32'>(name: ParameterInput) =>
    g.unsqueeze(parameters[name] as Value<T>, 1);
  const repeat = <T extends 'int64' | 'float32'>(name: ParameterInput) => perBeam(column<T>(name));
  const beamParameters: BeamParameters = {
    min_length: repeat('min_length'),
    max_length: repeat('max_length'),
    no_repeat_ngram_size: repeat('no_repeat_ngram_size'),
    encoder_no_repeat_ngram_size: repeat('encoder_no_repeat_ngram_size'),
    repetition_penalty: repeat('repetition_penalty'),
    forced_eos_token_id: repeat('forced_eos_token_id'),
  };
  const search: BeamSearchInputs = {
    beams,
    greedy,
    maxLength: column('max_length'),
    lengthPenalty: column('length_penalty'),
    earlyStopping: column('early_stopping'),
    eosToken: config.tokens.eos,
    padToken: config.tokens.pad,
    vocabularySize: config.vocabSize,
  };

  const encoded = architecture.encode(g, inputIds, attentionMask);
  const start = initialBeams(g, {
    batch,
    beams,
    startToken: config.tokens.decoderStart,
    padToken: config.tokens.pad,
  });
  const startTokens = g.reshape(start.sequences, g.ints(-1, 1));
  const advanceContext = (b: GraphBuilder, matches: Int, next: Int) =>
    b.slice(extendMatches(b, { tokens: context, matches, next }), 1, b.ints(0), b.size(context, 1));
  const state: GenerationState = {
    search: start,
    matches: {
      reply: noMatches(g, startTokens),
      context: advanceContext(g, noMatches(g, context), startTokens),
    },
    cache: architecture.emptyCache(g, rows),
  };

  const final = g.loop({
    maxTrips: g.sub(g.max(parameters.max_length as Int, 0), g.int(1)),
    condition: g.bool(true),
    state,
    body: (b, now) => {
      const position = b.sub(b.size(now.search.sequences, 2), b.ints(1));
      const tokens = newestTokens(b, now.search);
      const decoded = b.scope('decoder', () =>
        architecture.decode(b, { tokens, position, context: encoded, cache: now.cache }),
      );
      const reply = b.reshape(now.search.sequences, b.concat([rows, b.ints(-1)], 0));
      const scores = b.scope('processors', () =>
        processLogits(b, toScores(b, decoded.logits, greedy), {
          parameters: beamParameters,
          reply,
          replyMatches: now.matches.reply,
          context,
          contextMask,
          contextMatches: now.matches.context,
          vocabulary,
          eosToken: config.tokens.eos,
        }),
      );
      return b.scope('search', () => {
        const byBeam = b.reshape(scores, b.concat([batch, beams, b.ints(config.vocabSize)], 0));
        const next = advanceBeams(b, byBeam, now.search, search);
        const parents = flattenParents(b, next.parents, beams);
        const follow = <T extends 'int64' | 'float32'>(value: Value<T>) => b.gather(value, parents);
        const newest = b.reshape(newestTokens(b, next.state), b.ints(-1, 1));
        const matches = {
          reply: extendMatches(b, {
            tokens: follow(reply),
            matches: follow(now.matches.reply),
            next: newest,
          }),
          context: advanceContext(b, follow(now.matches.context), newest),
        };
        const cache = mapValues(decoded.cache, follow);
        const condition = b.not(b.squeeze(b.all(b.unsqueeze(next.state.done, 0), 1), 0));
        return { condition, state: { search: next.state, matches, cache } };
      });
    },
  });

  declareOutputs(g, final.search, greedy);
  return g.toMessage({ outermost: true });
}

function declareInputs(g: GraphBuilder): Record<string, Value> {
  const values = GENERATION_INPUTS.map(({ name, datatype, shape }) => {
    const dimensions = ['batch', 'source'].slice(0, shape.length);
    return [name, g.input(name, ELEMENT_TYPES[datatype], dimensions)];
  });
  return Object.fromEntries(values);
}

/** Cuts the start token and the padding behind the longest answer. */
function declareOutputs(g: GraphBuilder, final: BeamState, greedy: Value<'bool'>): void {
  const longest = g.max(g.reshape(final.finishedLengths, g.ints(-1)), 0, { keepDims: true });
  const results: Record<string, Value> = {
    sequences: g.slice(final.finishedSequences, 2, g.ints(1), g.add(longest, g.ints(1))),
    lengths: final.finishedLengths,
    scores: g.where(greedy, g.float(0), final.finishedScores),
  };
  for (const { name, shape } of GENERATION_OUTPUTS) {
    g.output(name, results[name]!, ['batch', 'beams', 'length'].slice(0, shape.length));
  }
}

/** A function that repeats [batch, n] for every beam: [batch × beams, n]. */
function beamRepeater(g: GraphBuilder, batch: Int, beams: Int) {
  return <T extends 'int64' | 'float32'>(x: Value<T>): Value<T> => {
    const width = g.size(x, 1);
    const repeated = g.expand(g.unsqueeze(x, 1), g.concat([batch, beams, width], 0));
    return g.reshape(repeated, g.concat([g.mul(batch, beams), width], 0));
  };
}

/** The last token of every beam, [batch, beams]. */
function newestTokens(b: GraphBuilder, { sequences }: BeamState): Int {
  return b.gather(sequences, b.int(-1), 2);
}

/** Beam search adds up log-probabilities; greedy search takes the logits as transformers does. */
function toScores(b: GraphBuilder, logits: Float, greedy: Value<'bool'>): Float {
  return b.ifElse(
    greedy,
    () => logits,
    (branch) => branch.logSoftmax(logits),
    'float32',
  );
}

/** Parents as rows of [batch × beams, …] tensors. */
function flattenParents(b: GraphBuilder, parents: Int, beams: Int): Int {
  const rowStart = b.mul(b.unsqueeze(b.range(b.squeeze(b.size(parents, 0), 0)), 1), beams);
  return b.reshape(b.add(parents, rowStart), b.ints(-1));
}

function mapValues<V>(values: Record<string, V>, change: (value: V) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
