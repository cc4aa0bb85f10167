import { cp, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servableModel } from '../../../infra/local/compiled-model.ts';
import { EMBEDDED_CHECKPOINT } from '../../../infra/paths.ts';

const CHECKPOINT = fileURLToPath(
  new URL('../../reference/checkpoints/blenderbot-safetensors', import.meta.url),
);

let folder: string;
let checkpoint: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-compiled-'));
  checkpoint = join(folder, 'checkpoint');
  await cp(CHECKPOINT, checkpoint, { recursive: true });
  await cp(join(EMBEDDED_CHECKPOINT, 'tokenizer.json'), join(checkpoint, 'tokenizer.json'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The model's folder and the first word of each line that was said on the way. */
async function compile(signal?: AbortSignal) {
  const said: string[] = [];
  const log = (line: string) => said.push(line.trim().split(' ')[0]!);
  const places = { modelsDirectory: join(folder, 'models'), hubCache: join(folder, 'hub') };
  const model = await servableModel(checkpoint, { ...places, log, ...(signal && { signal }) });
  return { model, said };
}

describe('the compiled model of a checkpoint', () => {
  it('is used again while nothing has changed', async () => {
    const first = await compile();
    const second = await compile();
    expect(first.said).toEqual(['Compiling', 'done']);
    expect(second).toEqual({ model: first.model, said: [] });
  });

  it('is looked at, once, where a file is newer but the same', async () => {
    await compile();
    await utimes(join(checkpoint, 'model.safetensors'), new Date(), new Date());
    expect((await compile()).said).toEqual(['Looking']);
    expect((await compile()).said).toEqual([]);
  });

  it('is made again where a file is added, changed or gone', async () => {
    await rm(join(checkpoint, 'generation_config.json'));
    await compile();
    await writeFile(join(checkpoint, 'generation_config.json'), '{"num_beams": 3}');
    const added = await compile();
    expect(added.said).toContain('Compiling');
    expect(added.model.manifest.recommendedGeneration.num_beams).toBe(3);
    await writeFile(join(checkpoint, 'generation_config.json'), '{"num_beams": 4}');
    const changed = await compile();
    expect(changed.said).toEqual(['Looking', 'Compiling', 'done']);
    expect(changed.model.manifest.recommendedGeneration.num_beams).toBe(4);
    await rm(join(checkpoint, 'generation_config.json'));
    expect((await compile()).said).toEqual(['Compiling', 'done']);
  });

  it('is refused in one line where the edge could not run its tokenizer', async () => {
    const { model } = await compile();
    await writeFile(join(model.directory, 'tokenizer.json'), '{"model": {"type": "WordPiece"}}');
    await expect(compile()).rejects.toThrow(/^tokenizer\.json: not a tokenizer of a BlenderBot \(.*\)$/);
  });

  it('is given up with the reason of the signal, and nothing unfinished stays', async () => {
    const reason = new Error('enough');
    await expect(compile(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await readdir(join(folder, 'models')).catch(() => [])).toEqual([]);
  });
});
