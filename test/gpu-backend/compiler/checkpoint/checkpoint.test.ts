import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import {
  holdsCheckpoint,
  openCheckpoint,
  sourceFilesOf,
} from '../../../../gpu-backend/compiler/checkpoint/checkpoint.ts';
import { openSafetensors } from '../../../../gpu-backend/compiler/checkpoint/safetensors.ts';
import { fromHere } from '../../../reference/cases.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { eachDamaged } from './damaged-files.ts';
import { writeSafetensors } from './write-safetensors.ts';

const REFERENCES = fromHere('checkpoints');
const SHARDED = 'blenderbot-safetensors-sharded';
const SHARDED_BIN = 'blenderbot-small-bin-sharded';

async function copyOf(name: string): Promise<string> {
  const checkpoint = join(await temporaryFolder(), name);
  await cp(join(REFERENCES, name), checkpoint, { recursive: true });
  return checkpoint;
}

const INDEX = 'model.safetensors.index.json';

async function editIndex(checkpoint: string, change: Record<string, string>): Promise<void> {
  const path = join(checkpoint, INDEX);
  const index = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ weight_map: { ...index.weight_map, ...change } }));
}

/** The sharded reference's tensors in one file, each under the name that `nameOf` gives it, if any. */
async function withNames(nameOf: (name: string) => string[]): Promise<string> {
  const checkpoint = await copyOf(SHARDED);
  const { weights } = await openCheckpoint(checkpoint);
  const header: Record<string, unknown> = {};
  const data: Uint8Array[] = [];
  let end = 0;
  for (const [stored, { shape }] of weights.tensors) {
    const values = await weights.read(stored);
    for (const name of nameOf(stored)) {
      header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
      data.push(new Uint8Array(values.buffer));
      end += values.byteLength;
    }
  }
  await weights.close();
  await writeSafetensors(join(checkpoint, 'model.safetensors'), { header, data: Buffer.concat(data) });
  return checkpoint;
}

const EMBEDDING = 'model.shared.weight';

