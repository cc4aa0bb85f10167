import { crc32 } from 'node:zlib';

interface StoredTensor {
  dtype: string;
  shape: number[];
  data: Uint8Array;
}

/** The tensors of a safetensors file, their bytes as they are. */
function readSafetensors(file: Uint8Array): [name: string, tensor: StoredTensor][] {
  const bytes = Buffer.from(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> =
    JSON.parse(bytes.toString('utf8', 8, start));
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { dtype, shape, data: bytes.subarray(start + from, start + to) }],
    );
}

const STORAGES: Record<string, string> = { F32: 'FloatStorage', F16: 'HalfStorage' };
const ORDERED_DICT = [global('collections', 'OrderedDict'), Buffer.from(')R')];

/** What `torch.save` would write for the tensors of a safetensors file: a zip file of a pickle and the tensors' bytes. */
export function torchFileOf(safetensors: Uint8Array): Uint8Array {
  const tensors = readSafetensors(safetensors);
  const items = tensors.flatMap(([name, tensor], key) => [text(name), ...rebuilt(tensor, String(key))]);
  const pickle = Buffer.concat([
    Buffer.from([0x80, 2]),
    ...ORDERED_DICT,
    Buffer.from('('),
    ...items,
    Buffer.from('u.'),
  ]);
  return zip([
    ['archive/data.pkl', pickle],
    ['archive/byteorder', Buffer.from('little')],
    ...tensors.map(([, { data }], key): [string, Uint8Array] => [`archive/data/${key}`, data]),
    ['archive/version', Buffer.from('3\n')],
  ]);
}

/** torch._utils._rebuild_tensor_v2(storage, offset 0, shape, strides, requires_grad False, hooks {}) */
function rebuilt({ dtype, shape, data }: StoredTensor, key: string): Buffer[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const count = data.byteLength / (dtype === 'F16' ? 2 : 4);
  const storage = tuple(
    text('storage'),
    global('torch', STORAGES[dtype]!),
    text(key),
    text('cpu'),
    int(count),
  );
  return [
    global('torch._utils', '_rebuild_tensor_v2'),
    // Q: the storage is looked up by this tuple.
    tuple(
      ...[storage, Buffer.from('Q'), int(0), tuple(...shape.map(int)), tuple(...strides.map(int))],
      ...[Buffer.from([0x89]), ...ORDERED_DICT],
    ),
    Buffer.from('R'),
  ];
}

function global(module: string, name: string): Buffer {
  return Buffer.from(`c${module}\n${name}\n`);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.from('X....');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function int(value: number): Buffer {
  const bytes = Buffer.from('J....');
  bytes.writeInt32LE(value, 1);
  return bytes;
}

function tuple(...items: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]);
}

/** A zip file whose entries are stored as they are. */
function zip(entries: [name: string, content: Uint8Array][]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    // The fields that both headers share: version, flags, method, time, date (1980-01-01), checksum, sizes, name.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(content.byteLength, 14);
    shared.writeUInt32LE(content.byteLength, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), content]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), shared, place, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]);
}
