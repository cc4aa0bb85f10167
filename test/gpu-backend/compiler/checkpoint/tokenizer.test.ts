import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from '../../../../edge/tokenizer/tokenizer.ts';
import { CheckpointError } from '../../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { readTokenizer } from '../../../../gpu-backend/compiler/checkpoint/tokenizer.ts';
import type { Merge, TokenizerJson } from '../../../../shared/tokenizer/tokenizer-json.ts';
import { fromHere as reference } from '../../../reference/cases.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const WORDS = reference('tokenizers/tandem-small');
const BYTES = reference('../../models/tandem-mini');
const SPECIAL_NAMES = ['__null__', '__start__', '__end__', '__unk__'];
const TEXTS = ["Hello there! Don't you\nknow?", 'back\\no and back\\tick', 'naïve 👍🏽', 'Ĉu vi?'];

const readWords = async () => ({
  vocab: JSON.parse(await readFile(join(WORDS, 'vocab.json'), 'utf8')) as Record<string, number>,
  merges: await readFile(join(WORDS, 'merges.txt'), 'utf8'),
});
const readBytes = async () =>
  JSON.parse(await readFile(join(BYTES, 'tokenizer.json'), 'utf8')) as Omit<TokenizerJson, 'model'> & {
    model: { vocab: Record<string, number>; merges: Merge[] };
  };