describe('openCheckpoint', () => {
  it('takes safetensors where there is PyTorch’s file, too, and one file before several', async () => {
    const checkpoint = await copyOf(SHARDED);
    await writeFile(join(checkpoint, 'pytorch_model.bin'), 'not read');
    expect((await openAndClose(checkpoint)).weights.description).toBe('model.safetensors.index.json');
    await writeSafetensors(join(checkpoint, 'model.safetensors'), { header: {} });
    expect((await openAndClose(checkpoint)).weights.description).toBe('model.safetensors');
  });

  it('tells all files that a build reads', async () => {
    expect(await sourceFilesOf(join(REFERENCES, SHARDED_BIN))).toEqual([
      'config.json',
      'generation_config.json',
      'pytorch_model.bin.index.json',
      'pytorch_model-00001-of-00003.bin',
      'pytorch_model-00002-of-00003.bin',
      'pytorch_model-00003-of-00003.bin',
    ]);
    expect(await sourceFilesOf(join(REFERENCES, 'parlai'))).toEqual(['model.opt', 'model']);
  });

  it('tells a checkpoint by its config.json or model.opt', async () => {
    expect(await holdsCheckpoint(join(REFERENCES, 'parlai'))).toBe(true);
    expect(await holdsCheckpoint(join(REFERENCES, SHARDED))).toBe(true);
    expect(await holdsCheckpoint(REFERENCES)).toBe(false);
    expect(await holdsCheckpoint(join(REFERENCES, 'nowhere'))).toBe(false);
  });

  for (const [name, nameOf] of [
    ['without "model." in front', (stored: string) => [stored.replace(/^model\./, '')]],
    [
      'with the embedding only as the head’s',
      (stored: string) => [stored === EMBEDDING ? 'lm_head.weight' : stored],
    ],
    [
      'with every copy of the embedding',
      (stored: string) =>
        stored === EMBEDDING
          ? [
              EMBEDDING,
              'model.encoder.embed_tokens.weight',
              'model.decoder.embed_tokens.weight',
              'lm_head.weight',
            ]
          : [stored],
    ],
  ] as const) {
    it(`finds the tensors of a file ${name}`, async () => {
      const [plain, renamed] = await Promise.all([
        copyOf(SHARDED),
        withNames((stored) => [...nameOf(stored)]),
      ]);
      const [a, b] = [await openCheckpoint(plain), await openCheckpoint(renamed)];
      expect(b.weights.description).toBe('model.safetensors');
      expect([...b.weights.tensors.keys()].sort()).toEqual([...a.weights.tensors.keys()].sort());
      expect(await b.weights.read(EMBEDDING)).toEqual(await a.weights.read(EMBEDDING));
      await Promise.all([a.weights.close(), b.weights.close()]);
    });
  }

  it('adds no bias to the logits where the file has none', async () => {
    const checkpoint = await withNames((stored) => (stored === 'final_logits_bias' ? [] : [stored]));
    const { weights } = await openCheckpoint(checkpoint);
    expect(weights.tensors.get('final_logits_bias')?.shape).toEqual([1, 512]);
    expect(await weights.read('final_logits_bias')).toEqual(new Float32Array(512));
    await weights.close();
  });

  const damages: {
    name: string;
    of: string;
    damage: (folder: string) => Promise<unknown>;
    message: RegExp;
  }[] = [
    {
      name: 'an index that names a missing file',
      of: SHARDED,
      damage: (c) => rm(join(c, 'model-00003-of-00004.safetensors')),
      message:
        /^model\.safetensors\.index\.json: names "model-00003-of-00004\.safetensors", which is no file in the folder/,
    },
    {
      name: 'an index that names a file elsewhere',
      of: SHARDED,
      damage: (c) => editIndex(c, { [EMBEDDING]: '../../other/model.safetensors' }),
      message:
        /^model\.safetensors\.index\.json: names "\.\.\/\.\.\/other\/model\.safetensors", which is no file in the folder/,
    },
    {
      name: 'an index that names a tensor twice',
      of: SHARDED_BIN,
      damage: (c) =>
        writeFile(join(c, 'pytorch_model.bin.index.json'), '{"weight_map": {"a": "x.bin", "a": "y.bin"}}'),
      message: /^pytorch_model\.bin\.index\.json: names a twice/,
    },
    {
      name: 'an index without a map',
      of: SHARDED_BIN,
      damage: (c) => writeFile(join(c, 'pytorch_model.bin.index.json'), '{"metadata": {}}'),
      message: /^pytorch_model\.bin\.index\.json: has no weight_map/,
    },
    {
      name: 'files that changed places',
      of: SHARDED,
      damage: async (c) => {
        await rename(join(c, 'model-00001-of-00004.safetensors'), join(c, 'x'));
        await rename(
          join(c, 'model-00002-of-00004.safetensors'),
          join(c, 'model-00001-of-00004.safetensors'),
        );
        await rename(join(c, 'x'), join(c, 'model-00002-of-00004.safetensors'));
      },
      message:
        /^model-0000[12]-of-00004\.safetensors: tensor \S+ is missing, which model\.safetensors\.index\.json expects here/,
    },
    {
      name: 'a tensor in two files',
      of: SHARDED,
      damage: async (c) => {
        await cp(join(c, 'model-00002-of-00004.safetensors'), join(c, 'model-00005.safetensors'));
        const [first] = await tensorsOf(join(c, 'model-00005.safetensors'));
        await editIndex(c, { [first!]: 'model-00005.safetensors' });
      },
      message: /^model-00005\.safetensors: tensor \S+ is in model-00002-of-00004\.safetensors, too/,
    },
    {
      name: 'options of another network',
      of: 'parlai',
      damage: (c) => editParlaiOptions(c, { variant: 'aiayn' }),
      message: /^model\.opt: variant: only the variants prelayernorm and xlm are known/,
    },
    {
      name: 'options without a size',
      of: 'parlai',
      damage: (c) => editParlaiOptions(c, { embedding_size: undefined }),
      message: /^model\.opt: embedding_size: /,
    },
    {
      name: 'options that choose in an unknown way',
      of: 'parlai',
      damage: (c) => editParlaiOptions(c, { inference: 'factual_nucleus' }),
      message: /^model\.opt: inference: only greedy, beam, topk and nucleus are known/,
    },
    {
      name: 'no weights beside its options',
      of: 'parlai',
      damage: (c) => rm(join(c, 'model')),
      message: /^model: missing in /,
    },
    {
      name: 'options that are no JSON',
      of: 'parlai',
      damage: (c) => writeFile(join(c, 'model.opt'), 'variant: xlm'),
      message: /^model\.opt: not JSON/,
    },
    {
      name: 'other weights than ParlAI’s',
      of: 'parlai',
      damage: (c) => cp(join(REFERENCES, 'blenderbot-legacy-bf16', 'pytorch_model.bin'), join(c, 'model')),
      message: /^model: holds no state dict/,
    },
  ];
  for (const { name, of, damage, message } of damages) {
    it(`refuses ${name}`, async () => {
      const checkpoint = await copyOf(of);
      await damage(checkpoint);
      const failure = await openCheckpoint(checkpoint).catch((error) => error);
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure.message).toMatch(message);
    });
  }

  it('answers an index, however it is damaged, with tensors or a CheckpointError', async () => {
    const checkpoint = await copyOf(SHARDED);
    await eachDamaged(join(checkpoint, INDEX), async (path) => {
      await cp(path, join(checkpoint, INDEX));
      await openAndClose(checkpoint).catch((error) => {
        // A changed name is missed where it is looked for.
        throw error instanceof CheckpointError ? new CheckpointError(INDEX, error.message) : error;
      });
    });
  });
});

