import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainName, shardsOf, weightsFile } from '../../../infra/hub/needed-files.ts';
import { UserError } from '../../../infra/user-error.ts';

describe('the weights that are taken', () => {
  const cases: [names: string[], taken: string | undefined][] = [
    [['pytorch_model.bin', 'model.safetensors', 'model.safetensors.index.json'], 'model.safetensors'],
    [['pytorch_model.bin', 'model.safetensors.index.json'], 'model.safetensors.index.json'],
    [['pytorch_model.bin.index.json', 'pytorch_model.bin'], 'pytorch_model.bin'],
    [['pytorch_model.bin.index.json', 'tf_model.h5'], 'pytorch_model.bin.index.json'],
    [['tf_model.h5', 'flax_model.msgpack'], undefined],
  ];
  for (const [names, taken] of cases)
    it(`are ${taken} of ${names.join(', ')}`, () => expect(weightsFile(new Set(names))).toBe(taken));
});

describe('an index', () => {
  it('names each shard once, and never one outside its folder, whatever it holds', () => {
    const name = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[./\\a]{1,6}$/),
      fc.constant('model-1.safetensors'),
    );
    const index = fc.oneof(
      fc.json(),
      fc
        .record({ weight_map: fc.dictionary(fc.string(), name, { minKeys: 1 }) })
        .map((value) => JSON.stringify(value)),
      fc.string(),
    );
    fc.assert(
      fc.property(index, (text) => {
        try {
          const shards = shardsOf('index', text);
          expect(shards.length).toBeGreaterThan(0);
          expect(new Set(shards).size).toBe(shards.length);
          expect(shards.every(isPlainName)).toBe(true);
          expect(shards.some((shard) => /[/\\]|^\.\.?$/.test(shard))).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as Error).message).not.toMatch(/\n/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