async function folderOf(files: Record<string, string | object>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const byId = (vocab: Record<string, number>) =>
  Object.entries(vocab)
    .sort(([, left], [, right]) => left - right)
    .map(([token]) => token);

/** model.dict as ParlAI saves it: special tokens with counts beyond any other, the rest as it is used. */
const dictionary = (tokens: string[]) =>
  tokens
    .map((token) => token.replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r'))
    .map((token, id) => `${token}\t${id < 4 ? 1_000_000_003 - id : 1}\n`)
    .join('');

/** A byte-level model's three files: the library numbers from 0, the dictionary has ParlAI's special tokens before. */
async function parlaiBytes() {
  const { model } = await readBytes();
  const pieces = ['<s>', '<pad>', '</s>', '<unk>', ...byId(model.vocab).slice(8)];
  return {
    'model.dict': dictionary([...SPECIAL_NAMES, ...pieces, '__FP16_PAD_0__']),
    'model.dict-vocab.json': Object.fromEntries(pieces.map((piece, id) => [piece, id])),
    'model.dict-merges.txt': `#version: 0.2 - Trained by a library\n${model.merges.map((pair) => pair.join(' ')).join('\n')}\n`,
  };
}

async function parlaiWords() {
  const { vocab, merges } = await readWords();
  return { 'model.dict': dictionary(byId(vocab)), 'model.dict.codecs': merges };
}

describe('the tokenizer of a folder', () => {
  it('is none where there is no vocabulary', async () => {
    expect(await readTokenizer(await temporaryFolder())).toBeUndefined();
    expect(await readTokenizer(await folderOf({ 'vocab.json': {} }))).toBeUndefined();
    expect(await readTokenizer(await folderOf({ 'model.dict': '__null__\t1\n' }))).toBeUndefined();
  });

  it('is its tokenizer.json before vocab.json and merges.txt, for Blenderbot', async () => {
    const json = await readBytes();
    const folder = await folderOf({ 'tokenizer.json': json, 'vocab.json': { Ġ: 0 }, 'merges.txt': '' });
    expect(await readTokenizer(folder)).toEqual(json);
  });

  it('is its vocab.json and merges.txt before tokenizer.json, for BlenderbotSmall', async () => {
    const { vocab, merges } = await readWords();
    // The hub's own does not lower-case.
    const wrong = { ...(await readTokenizer(WORDS)), normalizer: null };
    const folder = await folderOf({ 'tokenizer.json': wrong, 'vocab.json': vocab, 'merges.txt': merges });
    expect(await readTokenizer(folder)).toEqual(await readTokenizer(WORDS));
    const alone = await folderOf({ 'tokenizer.json': wrong });
    await expect(readTokenizer(alone)).rejects.toThrow(
      /^tokenizer\.json: does not prepare text .* beside it$/,
    );
  });

  it('can be read again once it is written', async () => {
    for (const folder of [WORDS, BYTES]) {
      const json = (await readTokenizer(folder))!;
      expect(await readTokenizer(await folderOf({ 'tokenizer.json': json }))).toEqual(json);
    }
  });
});

describe("the tokenizer of ParlAI's dictionary", () => {
  it("is for words the one that Hugging Face's files make", async () => {
    expect(await readTokenizer(await folderOf(await parlaiWords()))).toEqual(await readTokenizer(WORDS));
  });

  it('is for bytes the one with its ids in the order of the dictionary', async () => {
    const parlai = createTokenizer(await readTokenizer(await folderOf(await parlaiBytes())));
    const original = createTokenizer(await readTokenizer(BYTES));
    expect(parlai.tokenId('<s>')).toBe(4);
    for (const text of TEXTS) {
      const ids = original.encode(text);
      expect(parlai.encode(text)).toEqual(ids);
      expect(parlai.decode([1, ...ids, 2, 0])).toBe(original.decode(ids));
    }
  });

  it('numbers as ParlAI does what stands twice, in capitals or with escapes', async () => {
    const { vocab, merges } = await readWords();
    const [, , , , newline, ...rest] = byId(vocab);
    const lines = ['__NULL__', '__START__', '__END__', '__UNK__', newline!, 'a\\tb', 'a\\tb', ...rest];
    const folder = await folderOf({
      'model.dict': lines.map((token) => `${token}\t1\r\n`).join(''),
      'model.dict.codecs': merges,
    });
    const { model } = (await readTokenizer(folder))!;
    expect(model.vocab).toMatchObject({ '__null__</w>': 0, '__unk__</w>': 3, '\n</w>': 4, 'a\tb</w>': 5 });
    expect(Object.values(model.vocab)).toHaveLength(byId(vocab).length + 1);
  });

  it('keeps a piece whose backslash the dictionary cannot keep', async () => {
    const files = await parlaiBytes();
    const pieces = {
      ...files['model.dict-vocab.json'],
      '\\n': Object.keys(files['model.dict-vocab.json']).length,
    };
    const lines = files['model.dict'].replace('__FP16_PAD_0__', '\\n');
    const folder = await folderOf({ ...files, 'model.dict': lines, 'model.dict-vocab.json': pieces });
    const { model } = (await readTokenizer(folder))!;
    expect(model.vocab['\\n']).toBe(pieces['\\n'] + 4);
  });
});

describe('a vocabulary that cannot be one', () => {
  const model = { modelType: 'blenderbot', vocabSize: 8008 } as const;

  it('is refused where it does not fit the model', async () => {
    await expect(readTokenizer(WORDS, model)).rejects.toThrow(
      /^vocab\.json: is a tokenizer of blenderbot-small, where config\.json says blenderbot$/,
    );
    await expect(readTokenizer(BYTES, { ...model, vocabSize: 1_999 })).rejects.toThrow(
      /^tokenizer\.json: its largest id is 1999, where config\.json has a vocab_size of 1999$/,
    );
    expect(await readTokenizer(BYTES, { ...model, vocabSize: 2_000 })).toBeDefined();
  });

  const refused: [string, Record<string, string | object>, RegExp][] = [
    ['a list', { 'vocab.json': [], 'merges.txt': '' }, /^vocab\.json: not an object of tokens/],
    [
      'ids that are none',
      { 'vocab.json': { Ġ: -1 }, 'merges.txt': '' },
      /^vocab\.json: not an object of tokens/,
    ],
    ['no JSON', { 'vocab.json': '{', 'merges.txt': '' }, /^vocab\.json: not JSON/],
    ['an id twice', { 'vocab.json': { Ġ: 0, a: 0 }, 'merges.txt': '' }, /^vocab\.json: two of its tokens/],
    [
      'a merge of three',
      { 'vocab.json': { Ġ: 0 }, 'merges.txt': '#version: 0.2\na b c\n' },
      /^merges\.txt: line 2/,
    ],
    ['a merge of nothing', { 'vocab.json': { Ġ: 0 }, 'merges.txt': ' a' }, /^merges\.txt: line 1/],
    [
      'a merge into nothing',
      { 'vocab.json': { Ġ: 0 }, 'merges.txt': 'Ġ a' },
      /^vocab\.json: its merges make "Ġa"/,
    ],
    [
      'words without a line feed',
      { 'vocab.json': { __unk__: 3 }, 'merges.txt': '' },
      /^vocab\.json: has no token/,
    ],
    [
      'a dictionary without counts',
      { 'model.dict': 'a\n', 'model.dict.codecs': '' },
      /^model\.dict: line 1 \("a"\)/,
    ],
    [
      'codes of another version',
      { 'model.dict': '', 'model.dict.codecs': 'a b</w>\n' },
      /^model\.dict\.codecs: does not begin with "#version: 0\.2"/,
    ],
    [
      'a dictionary of other pieces',
      { 'model.dict': 'a\t1\n', 'model.dict-vocab.json': { Ġ: 0 }, 'model.dict-merges.txt': '' },
      /^model\.dict: its token 4 is "a", where model\.dict-vocab\.json has "Ġ"/,
    ],
  ];
  it.each(refused)('is refused: %s', async (_, files, cause) => {
    const refusal = readTokenizer(await folderOf(files));
    await expect(refusal).rejects.toBeInstanceOf(CheckpointError);
    await expect(refusal).rejects.toThrow(cause);
  });

  it('is refused in one line or read, whatever is changed in it', async () => {
    const sets: Record<string, string | object>[] = [
      await parlaiWords(),
      await parlaiBytes(),
      {
        'vocab.json': await readFile(join(WORDS, 'vocab.json'), 'utf8'),
        'merges.txt': (await readWords()).merges,
      },
      { 'tokenizer.json': await readFile(join(BYTES, 'tokenizer.json'), 'utf8') },
    ];
    const change = fc.record({
      set: fc.nat(sets.length - 1),
      file: fc.nat(2),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      removed: fc.nat(50),
      inserted: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\t', '\n', ' ', '"', '@@', '__proto__', '0'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ set, file, at, removed, inserted }) => {
        const folder = await folderOf(sets[set]!);
        const name = Object.keys(sets[set]!)[file % Object.keys(sets[set]!).length]!;
        const text = await readFile(join(folder, name), 'utf8');
        const position = Math.floor(at * text.length);
        await writeFile(
          join(folder, name),
          text.slice(0, position) + inserted + text.slice(position + removed),
        );
        try {
          const tokenizer = createTokenizer(await readTokenizer(folder));
          tokenizer.decode(tokenizer.encode('Hello there!\nyou'));
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
          expect((error as Error).message).toMatch(/^[\w.-]+: .+$/);
        }
      }),
      { numRuns: 60 },
    );
  });
});