describe('the options of a ParlAI checkpoint', () => {
  it('become a configuration by transformers’ names', async () => {
    const { config, rawConfig } = await openAndClose(join(REFERENCES, 'parlai'));
    expect(rawConfig).toMatchObject({
      model_type: 'blenderbot',
      vocab_size: 512,
      d_model: 16,
      encoder_layers: 1,
      decoder_layers: 2,
      encoder_ffn_dim: 32,
      scale_embedding: true,
      max_position_embeddings: 128,
    });
    expect(config).toMatchObject({
      modelType: 'blenderbot',
      tokens: { pad: 0, bos: 1, eos: 2, decoderStart: 1 },
      // ParlAI counts neither length's start token.
      recommendedGeneration: {
        num_beams: 10,
        min_length: 21,
        max_length: 128,
        length_penalty: 0.65,
        no_repeat_ngram_size: 3,
        encoder_no_repeat_ngram_size: 3,
        forced_eos_token_id: 2,
      },
    });
  });

  it('switch a block off by a size below one', async () => {
    const { config } = await openAndClose(join(REFERENCES, 'parlai-small'));
    expect(config.modelType).toBe('blenderbot-small');
    expect(config.recommendedGeneration.encoder_no_repeat_ngram_size).toBe(0);
  });

  it('leave layers, positions and the way of choosing to older options where they are silent', async () => {
    const checkpoint = await copyOf('parlai');
    await editParlaiOptions(checkpoint, {
      n_encoder_layers: -1,
      n_decoder_layers: undefined,
      n_layers: 2,
      n_positions: null,
      inference: undefined,
      beam_size: 1,
      label_truncate: 40,
    });
    const { rawConfig, config } = await openAndClose(checkpoint);
    expect(rawConfig).toMatchObject({ encoder_layers: 2, decoder_layers: 2, max_position_embeddings: 128 });
    expect(config.recommendedGeneration).toMatchObject({ num_beams: 1, max_length: 41 });
  });

  it('go with the tokenizer that its dictionary makes', async () => {
    const checkpoint = await copyOf('parlai-small');
    const words = ['__newln__', 'h@@', 'i', 'hi'].map((word, index) => `${word}\t${100 - index}\n`);
    await writeFile(join(checkpoint, 'model.dict'), words.join(''));
    await writeFile(join(checkpoint, 'model.dict.codecs'), '#version: 0.2\nh i</w>\n');
    const { tokenizer, sourceFiles } = await openAndClose(checkpoint);
    expect(tokenizer).toMatchObject({ model: { vocab: { h: 5, 'i</w>': 6, 'hi</w>': 7 } } });
    expect(sourceFiles).toEqual(['model.opt', 'model', 'model.dict', 'model.dict.codecs']);
  });

  it('never let the start token be generated', async () => {
    const { weights } = await openCheckpoint(join(REFERENCES, 'parlai'));
    const bias = await weights.read('final_logits_bias');
    expect(bias[1]).toBe(-65504);
    expect(bias.filter((value) => value !== 0)).toHaveLength(1);
    await weights.close();
  });
});

async function openAndClose(checkpoint: string) {
  const opened = await openCheckpoint(checkpoint);
  await opened.weights.close();
  return opened;
}

async function tensorsOf(path: string): Promise<string[]> {
  const source = await openSafetensors(path);
  await source.close();
  return [...source.tensors.keys()];
}

/** model.opt as Python wrote it holds an Infinity, which `JSON.parse` does not read. */
async function editParlaiOptions(checkpoint: string, change: Record<string, unknown>): Promise<void> {
  const path = join(checkpoint, 'model.opt');
  const options = JSON.parse((await readFile(path, 'utf8')).replace('Infinity', 'null'));
  await writeFile(path, JSON.stringify({ ...options, ...change }));
}
