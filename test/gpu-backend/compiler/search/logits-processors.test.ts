import { describe, expect, it } from 'vitest';
import { processLogits } from '../../../../gpu-backend/compiler/search/logits-processors.ts';
import { float, runGraph } from '../run-graph.ts';

const EOS = 2;
const OFF = { min: 0, max: 100, ngram: 0, contextNgram: 0, penalty: 1, forced: -1 };
const never = Number.NEGATIVE_INFINITY;

const CONTEXT = { tokens: [3, 4], mask: [true, true] };

async function process(scores: number[], reply: number[], rules: Partial<typeof OFF>, context = CONTEXT) {
  const { min, max, ngram, contextNgram, penalty, forced } = { ...OFF, ...rules };
  const zeros = (values: unknown[]) => [values.map(() => 0)];
  const feeds = {
    scores: float([scores]),
    reply: [reply],
    replyMatches: zeros(reply),
    context: [context.tokens],
    contextMask: [context.mask],
    contextMatches: zeros(context.tokens),
    vocabulary: [scores.map((_, id) => id)],
    min_length: [[min]],
    max_length: [[max]],
    no_repeat_ngram_size: [[ngram]],
    encoder_no_repeat_ngram_size: [[contextNgram]],
    repetition_penalty: float([[penalty]]),
    forced_eos_token_id: [[forced]],
  };
  const { out } = await runGraph(feeds, (g, { int, float, bool }) => ({
    out: processLogits(g, float('scores'), {
      reply: int('reply'),
      replyMatches: int('replyMatches'),
      context: int('context'),
      contextMask: bool('contextMask'),
      contextMatches: int('contextMatches'),
      badWords: { tokens: int('reply'), banned: g.less(int('reply'), g.int(0)) },
      vocabulary: int('vocabulary'),
      parameters: {
        min_length: int('min_length'),
        max_length: int('max_length'),
        no_repeat_ngram_size: int('no_repeat_ngram_size'),
        encoder_no_repeat_ngram_size: int('encoder_no_repeat_ngram_size'),
        repetition_penalty: float('repetition_penalty'),
        forced_eos_token_id: int('forced_eos_token_id'),
      },
      eosToken: EOS,
      needs: {
        repetitionPenalty: g.bool(penalty !== 1),
        firstForcedEnd: g.int(forced >= 0 ? max : Number.MAX_SAFE_INTEGER),
      },
    }),
  }));
  return (out as number[][])[0];
}

describe('processLogits', () => {
  const scores = [1, -2, 3, -4, 5];

  it('changes nothing where every rule is off', async () => {
    expect(await process(scores, [1, 3], {})).toEqual(scores);
  });

  it('moves the scores of tokens in the reply away, whatever their sign, and once however often they stand there', async () => {
    expect(await process(scores, [1, 4, 4], { penalty: 2 })).toEqual([1, -4, 3, -4, 2.5]);
  });

  it('bans the end token below the minimum length, the start token counted', async () => {
    expect(await process(scores, [1, 3], { min: 3 })).toEqual([1, -2, never, -4, 5]);
    expect(await process(scores, [1, 3, 3], { min: 3 })).toEqual(scores);
  });

  it('leaves only the forced token where it is the last that fits', async () => {
    expect(await process(scores, [1, 3], { max: 3, forced: EOS })).toEqual([never, never, 0, never, never]);
    expect(await process(scores, [1, 3], { max: 4, forced: EOS })).toEqual(scores);
  });

  it('forces the end even where the minimum length forbids it, as transformers does', async () => {
    expect(await process(scores, [1, 3], { min: 50, max: 3, forced: EOS })).toEqual([
      never,
      never,
      0,
      never,
      never,
    ]);
  });

  it('bans every token of reply and context for n-grams of one, but never padding', async () => {
    expect(await process(scores, [1], { ngram: 1 })).toEqual([1, never, 3, -4, 5]);
    expect(await process(scores, [1], { contextNgram: 1 }, { tokens: [3, 0], mask: [true, false] })).toEqual([
      1,
      -2,
      3,
      never,
      5,
    ]);
  });
});
