import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../gpu-backend/config.ts';
import type { Manifest } from '../../../gpu-backend/compiler/manifest.ts';
import { nameModels, readModelSources } from '../../../gpu-backend/models/model-source.ts';

const NOTHING = { modelDirectory: undefined, modelName: undefined };
const manifestOf = async (directory: string) => ({ name: `${directory}'s` }) as Manifest;

describe('the models that the configuration names', () => {
  it("are MODEL_DIR's, then those of --model", () => {
    expect(readModelSources({ modelDirectory: '/a', modelName: 'A' }, ['B=/b', '/c', 'D=/d=e'])).toEqual([
      { name: 'A', directory: '/a' },
      { name: 'B', directory: '/b' },
      { name: undefined, directory: '/c' },
      { name: 'D', directory: '/d=e' },
    ]);
  });

  it.each([
    [[], 'MODEL_DIR is missing'],
    [['B='], '--model must be NAME=DIR, not "B="'],
    [['=/b'], '--model must be NAME=DIR'],
    [[''], '--model must be NAME=DIR'],
  ])('are refused in one line where they are %j', (flags, message) => {
    expect(() => readModelSources(NOTHING, flags)).toThrow(ConfigError);
    expect(() => readModelSources(NOTHING, flags)).toThrow(message);
  });

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
