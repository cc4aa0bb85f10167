import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSafetensors } from '../../../gpu-backend/compiler/checkpoint/safetensors.ts';
import { parameterCount } from '../../../infra/local/parameter-count.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';

const reference = (name: string) =>
  fileURLToPath(new URL(`../../reference/checkpoints/${name}`, import.meta.url));

describe('the number of parameters', () => {
  for (const checkpoint of [
    EMBEDDED_CHECKPOINT,
    reference('blenderbot-safetensors'),
    reference('blenderbot-small-safetensors'),
  ]) {
    it(`is that of the tensors of ${checkpoint.split('/').at(-1)}`, async () => {
      const { default: shape } = await import(join(checkpoint, 'config.json'), { with: { type: 'json' } });
      const source = await openSafetensors(join(checkpoint, 'model.safetensors'));
      await source.close();
      // Not learnt; the embedding again.
      const others = [
        'final_logits_bias',
        'lm_head.weight',
        'model.encoder.embed_tokens.weight',
        'model.decoder.embed_tokens.weight',
      ];
      const learnt = [...source.tensors].filter(([name]) => !others.includes(name));
      const count = learnt.reduce((sum, [, tensor]) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0);
      expect(parameterCount({ shape })).toBe(count);
    });
  }

  it('is not told of a shape that lacks a size', () => {
    expect(parameterCount({ shape: { d_model: 4 } })).toBe(undefined);
  });
});
