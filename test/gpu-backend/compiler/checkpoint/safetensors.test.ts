import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../../gpu-backend/compiler/checkpoint/checkpoint-error.ts';
import { openSafetensors } from '../../../../gpu-backend/compiler/checkpoint/safetensors.ts';
import { fromHere } from '../../../reference/cases.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { eachDamaged } from './damaged-files.ts';
import { writeSafetensors } from './write-safetensors.ts';

const SHARD = fromHere('checkpoints/blenderbot-safetensors-sharded/model-00002-of-00004.safetensors');

const entry = (dtype: string, shape: number[], data_offsets: [number, number]) => ({
  dtype,
  shape,
  data_offsets,
});
const zeros = (bytes: number) => new Uint8Array(bytes);

const refused: { name: string; file: Parameters<typeof writeSafetensors>[1]; message: RegExp }[] = [
  { name: 'a header longer than the file', file: { header: {}, headerBytes: 1000n }, message: /truncated/ },
  {
    name: 'a header length beyond all reason',
    file: { header: {}, headerBytes: 2n ** 63n },
    message: /header is too long/,
  },
  { name: 'a header that is not JSON', file: { header: '{"a":' }, message: /not JSON/ },
  { name: 'a header that is no object', file: { header: [1] }, message: /not a JSON object/ },
  {
    name: 'an entry without offsets',
    file: { header: { a: { dtype: 'F32', shape: [1] } } },
    message: /entry for a/,
  },
  {
    name: 'a negative dimension',
    file: { header: { a: entry('F32', [-1], [0, 4]) } },
    message: /entry for a/,
  },
  {
    name: 'a type that is not known',
    file: { header: { a: entry('F128', [1], [0, 8]) }, data: zeros(8) },
    message: /a is of an unknown type, F128/,
  },
  {
    name: 'offsets that do not fit the shape',
    file: { header: { a: entry('F32', [2], [0, 4]) }, data: zeros(4) },
    message: /a \[2\] needs 8 bytes, the header gives it 4/,
  },
  {
    name: 'data that ends early',
    file: { header: { a: entry('F32', [2], [0, 8]) }, data: zeros(4) },
    message: /truncated/,
  },
  {
    name: 'bytes after the last tensor',
    file: { header: { a: entry('F32', [1], [0, 4]) }, data: zeros(9) },
    message: /5 bytes follow/,
  },
  {
    name: 'a tensor twice',
    file: {
      header:
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      data: zeros(4),
    },
    message: /its header names a twice/,
  },
  {
    name: 'a type twice in one entry',
    file: { header: '{"a":{"dtype":"F16","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', data: zeros(4) },
    message: /its header names dtype twice/,
  },
  {
    name: 'tensors that overlap',
    file: { header: { a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [2, 6]) }, data: zeros(6) },
    message: /overlap before b/,
  },
  {
    name: 'a gap between tensors',
    file: { header: { a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [8, 12]) }, data: zeros(12) },
    message: /gap or an overlap before b/,
  },
];

describe('openSafetensors', () => {
  for (const { name, file, message } of refused) {
    it(`refuses ${name}, naming the file`, async () => {
      const path = await writeSafetensors(join(await temporaryFolder(), 'model.safetensors'), file);
      const failure = await openSafetensors(path).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CheckpointError);
      expect((failure as Error).message).toMatch(/^model\.safetensors: /);
      expect((failure as Error).message).toMatch(message);
      expect((failure as Error).message).not.toContain('\n');
    });
  }

  it('reads every stored type as float32', async () => {
    const data = new Uint8Array(8 + 8 + 8);
    new Float32Array(data.buffer, 0, 2).set([1.5, -0.1]);
    new Uint16Array(data.buffer, 8, 4).set([0x3c00, 0xc000, 0x0001, 0x7c00]); // 1, −2, the smallest, ∞
    new Uint16Array(data.buffer, 16, 4).set([0x3f80, 0xc000, 0x0000, 0x7f80]); // 1, −2, 0, ∞
    const header = {
      __metadata__: { format: 'pt' },
      f32: entry('F32', [2], [0, 8]),
      f16: entry('F16', [2, 2], [8, 16]),
      bf16: entry('BF16', [4], [16, 24]),
    };
    const source = await openSafetensors(
      await writeSafetensors(join(await temporaryFolder(), 'm'), { header, data }),
    );
    expect([...(await source.read('f32'))]).toEqual([1.5, Math.fround(-0.1)]);
    expect([...(await source.read('f16'))]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
    expect([...(await source.read('bf16'))]).toEqual([1, -2, 0, Number.POSITIVE_INFINITY]);
    expect(source.tensors.get('f16')).toMatchObject({ type: 'F16', shape: [2, 2] });
    await source.close();
  });

  it('opens a file in which a tensor that nobody asks for is of another type', async () => {
    const header = { ids: entry('I64', [1], [0, 8]), f32: entry('F32', [1], [8, 12]) };
    const path = await writeSafetensors(join(await temporaryFolder(), 'm'), { header, data: zeros(12) });
    const source = await openSafetensors(path);
    expect([...(await source.read('f32'))]).toEqual([0]);
    await source.close();
  });

  it('takes a string that looks like an object for a string', async () => {
    const header = { __metadata__: { note: '{"a": 1, "a": 2}', 'a"': 'b' }, a: entry('F32', [1], [0, 4]) };
    const path = await writeSafetensors(join(await temporaryFolder(), 'm'), { header, data: zeros(4) });
    const source = await openSafetensors(path);
    expect([...source.tensors.keys()]).toEqual(['a']);
    await source.close();
  });

  it('answers a real file, however it is damaged, with tensors or a CheckpointError, and within its memory', async () => {
    await eachDamaged(SHARD, async (path) => {
      const source = await openSafetensors(path);
      try {
        for (const [name, { type }] of source.tensors) if (type === 'F32') await source.read(name);
      } finally {
        await source.close();
      }
    });
  });

  it('keeps a message in one line whatever stands in the file', async () => {
    const header = { 'a\n\u001b[31m': entry('F32', [1], [0, 5]) };
    const path = await writeSafetensors(join(await temporaryFolder(), 'm'), { header, data: zeros(5) });
    await expect(openSafetensors(path)).rejects.toThrow(/^m: a \[31m \[1\] needs 4 bytes/);
  });

  it('answers any bytes with tensors or a CheckpointError, never with another fault', async () => {
    const path = join(await temporaryFolder(), 'model.safetensors');
    const header = fc.dictionary(
      fc.string({ maxLength: 3 }),
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          dtype: fc.constantFrom('F32', 'F16'),
          shape: fc.array(fc.nat(3)),
          data_offsets: fc.tuple(fc.nat(16), fc.nat(16)),
        }),
      ),
    );
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(header, fc.uint8Array({ maxLength: 32 })).map(([entries, data]) => {
        const json = Buffer.from(JSON.stringify(entries));
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(json.length));
        return Buffer.concat([length, json, data]);
      }),
    );
    await fc.assert(
      fc.asyncProperty(file, async (bytes) => {
        await writeFile(path, bytes);
        const opened = await openSafetensors(path).catch((error: unknown) => error);
        if (opened instanceof Error) expect(opened).toBeInstanceOf(CheckpointError);
        else await (opened as Awaited<ReturnType<typeof openSafetensors>>).close();
      }),
      { numRuns: 300 },
    );
  });
});
