import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../gpu-backend/compiler/manifest.ts';
import { nameModels } from '../../../gpu-backend/models/model-source.ts';

const manifestOf = async (directory: string) => ({ name: `${directory}'s` }) as Manifest;

describe('the models that the configuration names', () => {
  it("take their manifest's name where they have none", async () => {
    const sources = [
      { name: 'A', directory: '/a' },
      { name: undefined, directory: '/b' },
    ];
    expect((await nameModels(sources, manifestOf)).map(({ name }) => name)).toEqual(['A', "/b's"]);
  });

  it('have different names', async () => {
    const sources = [
      { name: 'A', directory: '/a' },
      { name: 'A', directory: '/b' },
    ];
    await expect(nameModels(sources, manifestOf)).rejects.toThrow('two models are named "A"');
  });
});
