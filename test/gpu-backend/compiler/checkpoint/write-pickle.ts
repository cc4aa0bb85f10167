/** Pickle operations as bytes, honest or not, for tests to put together. */
export type PickleBytes = number[];

const text = (value: string): PickleBytes => [...Buffer.from(value, 'utf8')];
const uint32 = (value: number): PickleBytes => [
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  value >>> 24,
];

export const PROTO: PickleBytes = [0x80, 2];
export const STOP: PickleBytes = [0x2e];
export const MARK: PickleBytes = [0x28];
export const EMPTY_DICT: PickleBytes = [0x7d];
export const EMPTY_LIST: PickleBytes = [0x5d];
export const EMPTY_TUPLE: PickleBytes = [0x29];
export const SETITEM: PickleBytes = [0x73];
export const SETITEMS: PickleBytes = [0x75];
export const APPEND: PickleBytes = [0x61];
export const APPENDS: PickleBytes = [0x65];
export const TUPLE: PickleBytes = [0x74];
export const REDUCE: PickleBytes = [0x52];
export const NEWOBJ: PickleBytes = [0x81];
export const BUILD: PickleBytes = [0x62];
export const PERSISTENT_ID: PickleBytes = [0x51];
export const NONE: PickleBytes = [0x4e];
export const TRUE: PickleBytes = [0x88];
export const FALSE: PickleBytes = [0x89];
export const POP: PickleBytes = [0x30];
export const DUP: PickleBytes = [0x32];

export const global = (module: string, name: string): PickleBytes => [0x63, ...text(`${module}\n${name}\n`)];
export const string = (value: string): PickleBytes => [0x58, ...uint32(text(value).length), ...text(value)];
export const int = (value: number): PickleBytes => [0x4a, ...uint32(value)];
export const put = (index: number): PickleBytes => [0x71, index];
export const get = (index: number): PickleBytes => [0x68, index];
export const tuple = (...items: PickleBytes[]): PickleBytes => [...MARK, ...items.flat(), ...TUPLE];

/** A storage as a PyTorch file refers to it. */
export const storage = (type: string, key: string, elements: number): PickleBytes => [
  ...tuple(string('storage'), global('torch', type), string(key), string('cpu'), int(elements)),
  ...PERSISTENT_ID,
];

/** A tensor as a PyTorch file rebuilds it. */
export const tensor = (
  storageBytes: PickleBytes,
  { offset, shape, strides }: { offset: number; shape: number[]; strides: number[] },
): PickleBytes => [
  ...global('torch._utils', '_rebuild_tensor_v2'),
  ...tuple(storageBytes, int(offset), tuple(...shape.map(int)), tuple(...strides.map(int)), FALSE, [
    ...global('collections', 'OrderedDict'),
    ...EMPTY_TUPLE,
    ...REDUCE,
  ]),
  ...REDUCE,
];

/** A whole pickle. */
export const pickle = (...operations: PickleBytes[]): Buffer =>
  Buffer.from([...PROTO, ...operations.flat(), ...STOP]);

/** PyTorch's legacy file: `object` is the pickle of the state dict, `storages` what follows the list of keys. */
export function legacyFile({
  object,
  keys,
  data,
  littleEndian = true,
}: {
  object: Buffer;
  keys: string[];
  data: Buffer;
  littleEndian?: boolean;
}): Buffer {
  const magic = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');
  const version = pickle([0x4d, 0xe9, 0x03]);
  const machine = pickle(EMPTY_DICT, string('little_endian'), littleEndian ? TRUE : FALSE, SETITEM);
  const list = pickle(EMPTY_LIST, ...keys.map((key) => [...string(key), ...APPEND]));
  return Buffer.concat([magic, version, machine, object, list, data]);
}
