import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinnedComponents } from '../../../infra/docker/pinned-components.ts';
import { PROJECT } from '../../../infra/paths.ts';
import packageJson from '../../../package.json' with { type: 'json' };

describe('what the CUDA image takes from Python packages', () => {
  it('is listed with versions and hashes', async () => {
    const requirements = await readFile(join(PROJECT, 'infra/docker/cuda-requirements.txt'), 'utf8');
    const [provider, ...libraries] = pinnedComponents(requirements);
    expect(libraries.length).toBeGreaterThan(3);
    // The provider and the library that loads it are parts of one build.
    const version = packageJson.dependencies['onnxruntime-node'];
    expect(provider).toMatchObject({
      name: 'onnxruntime-gpu',
      version,
      purl: `pkg:pypi/onnxruntime-gpu@${version}`,
      hashes: [{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
  });

  it('is refused where a hash is missing', () => {
    expect(() => pinnedComponents('# a comment\n\na==1')).toThrow('"a==1" pins no version with its sha256.');
  });
});
