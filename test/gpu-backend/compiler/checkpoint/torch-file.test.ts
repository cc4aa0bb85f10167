import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { openTorchFile } from '../../../../gpu-backend/compiler/checkpoint/torch-file.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { eachDamaged } from './damaged-files.ts';
import * as ops from './write-pickle.ts';

const FILES = fileURLToPath(new URL('./torch-files', import.meta.url));
const expected: Record<string, { shape: number[]; values: number[] }> = JSON.parse(
  readFileSync(join(FILES, 'views.json'), 'utf8'),
);

async function write(bytes: Buffer): Promise<string> {
  const path = join(await temporaryFolder(), 'pytorch_model.bin');
  await writeFile(path, bytes);
  return path;
}

const failureOf = (path: string) =>
  openTorchFile(path).then(
    () => undefined,
    (error) => error,
  );

const oneTensor = ops.pickle(
  ops.EMPTY_DICT,
  ops.string('a'),
  ops.tensor(ops.storage('FloatStorage', '7', 2), { offset: 0, shape: [2], strides: [1] }),
  ops.SETITEM,
);
const count = (elements: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(elements);
  return bytes;
};
const data = Buffer.concat([count(2n), Buffer.alloc(8)]);

const damagedLegacy: { name: string; file: Parameters<typeof ops.legacyFile>[0]; message: RegExp }[] = [
  {
    name: 'storages that end early',
    file: { object: oneTensor, keys: ['7'], data: data.subarray(0, 12) },
    message: /truncated: storage 7 is cut off/,
  },
  {
    name: 'a storage of another length than its pickle says',
    file: { object: oneTensor, keys: ['7'], data: Buffer.concat([count(2n ** 60n), Buffer.alloc(8)]) },
    message: /storage 7 should have 2 elements, the file gives it 1152921504606846976/,
  },
  {
    name: 'a storage that is not there',
    file: { object: oneTensor, keys: [], data },
    message: /storage 7, which is missing/,
  },
  {
    name: 'a storage twice',
    file: { object: oneTensor, keys: ['7', '7'], data: Buffer.concat([data, data]) },
    message: /list of its storages is not that of its pickle/,
  },
  {
    name: 'the other byte order',
    file: { object: oneTensor, keys: ['7'], data, littleEndian: false },
    message: /byte order/,
  },
  {
    name: 'no state dict',
    file: { object: ops.pickle(ops.EMPTY_LIST), keys: [], data: Buffer.alloc(0) },
    message: /holds no state dict/,
  },
];

describe('openTorchFile', () => {
  for (const format of ['zip', 'legacy']) {
    for (const kind of ['views', 'types']) {
      it(`reads the ${kind} of a ${format} file as PyTorch does`, async () => {
        const source = await openTorchFile(join(FILES, `${kind}.${format}.bin`));
        const weights = [...source.tensors].filter(([, { type }]) => !['I64', 'F64'].includes(type));
        expect(weights.length).toBeGreaterThan(2);
        for (const [name, { shape }] of weights) {
          expect({ name, shape, values: [...(await source.read(name))] }).toEqual({
            name,
            ...expected[name],
          });
        }
        await source.close();
      });
    }

    it(`tells the types of a ${format} file's tensors`, async () => {
      const source = await openTorchFile(join(FILES, `types.${format}.bin`));
      expect(Object.fromEntries([...source.tensors].map(([name, { type }]) => [name, type]))).toEqual({
        f32: 'F32',
        f16: 'F16',
        bf16: 'BF16',
        i64: 'I64',
        f64: 'F64',
      });
      await source.close();
    });

    it(`refuses a ${format} file with a command by the command's name, and runs nothing`, async () => {
      const failure = await failureOf(join(FILES, `command.${format}.bin`));
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure.message).toMatch(
        /^command\.\w+\.bin: refused: it refers to posix\.system, .*; nothing was run$/,
      );
      expect(existsSync('/tmp/tandem-test-was-run')).toBe(false);
    });

    it(`refuses a tensor of a ${format} file whose elements are one and the same`, async () => {
      const failure = await failureOf(join(FILES, `expanded.${format}.bin`));
      expect(failure.message).toMatch(/a tensor \[1000\] lies outside its storage \S+ of 1 elements/);
    });
  }

  for (const { name, file, message } of damagedLegacy) {
    it(`refuses a legacy file with ${name}`, async () => {
      const failure = await failureOf(await write(ops.legacyFile(file)));
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure.message).toMatch(message);
    });
  }

  const notTorch: [name: string, bytes: Buffer, message: RegExp][] = [
    ['nothing', Buffer.alloc(0), /not a file that PyTorch wrote/],
    ['text', Buffer.from('<!doctype html><title>404</title>'), /not a file that PyTorch wrote/],
    [
      "a large file's pointer",
      Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
      /not a file that PyTorch wrote/,
    ],
    ['another pickle', ops.pickle(ops.EMPTY_DICT), /a pickle, but none that PyTorch wrote/],
    ['the beginning of a zip archive', Buffer.from('PK\x03\x04rest'), /not a whole zip archive/],
  ];
  for (const [name, bytes, message] of notTorch) {
    it(`refuses ${name}`, async () => {
      const failure = await failureOf(await write(bytes));
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure.message).toMatch(message);
    });
  }

  it('refuses an archive whose entries are compressed', async () => {
    const bytes = readFileSync(join(FILES, 'views.zip.bin'));
    // The compression method, 8 for deflate, in every header of the directory.
    for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4))
      bytes.writeUInt16LE(8, at + 10);
    expect((await failureOf(await write(bytes))).message).toMatch(/is compressed or encrypted/);
  });

  it('refuses an archive whose storage is not as long as its pickle says', async () => {
    const bytes = readFileSync(join(FILES, 'views.zip.bin'));
    const name = bytes.lastIndexOf('/data/0');
    const header = bytes.lastIndexOf('PK\x01\x02', name);
    // Both lengths of the entry, compressed and not.
    bytes.writeUInt32LE(4, header + 20);
    bytes.writeUInt32LE(4, header + 24);
    const failure = await failureOf(await write(bytes));
    expect(failure.message).toMatch(/storage 0 should have 96 bytes, the archive gives it 4/);
  });

  it('answers a real file, however it is damaged, with tensors or a CheckpointError, and within its memory', async () => {
    for (const name of readdirSync(FILES).filter((file) => /(views|types)\..*bin$/.test(file))) {
      await eachDamaged(join(FILES, name), async (path) => {
        const source = await openTorchFile(path);
        try {
          for (const [tensor, { type }] of source.tensors) {
            if (['F32', 'F16', 'BF16'].includes(type)) await source.read(tensor);
          }
        } finally {
          await source.close();
        }
      });
    }
  });
});
