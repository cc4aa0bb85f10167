import { describe, expect, it } from 'vitest';
import { layeredConfig, parseModelConfig } from '../../shared/model-config.ts';

const SIZE = { model_type: 'blenderbot', vocab_size: 8008, max_position_embeddings: 128 };

describe('parseModelConfig', () => {
  it("takes BlenderBot's habits from its configuration class where an old config.json is silent", () => {
    const { tokens, maxPositions, recommendedGeneration } = parseModelConfig({
      model_type: 'blenderbot',
      vocab_size: 8008,
      num_beams: 10,
      forced_eos_token_id: null,
    });
    expect(tokens).toEqual({ pad: 0, bos: 1, eos: 2, decoderStart: 1 });
    expect(maxPositions).toBe(128);
    expect(recommendedGeneration).toMatchObject({
      num_beams: 10,
      encoder_no_repeat_ngram_size: 3,
      forced_eos_token_id: 2,
      max_length: 60,
    });
  });

  it('lets generation_config.json overrule config.json', () => {
    const config = { ...SIZE, num_beams: 10, min_length: 20 };
    const { recommendedGeneration } = parseModelConfig(config, { num_beams: 4, min_length: null });
    expect(recommendedGeneration).toMatchObject({ num_beams: 4, min_length: 20 });
  });

  it('recommends no more tokens than the model has positions', () => {
    const config = { ...SIZE, max_position_embeddings: 32, max_length: 60 };
    expect(parseModelConfig(config).recommendedGeneration.max_length).toBe(32);
    const long = parseModelConfig({ ...config, min_length: 40 }).recommendedGeneration;
    expect(long).toMatchObject({ min_length: 32, max_length: 32 });
  });

  it('takes special tokens from generation_config.json where it has them, as transformers does', () => {
    const { tokens } = parseModelConfig(
      { ...SIZE, decoder_start_token_id: 1 },
      { decoder_start_token_id: 5 },
    );
    expect(tokens.decoderStart).toBe(5);
  });

  it('reads null as silence', () => {
    expect(layeredConfig({ ...SIZE, scale_embedding: null })).toMatchObject({ scale_embedding: false });
  });

  const refused: [config: object, generation: object, file: string, message: RegExp][] = [
    [{ model_type: 'gpt2' }, {}, 'config.json', /^model_type "gpt2" is not supported/],
    [{}, {}, 'config.json', /^model_type undefined is not supported/],
    [{ ...SIZE, vocab_size: 'many' }, {}, 'config.json', /^vocab_size /],
    [{ ...SIZE, pad_token_id: 8008 }, {}, 'config.json', /^pad_token_id /],
    [SIZE, { eos_token_id: 70_000 }, 'generation_config.json', /^eos_token_id /],
    [SIZE, { eos_token_id: [2, 7] }, 'generation_config.json', /^eos_token_id /],
    [SIZE, { forced_eos_token_id: 9_000 }, 'generation_config.json', /^forced_eos_token_id /],
    [SIZE, { num_beams: 'ten' }, 'generation_config.json', /^num_beams: /],
    [{ ...SIZE, length_penalty: -4 }, {}, 'config.json', /^length_penalty: /],
    [SIZE, { suppress_tokens: [5] }, 'generation_config.json', /^suppress_tokens is not supported/],
    [SIZE, { bad_words_ids: [[9000]] }, 'generation_config.json', /^bad_words_ids: 9000 is no token id/],
    [
      SIZE,
      { do_sample: true, num_beams: 4 },
      'generation_config.json',
      /^do_sample with num_beams \(4\) needs/,
    ],
    [SIZE, { min_length: 70, max_length: 60 }, 'generation_config.json', /^min_length \(70\) is more than/],
  ];
  for (const [config, generation, file, message] of refused) {
    it(`refuses ${JSON.stringify({ ...config, ...generation }).slice(0, 90)} and names the file`, () => {
      expect(() => parseModelConfig(config, generation)).toThrow(
        expect.objectContaining({ name: 'ModelConfigError', file, message: expect.stringMatching(message) }),
      );
    });
  }

  it('takes settings that change nothing', () => {
    const generation = {
      do_sample: false,
      num_beam_groups: 1,
      bad_words_ids: null,
      forced_bos_token_id: null,
    };
    expect(() => parseModelConfig(SIZE, generation)).not.toThrow();
  });
});
