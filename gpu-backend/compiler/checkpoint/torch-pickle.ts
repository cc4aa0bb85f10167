import { CheckpointError } from './checkpoint-error.ts';
import { Inert, type PickleGlobal, type PickleReader } from './pickle.ts';
import type { ElementName, TensorInfo } from './tensor-source.ts';

/**
 * What the pickle inside a PyTorch file means: tensors as views of numbered storages, whose bytes lie elsewhere in the file.
 * Source: torch/_utils.py and torch/serialization.py.
 */

/** A run of elements in the file that tensors are views of. */
export class Storage {
  readonly key: string;
  readonly type: ElementName;
  readonly elements: number;

  constructor(key: string, type: ElementName, elements: number) {
    this.key = key;
    this.type = type;
    this.elements = elements;
  }
}

/** A tensor: elements of a storage, from `offset`, `strides` apart. Both count elements. */
export class StorageView implements TensorInfo {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: number[];
  readonly strides: number[];

  constructor(
    storage: Storage,
    { offset, shape, strides }: { offset: number; shape: number[]; strides: number[] },
  ) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  get type(): ElementName {
    return this.storage.type;
  }

  /** How many elements of the storage lie between the first and the last of the view, both counted. */
  get span(): number {
    if (this.shape.includes(0)) return 0;
    return 1 + this.shape.reduce((sum, size, axis) => sum + (size - 1) * this.strides[axis]!, 0);
  }
}

/** Most bytes of a pickle. A 3B checkpoint's has a hundred thousand, with an optimizer's state some more. */
export const MAX_PICKLE_BYTES = 64_000_000;

/** What to do about a global that is not one of those that tensors are made of. */
export type UnknownGlobals = 'refuse' | 'leave inert';

const STORAGE_TYPES = new Map<string, ElementName>([
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.DoubleStorage', 'F64'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);

export interface TorchPickleReader extends PickleReader {
  /** Every storage that was referred to so far, by its key. */
  storages: ReadonlyMap<string, Storage>;
}

/** A pickle reader for one PyTorch file. */
export function torchPickleReader(file: string, unknownGlobals: UnknownGlobals): TorchPickleReader {
  const storages = new Map<string, Storage>();
  const globals = knownGlobals(file);
  return {
    file,
    storages,
    findGlobal(name) {
      const known = globals.get(name);
      if (known !== undefined) return known;
      if (unknownGlobals === 'leave inert') return new Inert(name);
      throw new CheckpointError(
        file,
        `refused: it refers to ${name}, which no weights are made of; nothing was run`,
      );
    },
    loadPersistent(id) {
      const storage = parseStorage(id, file);
      const earlier = storages.get(storage.key);
      if (earlier === undefined) {
        storages.set(storage.key, storage);
        return storage;
      }
      if (earlier.type !== storage.type || earlier.elements !== storage.elements)
        throw new CheckpointError(file, `its pickle describes storage ${storage.key} in two ways`);
      return earlier;
    },
  };
}

function knownGlobals(file: string): Map<string, PickleGlobal> {
  const malformed = () => new CheckpointError(file, 'a tensor in its pickle is malformed');
  const rebuildTensor = (args: unknown[]) => rebuild(args, file) ?? fail(malformed());
  const first = ([data]: unknown[]) => (data instanceof StorageView ? data : fail(malformed()));
  const calls: [name: string, call: PickleGlobal['call']][] = [
    ['collections.OrderedDict', (args) => (args.length === 0 ? new Map() : fail(malformed()))],
    ['torch._utils._rebuild_tensor', rebuildTensor],
    ['torch._utils._rebuild_tensor_v2', rebuildTensor],
    ['torch._utils._rebuild_parameter', first],
    ['torch._utils._rebuild_parameter_with_state', first],
    ['torch.Size', ([sizes]) => sizes],
  ];
  return new Map([
    ...calls.map(([name, call]) => [name, { name, call }] as [string, PickleGlobal]),
    ...[...STORAGE_TYPES.keys()].map((name) => [name, { name }] as [string, PickleGlobal]),
  ]);
}

function fail(error: Error): never {
  throw error;
}

/** ('storage', its class, its key, a device, its elements), and in files of 2017 a sixth part. */
function parseStorage(id: unknown, file: string): Storage {
  const [kind, storageClass, key, , elements, view] = Array.isArray(id) ? id : [];
  const { name } = Object(storageClass) as Partial<PickleGlobal>;
  if (kind !== 'storage' || typeof key !== 'string' || !isCount(elements) || name === undefined)
    throw new CheckpointError(file, 'a storage in its pickle is malformed');
  const type = STORAGE_TYPES.get(name);
  if (type === undefined) throw new CheckpointError(file, `refused: it holds a storage of ${name}`);
  if (view !== undefined && view !== null)
    throw new CheckpointError(file, 'its storages are views of others, as PyTorch wrote them before 0.4');
  return new Storage(key, type, elements);
}

function rebuild([storage, offset, shape, strides]: unknown[], file: string): StorageView | undefined {
  if (!(storage instanceof Storage && isCount(offset) && isCounts(shape) && isCounts(strides)))
    return undefined;
  if (shape.length !== strides.length) return undefined;
  const view = new StorageView(storage, { offset, shape, strides });
  // A repeated element (stride 0) is in no checkpoint, and would let few bytes promise any number of elements.
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements > storage.elements || offset + view.span > storage.elements) {
    throw new CheckpointError(
      file,
      `a tensor [${shape}] lies outside its storage ${storage.key} of ${storage.elements} elements`,
    );
  }
  return view;
}

const MAX_DIMENSIONS = 64;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MAX_DIMENSIONS && value.every(isCount);
}
