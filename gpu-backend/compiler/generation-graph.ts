import {
  GENERATION_INPUTS,
  GENERATION_OUTPUTS,
  type ParameterInput,
} from '../../shared/generation-tensors.ts';
import type { Datatype } from '../../shared/inference-protocol.ts';
import type { ModelConfig } from '../../shared/model-config.ts';
import type { Architecture, DecoderCache, EncoderContext } from './architecture/architecture.ts';
import { ModelScope, type Value } from './onnx/graph.ts';
import { GraphBuilder } from './onnx/graph-builder.ts';
import type { ElementType, GraphMessage } from './onnx/messages.ts';
import { compact, entriesOfStep, noEntries } from './search/ancestry.ts';
import { advanceBeams, type BeamSearchInputs, type BeamState, initialBeams } from './search/beam-search.ts';
import { type BeamParameters, processLogits } from './search/logits-processors.ts';
import { extendMatches, noMatches } from './search/ngram-matches.ts';

type Float = Value<'float32'>;
type Int = Value<'int64'>;
type Bool = Value<'bool'>;

const ELEMENT_TYPES = { INT64: 'int64', FP32: 'float32' } as const satisfies Record<Datatype, ElementType>;

/** What the loop carries. */
type GenerationState = {
  search: BeamState;
  matches: { reply: Int; context: Int };
  cache: DecoderCache;
  ancestry: { entries: Float };
};

/** What was asked, the same in every step. A row of `rows` is a beam: there are batch × beams. */
interface Request {
  inputIds: Int;
  attentionMask: Int;
  /** Each [1]. */
  batch: Int;
  beams: Int;
  rows: Int;
  longestReply: Int;
  /** `input_ids` and their mask for every beam, [rows, source]. */
  context: Int;
  contextMask: Bool;
  /** What every step adds to the ancestry. */
  newEntries: Float;
  beamParameters: BeamParameters;
  search: BeamSearchInputs;
}

/**
 * The whole of `generate` as one graph: encoder, then a loop whose body is one step of the decoder, the logits
 * processors and the search. Its inputs and outputs are those of shared/generation-tensors.ts.
 */
export function buildGenerationGraph(architecture: Architecture, config: ModelConfig): GraphMessage {
  const g = new GraphBuilder(new ModelScope(), 'generate');
  const request = readRequest(g, declareInputs(g), config);
  const encoded = architecture.encode(g, request.inputIds, request.attentionMask);
  const vocabulary = g.unsqueeze(g.range(g.int(config.vocabSize)), 0);
  const inputs = { architecture, request, encoded, vocabulary, config };
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
  declareOutputs(g, final.search, request.search.greedy);
  return g.toMessage({ outermost: true });
}

function readRequest(g: GraphBuilder, inputs: Record<string, Value>, config: ModelConfig): Request {
  const [inputIds, attentionMask] = [inputs['input_ids'] as Int, inputs['attention_mask'] as Int];
  const parameters = inputs as Record<ParameterInput, Value>;
  const batch = g.size(inputIds, 0);
  const beams = g.max(parameters.num_beams as Int, 0, { keepDims: true });
  const perBeam = beamRepeater(g, batch, beams);
  const column = <T extends 'int64' | 'float32'>(name: ParameterInput) =>
    g.unsqueeze(parameters[name] as Value<T>, 1);
  const repeat = <T extends 'int64' | 'float32'>(name: ParameterInput) => perBeam(column<T>(name));
  return {
    inputIds,
    attentionMask,
    batch,
    beams,
    rows: g.mul(batch, beams),
    longestReply: g.max(parameters.max_length as Int, 0),
    context: perBeam(inputIds),
    contextMask: g.cast(perBeam(attentionMask), 'bool'),
    newEntries: entriesOfStep(g, batch, beams),
    beamParameters: {
      min_length: repeat('min_length'),
      max_length: repeat('max_length'),
      no_repeat_ngram_size: repeat('no_repeat_ngram_size'),
      encoder_no_repeat_ngram_size: repeat('encoder_no_repeat_ngram_size'),
      repetition_penalty: repeat('repetition_penalty'),
      forced_eos_token_id: repeat('forced_eos_token_id'),
    },
    search: {
      beams,
      greedy: g.squeeze(g.equal(beams, g.ints(1)), 0),
      maxLength: column('max_length'),
      lengthPenalty: column('length_penalty'),
      earlyStopping: column('early_stopping'),
      eosToken: config.tokens.eos,
      padToken: config.tokens.pad,
      vocabularySize: config.vocabSize,
    },
  };
}

function initialState(
  g: GraphBuilder,
  { architecture, request, config }: { architecture: Architecture; request: Request; config: ModelConfig },
): GenerationState {
  const { batch, beams, context } = request;
  const { decoderStart: startToken, pad: padToken } = config.tokens;
  const search = initialBeams(g, { batch, beams, startToken, padToken });
  const start = g.reshape(search.sequences, g.ints(-1, 1));
  return {
    search,
    matches: {
      reply: noMatches(g, start),
      context: extendContextMatches(g, { tokens: context, matches: noMatches(g, context), next: start }),
    },
    cache: architecture.emptyCache(g, batch),
    ancestry: { entries: noEntries(g, batch, beams) },
  };
}

interface StepInputs {
  architecture: Architecture;
  request: Request;
  encoded: EncoderContext;
  /** [1, vocabulary]: 0, 1, 2, … */
  vocabulary: Int;
  config: ModelConfig;
}

/** Scalar: whether any row can still get a better answer. */
function goesOn(g: GraphBuilder, { done }: BeamState): Bool {
  return g.not(g.squeeze(g.all(g.unsqueeze(done, 0), 1), 0));
}

/** One step: the newest tokens through the decoder, the processors, the search. */
function takeStep(
  g: GraphBuilder,
  now: GenerationState,
  { architecture, request, encoded, vocabulary, config }: StepInputs,
): GenerationState {
  const { batch, beams, rows, context, contextMask, beamParameters, search } = request;
  const reply = g.reshape(now.search.sequences, g.concat([rows, g.ints(-1)], 0));
  const ancestry = g.concat([now.ancestry.entries, request.newEntries], 2);
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
    processLogits(g, toScores(g, logits, search.greedy), {
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
  return g.scope('search', () => {
    const byBeam = g.reshape(scores, g.concat([batch, beams, g.ints(config.vocabSize)], 0));
    const next = advanceBeams(g, byBeam, now.search, search);
    const parents = flattenParents(g, next.parents, beams);
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
