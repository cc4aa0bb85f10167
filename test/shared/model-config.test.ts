import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../../shared/model-config.ts';

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
  });

  it('refuses a config without a vocabulary', () => {
    expect(() => parseModelConfig({ model_type: 'blenderbot' })).toThrow(/vocab_size/);
  });
});
