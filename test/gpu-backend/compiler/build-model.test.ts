import { cp, mkdir, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../gpu-backend/compiler/build-model.ts';
import { CheckpointError } from '../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { PRECISIONS, readManifest } from '../../../gpu-backend/compiler/manifest.ts';
import { temporaryFolder } from './temporary-folder.ts';

const REFERENCE = fileURLToPath(
  new URL('../../reference/checkpoints/blenderbot-safetensors', import.meta.url),
);

/** A copy of the reference checkpoint, for a test to damage. */
async function copyCheckpoint(): Promise<string> {
  const checkpoint = join(await temporaryFolder(), 'checkpoint');
  await cp(REFERENCE, checkpoint, { recursive: true });
  return checkpoint;
}

const changeConfig = (change: Record<string, unknown>) => async (checkpoint: string) => {
  const path = join(checkpoint, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...config, ...change }));
};

const damages: { name: string; damage: (checkpoint: string) => Promise<unknown>; message: RegExp }[] = [
  { name: 'no config.json', damage: (c) => rm(join(c, 'config.json')), message: /^config\.json: missing/ },
  {
    name: 'no weights',
    damage: (c) => rm(join(c, 'model.safetensors')),
    message: /^model\.safetensors: missing/,
  },
  { name: 'no folder', damage: (c) => rm(c, { recursive: true }), message: /no such file or folder/ },
  {
    name: 'another architecture',
    damage: changeConfig({ model_type: 'gpt2' }),
    message: /^config\.json: model_type "gpt2" is not supported \(supported: blenderbot, blenderbot-small\)/,
  },
  {
    name: 'a config.json that is not JSON',
    damage: (c) => writeFile(join(c, 'config.json'), '{'),
    message: /^config\.json: not JSON/,
  },
  {
    name: 'more layers in config.json than in the weights',
    damage: changeConfig({ decoder_layers: 4 }),
    message: /^model\.safetensors: tensor model\.decoder\.layers\.3\.\S+ is missing/,
  },
  {
    name: 'another size in config.json than in the weights',
    damage: changeConfig({ d_model: 64 }),
    message: /^model\.safetensors: tensor \S+ is \[8008,32\], config\.json asks for \[8008,64\]/,
  },
  {
    name: 'heads that do not divide the size',
    damage: changeConfig({ decoder_attention_heads: 5 }),
    message: /^config\.json: d_model 32 cannot be split into 5 heads/,
  },
  {
    name: 'another activation',
    damage: changeConfig({ activation_function: 'relu' }),
    message: /^config\.json: activation_function: only gelu/,
  },
  {
    name: 'a config.json that is no object',
    damage: (c) => writeFile(join(c, 'config.json'), '[]'),
    message: /^config\.json: not a JSON object/,
  },
  {
    name: 'a generation_config.json that is not JSON',
    damage: (c) => writeFile(join(c, 'generation_config.json'), 'beams: 10'),
    message: /^generation_config\.json: not JSON/,
  },
  {
    name: 'untied embeddings',
    damage: changeConfig({ tie_word_embeddings: false }),
    message: /^config\.json: tie_word_embeddings: only tied/,
  },
  {
    name: 'a setting out of range',
    damage: (c) => writeFile(join(c, 'generation_config.json'), '{"num_beams": "ten"}'),
    message: /^generation_config\.json: num_beams/,
  },
  {
    name: 'weights that are a dangling link',
    damage: async (c) => {
      await rm(join(c, 'model.safetensors'));
      await symlink('../blobs/gone', join(c, 'model.safetensors'));
    },
    message: /^model\.safetensors: no such file/,
  },
  {
    name: 'a folder in the place of the weights',
    damage: async (c) => {
      await rm(join(c, 'model.safetensors'));
      await mkdir(join(c, 'model.safetensors'));
    },
    message: /^model\.safetensors: /,
  },
  {
    name: 'weights of whole numbers',
    damage: async (c) => {
      const path = join(c, 'model.safetensors');
      const bytes = await readFile(path);
      const end = 8 + Number(bytes.readBigUInt64LE());
      bytes.write(bytes.toString('latin1', 8, end).replaceAll('"F32"', '"U32"'), 8, 'latin1');
      await writeFile(path, bytes);
    },
    message: /^model\.safetensors: tensor \S+ is U32; weights are F32, F16, BF16/,
  },
  {
    name: 'a folder in the place of config.json',
    damage: async (c) => {
      await rm(join(c, 'config.json'));
      await mkdir(join(c, 'config.json'));
    },
    message: /^config\.json: is a folder/,
  },
  {
    name: 'another architecture that also has other files',
    damage: async (c) => {
      await changeConfig({ model_type: 't5' })(c);
      await rm(join(c, 'model.safetensors'));
    },
    message: /^config\.json: model_type "t5" is not supported/,
  },
  {
    name: 'a vocabulary of no size',
    damage: changeConfig({ vocab_size: 'many' }),
    message: /^config\.json: vocab_size/,
  },
  {
    name: 'weights that end early',
    damage: async (c) => {
      const file = await open(join(c, 'model.safetensors'), 'r+');
      await file.truncate(500_000);
      await file.close();
    },
    message: /^model\.safetensors: truncated/,
  },
  ...([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const).map((value) => ({
    name: `a weight that is ${value}`,
    damage: async (c: string) => {
      const path = join(c, 'model.safetensors');
      const bytes = await readFile(path);
      const end = 8 + Number(bytes.readBigUInt64LE());
      const { data_offsets } = JSON.parse(bytes.toString('utf8', 8, end))[
        'model.decoder.layers.1.fc1.weight'
      ];
      bytes.writeFloatLE(value, end + data_offsets[0] + 4 * 5);
      await writeFile(path, bytes);
    },
    message: new RegExp(
      `^model\\.safetensors: tensor model\\.decoder\\.layers\\.1\\.fc1\\.weight holds ${value} \\(element 5\\)$`,
    ),
  })),
];

describe('buildModel', () => {
  for (const { name, damage, message } of damages) {
    it(`refuses a checkpoint with ${name} in one line and leaves nothing behind`, async () => {
      const checkpoint = await copyCheckpoint();
      await damage(checkpoint);
      const parent = await temporaryFolder();
      const failure = await buildModel({ checkpoint, out: join(parent, 'out'), precision: 'fp32' }).catch(
        (e) => e,
      );
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure.message).toMatch(message);
      expect(failure.message).not.toContain('\n');
      expect(await readdir(parent)).toEqual([]);
    });
  }

  it.each(PRECISIONS)('gives the same bytes for the same checkpoint in %s', async (precision) => {
    const parent = await temporaryFolder();
    const [first, second] = [join(parent, 'a'), join(parent, 'b')];
    await buildModel({ checkpoint: REFERENCE, out: first, precision });
    await buildModel({ checkpoint: REFERENCE, out: second, precision });
    const names = await readdir(first);
    expect(await readdir(second)).toEqual(names);
    for (const name of names) {
      expect((await readFile(join(first, name))).equals(await readFile(join(second, name)))).toBe(true);
    }
  });

  it('describes the model, where it comes from and what it is made of', async () => {
    const out = join(await temporaryFolder(), 'out');
    await buildModel({ checkpoint: REFERENCE, out, precision: 'fp32', name: 'tiny' });
    const manifest = await readManifest(out);
    expect(manifest).toMatchObject({
      name: 'tiny',
      modelType: 'blenderbot',
      precision: 'fp32',
      shape: { d_model: 32, decoder_layers: 3 },
      vocabSize: 8008,
      maxPositions: 128,
      tokens: { pad: 0, bos: 1, eos: 2, decoderStart: 1 },
      recommendedGeneration: { num_beams: 10, length_penalty: 0.65, min_length: 20, max_length: 60 },
    });
    expect(Object.keys(manifest.sources)).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
    ]);
    expect(manifest.files['model.onnx']?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('replaces an earlier build but nothing of anybody else', async () => {
    const out = join(await temporaryFolder(), 'out');
    await mkdir(out);
    await buildModel({ checkpoint: REFERENCE, out, precision: 'fp32', name: 'first' });
    await buildModel({ checkpoint: REFERENCE, out, precision: 'fp32', name: 'second' });
    expect((await readManifest(out)).name).toBe('second');

    const foreign = await temporaryFolder();
    await writeFile(join(foreign, 'diary.txt'), 'dear diary');
    const build = () => buildModel({ checkpoint: REFERENCE, out: foreign, precision: 'fp32' });
    await expect(build()).rejects.toThrow(/holds "diary\.txt", which no build made/);
    // A web application has a manifest.json too.
    await writeFile(join(foreign, 'manifest.json'), '{"name": "My web app", "icons": []}');
    await expect(build()).rejects.toThrow(/which no build made/);
    expect(await readdir(foreign)).toEqual(['diary.txt', 'manifest.json']);
    // A build that somebody has put something into is not ours alone.
    await writeFile(join(out, 'notes.txt'), 'mine');
    await expect(buildModel({ checkpoint: REFERENCE, out, precision: 'fp32' })).rejects.toThrow(
      /"notes\.txt"/,
    );
  });

  it('leaves nothing behind and an earlier build alone where it is aborted', async () => {
    const parent = await temporaryFolder();
    const out = join(parent, 'out');
    await buildModel({ checkpoint: REFERENCE, out, precision: 'fp32', name: 'first' });
    const controller = new AbortController();
    const aborted = buildModel({
      checkpoint: REFERENCE,
      out,
      precision: 'fp32',
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stop')),
    });
    await expect(aborted).rejects.toThrow('stop');
    expect(await readdir(parent)).toEqual(['out']);
    expect((await readManifest(out)).name).toBe('first');
  });

  it('refuses a name that cannot stand in an address', async () => {
    const out = join(await temporaryFolder(), 'out');
    for (const name of ['', 'my model', 'a/b', 'x?y']) {
      const build = buildModel({ checkpoint: REFERENCE, out, precision: 'fp32', name });
      await expect(build).rejects.toThrow(/cannot be its name.*--name$/);
    }
  });

  it('can be read by whoever serves it', async () => {
    const out = join(await temporaryFolder(), 'out');
    await buildModel({ checkpoint: REFERENCE, out, precision: 'fp32' });
    expect((await stat(out)).mode & 0o777).toBe(0o755);
  });

  it('makes the tokenizer from vocab.json and merges.txt where there is no tokenizer.json', async () => {
    const checkpoint = await copyCheckpoint();
    await writeFile(join(checkpoint, 'vocab.json'), JSON.stringify({ '<pad>': 0, a: 1, b: 2, ab: 3, Ġ: 4 }));
    await writeFile(join(checkpoint, 'merges.txt'), '#version: 0.2\na b\n');
    const out = join(await temporaryFolder(), 'out');
    await buildModel({ checkpoint, out, precision: 'fp32' });
    const { model } = JSON.parse(await readFile(join(out, 'tokenizer.json'), 'utf8'));
    expect(model).toMatchObject({ type: 'BPE', vocab: { ab: 3 }, merges: [['a', 'b']] });
  });
});
